#include "acme/wire/strict_json.h"

#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "acme/in_quotes.h"
#include "acme/wire/json_document.h"
#include "ca/crypto/encoding.h"

namespace acme {
namespace {

using nlohmann::json;

std::string_view kind_of(const json* value) {
  if (value == nullptr) return "nothing";
  if (value->is_string()) return "a string";
  if (value->is_number()) return "a number";
  if (value->is_boolean()) return "a boolean";
  if (value->is_array()) return "an array";
  if (value->is_object()) return "an object";
  return "null";
}

}  // namespace

JsonObject::JsonObject(std::shared_ptr<const json> value, std::string subject, std::string pointer)
    : value_(std::move(value)), subject_(std::move(subject)), pointer_(std::move(pointer)) {}

const json* JsonObject::find(std::string_view name) const {
  const auto found = value_->find(std::string(name));
  return found == value_->end() || found->is_null() ? nullptr : &*found;
}

std::unexpected<Problem> JsonObject::refuse_member(std::string_view name,
                                                   std::string_view complaint) const {
  return refuse(ProblemType::malformed,
                subject_ + ": " + pointer_ + pointer_step(name) + " " + std::string(complaint));
}

std::unexpected<Problem> JsonObject::wrong_type(std::string_view name,
                                                std::string_view expected,
                                                const json* found) const {
  return refuse_member(
      name, "expected " + std::string(expected) + ", found " + std::string(kind_of(found)));
}

JsonObject JsonObject::inner(const json& value, std::string pointer) const {
  return {std::shared_ptr<const json>(value_, &value), subject_, pointer_ + std::move(pointer)};
}

bool JsonObject::has(std::string_view name) const {
  return find(name) != nullptr;
}

bool JsonObject::is_empty() const {
  return value_->empty();
}

std::vector<std::string> JsonObject::names() const {
  std::vector<std::string> out;
  for (const auto& member : value_->items()) out.push_back(member.key());
  return out;
}

std::string JsonObject::text() const {
  return value_->dump();
}

Result<std::string> JsonObject::string(std::string_view name) const {
  const json* const found = find(name);
  if (found == nullptr || !found->is_string()) return wrong_type(name, "a string", found);
  return found->get<std::string>();
}

Result<std::optional<std::string>> JsonObject::optional_string(std::string_view name) const {
  if (!has(name)) return std::nullopt;
  auto value = string(name);
  if (!value) return std::unexpected(std::move(value).error());
  return std::optional(*std::move(value));
}

Result<std::string> JsonObject::base64url(std::string_view name) const {
  const auto text = string(name);
  if (!text) return std::unexpected(text.error());
  auto octets = ca::from_base64url(*text);
  if (!octets) {
    return refuse_member(
        name, "expected base64url without padding (RFC 7515 §2), found " + in_quotes(*text));
  }
  return *std::move(octets);
}

Result<std::optional<bool>> JsonObject::optional_boolean(std::string_view name) const {
  const json* const found = find(name);
  if (found == nullptr) return std::nullopt;
  if (!found->is_boolean()) return wrong_type(name, "true or false", found);
  return found->get<bool>();
}

Result<std::optional<std::int64_t>> JsonObject::optional_integer(std::string_view name) const {
  const json* const found = find(name);
  if (found == nullptr) return std::nullopt;
  if (!found->is_number_integer()) return wrong_type(name, "an integer", found);
  if (found->is_number_unsigned() &&
      found->get<std::uint64_t>() > std::uint64_t{std::numeric_limits<std::int64_t>::max()}) {
    return refuse_member(name, "is too large: " + in_quotes(found->dump()));
  }
  return found->get<std::int64_t>();
}

Result<std::optional<std::vector<std::string>>> JsonObject::optional_strings(
    std::string_view name) const {
  const json* const found = find(name);
  if (found == nullptr) return std::nullopt;
  if (!found->is_array()) return wrong_type(name, "an array of strings", found);
  std::vector<std::string> out;
  for (const json& element : *found) {
    if (!element.is_string()) {
      const JsonObject array(value_, subject_, pointer_ + pointer_step(name));
      return array.wrong_type(std::to_string(out.size()), "a string", &element);
    }
    out.push_back(element.get<std::string>());
  }
  return out;
}

Result<JsonObject> JsonObject::object(std::string_view name) const {
  const json* const found = find(name);
  if (found == nullptr || !found->is_object()) return wrong_type(name, "an object", found);
  return inner(*found, pointer_step(name));
}

Result<std::vector<JsonObject>> JsonObject::objects(std::string_view name) const {
  const json* const found = find(name);
  if (found == nullptr || !found->is_array()) return wrong_type(name, "an array of objects", found);
  std::vector<JsonObject> out;
  for (const json& element : *found) {
    if (!element.is_object()) {
      const JsonObject array(value_, subject_, pointer_ + pointer_step(name));
      return array.wrong_type(std::to_string(out.size()), "an object", &element);
    }
    out.push_back(inner(element, pointer_step(name) + "/" + std::to_string(out.size())));
  }
  return out;
}

Result<JsonObject> parse_json_object(std::string_view subject, std::string_view text) {
  auto document = parse_json_document(text);
  if (!document) {
    return refuse(ProblemType::malformed, std::string(subject) + ": " + document.error());
  }
  if (!(*document)->is_object()) {
    return refuse(ProblemType::malformed, std::string(subject) + ": expected an object, found " +
                                              std::string(kind_of(document->get())));
  }
  return JsonObject(*std::move(document), std::string(subject), {});
}

}  // namespace acme
