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
#include "server/api/operations/profile_shapes.h"
#include "server/api/page.h"
#include "server/api/route_groups.h"

namespace server::api {
namespace {

using nlohmann::json;
using policy::Allowed;
using policy::GateName;
using policy::GateRequirement;
using policy::Product;

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
    items.push_back(profile_json(context, *each, call.now()));
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
    items.push_back(version_dates(context, *each, call.now()));
  }
  if (items.empty()) return no_product(call);
  return json_answer({{"items", std::move(items)}});
}

Allowed<Answer> read_profile(const Context& context, const storage::Snapshot&, const Call& call) {
  const auto product = find_profile(context, call);
  if (!product) return policy::Refused(product.error());
  return json_answer(profile_json(context, **product, call.now()));
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
