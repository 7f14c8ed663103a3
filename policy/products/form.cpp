#include "policy/products/form.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "policy/applications/application.h"
#include "policy/applications/labels.h"

namespace policy {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMaxName = 253;
constexpr std::size_t kMaxMail = 254;
constexpr std::size_t kMaxId = 26;

template <class Words>
Json words_of(const std::vector<Words>& values) {
  Json words = Json::array();
  for (const Words each : values) words.push_back(text_of(each));
  return words;
}

Json object_of(Json properties, Json required) {
  return {{"type", "object"},
          {"properties", std::move(properties)},
          {"required", std::move(required)},
          {"additionalProperties", false}};
}

Json text(std::size_t most) {
  return {{"type", "string"}, {"minLength", 1}, {"maxLength", most}};
}

/// May be empty.
Json line_at_most(std::size_t most) {
  return {{"type", "string"}, {"maxLength", most}};
}

/// Collects the fields in the order of the form.
class Form {
 public:
  enum class Need { required, open };

  void add(const std::string& name, Json schema, Need need = Need::open) {
    properties_[name] = std::move(schema);
    order_.push_back(name);
    if (need == Need::required) required_.push_back(name);
  }
  /// Any of `names` will do.
  void need_one_of(const std::vector<std::string>& names) {
    for (const std::string& each : names) one_of_.push_back({{"required", Json::array({each})}});
  }
  [[nodiscard]] Json schema(const Product& product) && {
    Json schema = {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                   {"title", product.name},
                   {"description", product.description}};
    schema.update(object_of(std::move(properties_), std::move(required_)));
    if (!one_of_.empty()) schema["anyOf"] = std::move(one_of_);
    schema["x-order"] = std::move(order_);
    return schema;
  }

 private:
  Json properties_ = Json::object();
  Json required_ = Json::array();
  Json order_ = Json::array();
  Json one_of_ = Json::array();
};

Json identifiers(const Product& product) {
  Json types = {"dns"};
  if (product.names.ip > 0) types.push_back("ip");
  // The other half of a `www` pair is not counted.
  const std::uint32_t halves = product.www_pairing == WwwPairing::never ? 1 : 2;
  return {{"type", "array"},
          {"minItems", product.names.min},
          {"maxItems", product.names.max * halves},
          {"uniqueItems", true},
          {"items", object_of({{"type", {{"enum", std::move(types)}}}, {"value", text(kMaxName)}},
                              {"value"})}};
}

/// Whether the other half of a `www` pair comes with a name, where there is a choice.
void add_pairing(const Product& product, Form& form) {
  if (product.www_pairing != WwwPairing::unless_declined) return;
  form.add("wwwPairing", {{"type", "boolean"}, {"default", true}});
}

Json methods(const Product& product) {
  return {{"type", "array"},
          {"items", object_of({{"name", text(kMaxName)},
                               {"method", {{"enum", words_of(product.control_methods)}}}},
                              {"name", "method"})}};
}

Json tags() {
  return {{"type", "array"},
          {"maxItems", kMaxTags},
          {"items", object_of({{"key", text(kMaxTagText)}, {"value", line_at_most(kMaxTagText)}},
                              {"key", "value"})}};
}

/// Whose certificate it is to be. What is left out of an application says an organization.
void add_applicant(const Product& product, Form& form) {
  const auto& types = product.applicants;
  const bool has_default =
      std::ranges::find(types, Wish().applicant_type) != types.end() || types.empty();
  form.add("applicantType", {{"enum", words_of(types)}},
           has_default ? Form::Need::open : Form::Need::required);
  form.add("organizationId", text(kMaxId),
           names_organization(product.level) ? Form::Need::required : Form::Need::open);
}

/// Whom the authority and its results reach.
void add_people(const Product& product, Form& form) {
  if (product.subject_info == SubjectInfo::contact && !names_organization(product.level)) {
    const std::vector<std::string> reached{"mail", "adminContactId", "contactId"};
    for (const std::string& each : reached)
      form.add(each, text(each == "mail" ? kMaxMail : kMaxId));
    form.need_one_of(reached);
    return;
  }
  form.add("adminContactId", text(kMaxId), Form::Need::required);
  form.add("contactId", text(kMaxId));
  form.add("mail", text(kMaxMail));
  if (product.level == ValidationLevel::ev) {
    form.add("approverId", text(kMaxId), Form::Need::required);
    form.add("signerId", text(kMaxId), Form::Need::required);
  }
}

}  // namespace

nlohmann::ordered_json form_schema(const Product& product) {
  Form form;
  form.add("identifiers", identifiers(product), Form::Need::required);
  add_pairing(product, form);
  form.add("csr", {{"type", "string"}}, Form::Need::required);
  add_applicant(product, form);
  add_people(product, form);
  const bool chosen = product.requirement(GateName::method) == GateRequirement::required;
  form.add("methods", methods(product), chosen ? Form::Need::required : Form::Need::open);
  form.add("terms", {{"type", "string"}}, Form::Need::required);
  form.add("signatureHash", {{"enum", words_of(product.signature_hashes)}});
  form.add("alias", line_at_most(kMaxAlias));
  form.add("project", line_at_most(kMaxTagText));
  form.add("tags", tags());
  return std::move(form).schema(product);
}

}  // namespace policy
