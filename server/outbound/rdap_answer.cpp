#include "server/outbound/rdap_answer.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "acme/wire/json_document.h"
#include "policy/plain_text.h"

namespace server {
namespace {

using Json = nlohmann::json;
using Names = std::vector<std::string>;
using Fault = std::unexpected<std::string>;

constexpr std::size_t kMostNames = 8;
constexpr std::size_t kLongestName = 200;

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

const Json* member(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found == object.end() ? nullptr : &*found;
}

bool is_text(const Json* value, std::string_view text) {
  return value != nullptr && value->is_string() &&
         lower(value->get_ref<const std::string&>()) == text;
}

/// RFC 9537 and what was written before it: a word in place of a name.
bool is_redacted(std::string_view name) {
  const std::string text = lower(name);
  return text.contains("redacted") || text.contains("not disclosed") || text.contains("withheld");
}

void add_name(Names& names, const Json& value) {
  if (!value.is_string() || names.size() == kMostNames) return;
  const auto& text = value.get_ref<const std::string&>();
  if (text.empty() || policy::fault_of_line(text, kLongestName) || is_redacted(text)) return;
  if (std::ranges::find(names, text) == names.end()) names.push_back(text);
}

/// One property of a jCard: [name, parameters, type, value, …] (RFC 7095 §3.3). `org` may be a list
/// of the organization and its units.
void read_property(Names& names, const Json& property) {
  constexpr std::size_t kParts = 4;
  if (!property.is_array() || property.size() < kParts || !property[0].is_string()) return;
  const bool counts = is_text(&property[0], "fn") || is_text(&property[0], "org");
  if (!counts || !is_text(&property[2], "text")) return;
  const Json& value = property[3];
  add_name(names, value.is_array() && !value.empty() ? value[0] : value);
}

void read_entity(Names& names, const Json& entity) {
  if (!entity.is_object()) return;
  const Json* const roles = member(entity, "roles");
  const bool is_registrant =
      roles != nullptr && roles->is_array() &&
      std::ranges::any_of(*roles, [](const Json& each) { return is_text(&each, "registrant"); });
  const Json* const card = member(entity, "vcardArray");
  if (!is_registrant || card == nullptr || !card->is_array() || card->size() != 2) return;
  if (!is_text(&(*card)[0], "vcard") || !(*card)[1].is_array()) return;
  for (const Json& property : (*card)[1]) read_property(names, property);
}

}  // namespace

std::expected<Names, std::string> parse_rdap_registrant(std::string_view body,
                                                        std::string_view domain) {
  if (body.size() > kLongestRdapAnswer) return Fault("sent more than is read");
  const auto parsed = acme::parse_json_document(body);
  if (!parsed) return Fault("sent something that is no strict JSON: " + parsed.error());
  const Json& object = **parsed;
  if (!object.is_object() || !is_text(member(object, "objectClassName"), "domain")) {
    return Fault("sent something that is not about a domain (RFC 9083 5.3)");
  }
  if (!is_text(member(object, "ldhName"), domain)) {
    return Fault("sent something about another domain than " + std::string(domain));
  }
  Names names;
  const Json* const entities = member(object, "entities");
  if (entities == nullptr) return names;
  if (!entities->is_array()) return Fault("sent entities that are no list (RFC 9083 5.1)");
  for (const Json& each : *entities) read_entity(names, each);
  return names;
}

}  // namespace server
