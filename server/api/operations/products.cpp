// Routes of products: what can be asked for, and what it takes.
#include <array>
#include <nlohmann/json.hpp>

#include "ca/rulebook.h"
#include "policy/product.h"
#include "policy/products/form.h"
#include "policy/products/validity.h"
#include "server/api/page.h"
#include "server/api/route_groups.h"

namespace server::api {
namespace {

using nlohmann::json;
using policy::Allowed;
using policy::GateName;
using policy::GateRequirement;
using policy::Product;

constexpr std::array kLimitFields{
    whole("min", "").required(),      whole("max", "").required(), whole("exact", "").required(),
    whole("wildcard", "").required(), whole("ip", "").required(),
};
constexpr Shape kLimits{"NameLimits", "How many names of each kind.", kLimitFields};
constexpr std::array kGateFields{text("name", "").required(),
                                 told("title", "name", Vocabulary::gate),
                                 text("requirement", "required or optional").required(),
                                 whole("stage", "Those of one stage open together").required()};
constexpr Shape kGate{"ProfileGate", "A condition of a product.", kGateFields};
constexpr std::array kFileFields{
    text("kind", "").required(),           text("requirement", "").required(),
    text("formats", "").list().required(), whole("minBytes", "").required(),
    whole("maxBytes", "").required(),
};
constexpr Shape kFile{"DocumentRule", "A document and what may be in it.", kFileFields};
constexpr std::array kProfileFields{
    text("id", "").required(),
    text("description", "", kLongText).required(),
    whole("version", "").required(),
    text("brand", "").required(),
    text("family", "").required(),
    text("level", "dv, iv, ov or ev").required(),
    text("standard", "international or gm").required(),
    text("trust", "public or private").required(),
    object("names", "", kLimits).required(),
    text("suffixDeny", "Suffixes that are not certified").list().required(),
    text("keys", "Kinds of keys").list().required(),
    text("signatureHashes", "Hashes an issuer may sign with").list().required(),
    text("controlMethods", "Ways to prove control of names").list().required(),
    whole("controlDays", "From when control is asked for").required(),
    object("gates", "In order", kGate).list().required(),
    object("documents", "With the letter", kFile).list().required(),
    boolean("dualControl", "Two people of the authority agree").required(),
    boolean("acme", "ACME clients may order it").required(),
    whole("validityDays", "Of a certificate that is issued today, at most").required(),
    boolean("renewable", "").required(),
    word("lostKey", "What whoever lost the key does", words_in<policy::LostKey>).required(),
};
constexpr Shape kProfile{"Profile", "A product.", kProfileFields};

constexpr std::array kFormFieldFields{
    text("name", "Of the member of an application").required(),
    boolean("required", "Before it is submitted").required(),
    text("about", "", kLongText).required(),
};
constexpr Shape kFormField{"FormField", "Something that is asked for.", kFormFieldFields};
constexpr std::array kFormFields{
    text("profile", "").required(),
    object("fields", "", kFormField).list().required(),
    anything("schema", "The same with every limit, as a JSON Schema; x-order is the form's order")
        .required(),
};
constexpr Shape kForm{"Form", "What an application for a product has to say.", kFormFields};

template <class List>
json words_of_list(const List& list) {
  json out = json::array();
  for (const auto each : list) out.push_back(policy::text_of(each));
  return out;
}

json rule_json(policy::DocumentKind kind, GateRequirement requirement, const policy::FileRule& f) {
  return {{"kind", policy::text_of(kind)},
          {"requirement", policy::text_of(requirement)},
          {"formats", words_of_list(f.formats)},
          {"minBytes", f.min_bytes},
          {"maxBytes", f.max_bytes}};
}

json json_of(const Product& product, ca::Time now) {
  json gates = json::array();
  for (std::size_t stage = 0; stage < product.stages.size(); ++stage) {
    for (const policy::ProductGate& each : product.stages[stage].gates) {
      gates.push_back({{"name", policy::text_of(each.name)},
                       {"requirement", policy::text_of(each.requirement)},
                       {"stage", stage}});
    }
  }
  json documents = json::array();
  if (product.letter) {
    documents.push_back(rule_json(product.letter->kind, product.requirement(GateName::letter),
                                  product.letter->file));
  }
  for (const policy::DocumentRule& each : product.documents) {
    documents.push_back(rule_json(each.kind, each.requirement, each.file));
  }
  return {
      {"id", product.name},
      {"description", product.description},
      {"version", product.version},
      {"brand", product.brand},
      {"family", product.family},
      {"level", policy::text_of(product.level)},
      {"standard", policy::text_of(product.standard)},
      {"trust", policy::text_of(product.trust)},
      {"names",
       {{"min", product.names.min},
        {"max", product.names.max},
        {"exact", product.names.exact},
        {"wildcard", product.names.wildcard},
        {"ip", product.names.ip}}},
      {"suffixDeny", product.suffix_deny},
      {"keys", words_of_list(product.keys)},
      {"signatureHashes", words_of_list(product.signature_hashes)},
      {"controlMethods", words_of_list(product.control_methods)},
      {"controlDays", product.control_deadline.count()},
      {"gates", std::move(gates)},
      {"documents", std::move(documents)},
      {"dualControl", product.dual_control},
      {"acme", product.acme},
      {"validityDays",
       std::chrono::floor<std::chrono::days>(policy::longest_certificate(product, now)).count()},
      {"renewable", product.renewable},
      {"lostKey", policy::text_of(product.lost_key)}};
}

/// Those an application may be made under now, by name.
std::vector<const Product*> on_offer(const Context& context, ca::Time now) {
  std::vector<const Product*> offered;
  for (const Product& each : context.surroundings.catalog.versions()) {
    if (context.surroundings.catalog.in_force(each.name, now) == &each) offered.push_back(&each);
  }
  return offered;
}

Allowed<Answer> list_profiles(const Context& context, const storage::Snapshot&, const Call& call) {
  json items = json::array();
  for (const Product* each : on_offer(context, call.now()))
    items.push_back(json_of(*each, call.now()));
  return json_answer({{"items", std::move(items)}});
}

Allowed<const Product*> find_profile(const Context& context, const Call& call) {
  const std::string& name = call.argument("profile");
  if (const Product* found = context.surroundings.catalog.in_force(name, call.now())) return found;
  return policy::Refused(policy::Fault{policy::FaultCode::not_found,
                                       "There is no product \"" + name.substr(0, 80) + "\"."});
}

Allowed<Answer> read_profile(const Context& context, const storage::Snapshot&, const Call& call) {
  const auto product = find_profile(context, call);
  if (!product) return policy::Refused(product.error());
  return json_answer(json_of(**product, call.now()));
}

/// What a submission asks for under this product, by the gates it has.
Allowed<Answer> read_form(const Context& context, const storage::Snapshot&, const Call& call) {
  const auto found = find_profile(context, call);
  if (!found) return policy::Refused(found.error());
  const Product& product = **found;
  const auto asks = [&](GateName gate) {
    return product.requirement(gate) == GateRequirement::required;
  };
  const bool names_organization =
      product.level == policy::ValidationLevel::ov || product.level == policy::ValidationLevel::ev;
  json fields = json::array();
  const auto add = [&](const char* name, bool is_required, const char* about) {
    fields.push_back({{"name", name}, {"required", is_required}, {"about", about}});
  };
  add("identifiers", true, "The names to be certified");
  add("csr", true, "PKCS#10 in PEM, made where the key is; the key never leaves that place");
  if (names_organization) {
    add("organizationId", true, "Whom the certificate names");
    add("adminContactId", true, "Who speaks for the organization");
    add("contactId", false, "Whom to call or mail; the admin if absent");
  } else {
    add("mail", true, "Where results go; not needed with a contact");
  }
  if (asks(GateName::applicant_approval)) {
    add("approverId", true, "The Certificate Approver (EVG 4.2.1)");
  }
  if (asks(GateName::agreement_signed)) {
    add("signerId", true, "The Contract Signer (EVG 4.2.1)");
  }
  add("methods", asks(GateName::method),
      asks(GateName::method) ? "How control of each name is proven"
                             : "How control of each name is proven; the first that fits if absent");
  add("terms", true, "Version of the agreement that was accepted");
  add("signatureHash", false, "Which hash the issuer signs with; any if absent");
  return json_answer({{"profile", product.name},
                      {"fields", std::move(fields)},
                      {"schema", json(policy::form_schema(product))}});
}

constexpr std::array kRuleFields{
    time("from", "From then on, until the next row; absent: from the beginning"),
    whole("certificateDays", "How long a certificate may be valid (BR 6.3.2)").required(),
    whole("controlReuseDays", "How old proof of domain control may be (BR 4.2.1)").required(),
    whole("identityReuseDays", "How old what identifies a subscriber may be").required(),
    whole("perspectives", "Remote network perspectives at least (BR 3.2.2.9)").required(),
};
constexpr Shape kRule{"RulebookRow", "What publicly trusted certificates are capped by.",
                      kRuleFields};

Allowed<Answer> list_rulebook(const Context&, const storage::Snapshot&, const Call&) {
  json items = json::array();
  for (const ca::RulebookRow& row : ca::rulebook()) {
    json one{{"certificateDays", row.certificate.count()},
             {"controlReuseDays", row.control_reuse.count()},
             {"identityReuseDays", row.identity_reuse.count()},
             {"perspectives", row.perspectives}};
    if (row.from >= ca::Time{}) one["from"] = ca::rfc3339(row.from);
    items.push_back(std::move(one));
  }
  return json_answer({{"items", std::move(items)}});
}

constexpr std::array kRoutes{
    reading("/rulebook",
            "listRulebook",
            "The caps of public trust by date, oldest first",
            Access::everybody(),
            list_rulebook)
        .gives_pages_of(kRule),
    reading("/profiles",
            "listProfiles",
            "Products that can be applied for",
            Access::everybody(),
            list_profiles)
        .gives_pages_of(kProfile),
    reading("/profiles/{profile}", "readProfile", "One product", Access::everybody(), read_profile)
        .gives(kProfile),
    reading("/profiles/{profile}/form",
            "readForm",
            "What an application for it has to say",
            Access::everybody(),
            read_form)
        .gives(kForm),
};

}  // namespace

Routes product_routes() {
  return kRoutes;
}

}  // namespace server::api
