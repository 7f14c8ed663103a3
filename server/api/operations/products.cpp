// Routes of products: what can be asked for, and what it takes.
#include <algorithm>
#include <array>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "ca/rulebook.h"
#include "policy/applications/agreement.h"
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
    time("updatedAt", "Since when this version counts").required(),
    time("until", "From when it does not any more, if that is known"),
    boolean("onOffer", "Whether applications are made under it now").required(),
    text("brand", "").required(),
    text("family", "").required(),
    text("level", "dv, iv, ov or ev").required(),
    text("standard", "international or gm").required(),
    text("trust", "public or private").required(),
    object("names", "", kLimits).required(),
    word("wwwPairing",
         "Whether a registered domain brings its www and the other way round, free of charge; "
         "other names need an application of their own",
         words_in<policy::WwwPairing>)
        .required(),
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
constexpr Shape kProfile{"Profile", "A version of a product.", kProfileFields};

constexpr std::array kVersionFields{
    whole("version", "").required(),
    time("updatedAt", "Since when it counts").required(),
    time("until", "From when it does not any more, if that is known"),
    boolean("onOffer", "Whether applications are made under it now").required(),
};
constexpr Shape kVersion{"ProfileVersion", "One of the versions of a product.", kVersionFields};

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

/// When a version counts. Another may have taken its place without an `until` of its own.
json dates_of(const Context& context, const Product& product, ca::Time now) {
  const policy::Catalog& catalog = context.surroundings.catalog;
  json dates{{"version", product.version},
             {"updatedAt", ca::rfc3339(product.from)},
             {"onOffer", catalog.in_force(product.name, now) == &product}};
  std::optional<ca::Time> until = product.until;
  for (const Product& each : catalog.versions()) {
    const bool is_next = each.name == product.name && each.version > product.version &&
                         each.from > product.from && each.from <= now;
    if (is_next && (!until || each.from < *until)) until = each.from;
  }
  if (until) dates["until"] = ca::rfc3339(*until);
  return dates;
}

json json_of(const Context& context, const Product& product, ca::Time now) {
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
  json out{
      {"id", product.name},
      {"description", product.description},
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
      {"wwwPairing", policy::text_of(product.www_pairing)},
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
  out.update(dates_of(context, product, now));
  return out;
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
    items.push_back(json_of(context, *each, call.now()));
  return json_answer({{"items", std::move(items)}});
}

constexpr QueryParameter kVersionQuery{
    "version",
    "An earlier version, as /profiles/{profile}/versions names it; absent: the one on "
    "offer"};
constexpr std::array kProfileQuery{kVersionQuery};

policy::Refused no_product(const Call& call) {
  return policy::Refused(
      policy::Fault{policy::FaultCode::not_found,
                    "There is no product \"" + call.argument("profile").substr(0, 80) + "\"."});
}

/// Those that have counted by now, the newest first. What is prepared for later is nobody's yet.
std::vector<const Product*> versions_of(const Context& context, const Call& call) {
  std::vector<const Product*> versions;
  for (const Product& each : context.surroundings.catalog.versions()) {
    if (each.name == call.argument("profile") && each.from <= call.now()) versions.push_back(&each);
  }
  std::ranges::sort(versions, std::ranges::greater{}, &Product::version);
  return versions;
}

/// TCG-46: the version that is asked for, or else the one on offer.
Allowed<const Product*> find_profile(const Context& context, const Call& call) {
  const auto version = call.query.find(kVersionQuery.name);
  if (!version) {
    const Product* const found =
        context.surroundings.catalog.in_force(call.argument("profile"), call.now());
    if (found == nullptr) return no_product(call);
    return found;
  }
  for (const Product* each : versions_of(context, call)) {
    if (std::to_string(each->version) == *version) return each;
  }
  return policy::Refused(policy::Fault{
      policy::FaultCode::not_found,
      "The product has no version \"" + version->substr(0, 80) + "\" that was ever on offer."});
}

Allowed<Answer> list_versions(const Context& context, const storage::Snapshot&, const Call& call) {
  json items = json::array();
  for (const Product* each : versions_of(context, call)) {
    items.push_back(dates_of(context, *each, call.now()));
  }
  if (items.empty()) return no_product(call);
  return json_answer({{"items", std::move(items)}});
}

Allowed<Answer> read_profile(const Context& context, const storage::Snapshot&, const Call& call) {
  const auto product = find_profile(context, call);
  if (!product) return policy::Refused(product.error());
  return json_answer(json_of(context, **product, call.now()));
}

/// What people read beside a field of the form.
struct About {
  std::string_view field;
  std::string_view text;
};
constexpr std::array kAbout{
    About{"identifiers", "The names to be certified"},
    About{"wwwPairing",
          "Whether a registered domain brings its www and the other way round, free of charge; "
          "false leaves it out"},
    About{"csr", "PKCS#10 in PEM, made where the key is; the key never leaves that place"},
    About{"applicantType", "Who asks: an organization, or a person for themselves"},
    About{"organizationId", "Whom the certificate names, or for whom what is proven counts again"},
    About{"adminContactId", "Who speaks for the applicant"},
    About{"contactId", "Whom to call or mail; the admin if absent"},
    About{"mail", "Where results go; not needed with a contact"},
    About{"approverId", "The Certificate Approver (EVG 4.2.1)"},
    About{"signerId", "The Contract Signer (EVG 4.2.1)"},
    About{"methods", "How control of each name is proven; the first that fits if absent"},
    About{"terms", "Version of the agreement that was accepted"},
    About{"signatureHash", "Which hash the issuer signs with; any if absent"},
    About{"alias", "What you call it"},
    About{"project", "Where you count it"},
    About{"tags", "Words to find it by"},
};

/// The fields of the schema in the order of the form, so that both say the same.
json fields_of(const json& schema) {
  const json& required = schema.at("required");
  json fields = json::array();
  for (const json& name : schema.at("x-order")) {
    const auto* const about =
        std::ranges::find(kAbout, name.get<std::string_view>(), &About::field);
    fields.push_back({{"name", name},
                      {"required", std::ranges::find(required, name) != required.end()},
                      {"about", about->text}});
  }
  return fields;
}

/// What a submission asks for under this product.
Allowed<Answer> read_form(const Context& context,
                          const storage::Snapshot& snapshot,
                          const Call& call) {
  const auto found = find_profile(context, call);
  if (!found) return policy::Refused(found.error());
  const Product& product = **found;
  json schema = policy::form_schema(product);
  if (const auto agreement = policy::present_agreement(snapshot)) {
    schema["properties"]["terms"]["const"] = agreement->version;
  }
  return json_answer(
      {{"profile", product.name}, {"fields", fields_of(schema)}, {"schema", std::move(schema)}});
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
        .with_query(kProfileQuery)
        .gives(kProfile),
    reading("/profiles/{profile}/versions",
            "listProfileVersions",
            "Every version that a product has had, the newest first",
            Access::everybody(),
            list_versions)
        .gives_pages_of(kVersion),
    reading("/profiles/{profile}/form",
            "readForm",
            "What an application for it has to say",
            Access::everybody(),
            read_form)
        .with_query(kProfileQuery)
        .gives(kForm),
};

}  // namespace

Routes product_routes() {
  return kRoutes;
}

}  // namespace server::api
