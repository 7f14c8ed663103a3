#include "policy/catalog/codec.h"

#include <array>

namespace policy {

std::string quoted(const CatalogValue& value) {
  if (const auto* flag = std::get_if<bool>(&value.data)) return *flag ? "true" : "false";
  if (const auto* number = std::get_if<std::int64_t>(&value.data)) return std::to_string(*number);
  if (const auto* text = std::get_if<std::string>(&value.data)) return toml_text(*text);
  if (const auto* time = std::get_if<ca::Time>(&value.data)) return ca::rfc3339(*time);
  if (std::holds_alternative<std::vector<CatalogValue>>(value.data)) return "this list";
  if (const auto* other = std::get_if<OtherValue>(&value.data)) return other->kind;
  return "a table";
}

std::string toml_text(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string quoted = "\"";
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    if (octet < 0x20 || octet == 0x7F) {
      quoted.append("\\u00").append({kDigits[octet >> 4U], kDigits[octet & 15U]});
    } else {
      if (c == '"' || c == '\\') quoted += '\\';
      quoted += c;
    }
  }
  return quoted + "\"";
}

CatalogFault unexpected_value(const CatalogValue& value, std::string_view expected) {
  return value.fault(quoted(value) + " does not fit; expected " + std::string(expected));
}

void FlagCodec::read(const CatalogValue& value, bool& target, CatalogFaults& faults) const {
  if (const auto* flag = std::get_if<bool>(&value.data)) {
    target = *flag;
  } else {
    faults.push_back(unexpected_value(value, "true or false"));
  }
}

void TextCodec::read(const CatalogValue& value, std::string& target, CatalogFaults& faults) const {
  const auto* text = std::get_if<std::string>(&value.data);
  if (text == nullptr || text->size() < least || text->size() > most) {
    faults.push_back(unexpected_value(
        value, "text of " + std::to_string(least) + " to " + std::to_string(most) + " octets"));
  } else {
    target = *text;
  }
}

void TimeCodec::read(const CatalogValue& value, ca::Time& target, CatalogFaults& faults) const {
  if (const auto* time = std::get_if<ca::Time>(&value.data)) {
    target = *time;
  } else {
    faults.push_back(unexpected_value(value, "a date, or a date and time with its zone"));
  }
}

}  // namespace policy
