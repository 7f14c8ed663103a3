#include "server/config/toml_text.h"

#include <algorithm>
#include <array>
#include <optional>
#include <tuple>

#include "policy/catalog/toml_parser.h"

namespace server {
namespace {

std::string key_text(const toml::key& key) {
  const std::string_view text = key.str();
  const bool bare =
      !text.empty() && text.find_first_not_of(
                           "abcdefghijklmnopqrstuvwxyz"
                           "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") == std::string_view::npos;
  return bare ? std::string(text) : toml_string(text);
}

TomlValue list_value(const toml::array& array) {
  std::vector<std::string> items;
  for (const toml::node& node : array) {
    const std::optional<std::string> item = node.value_exact<std::string>();
    if (!item) return ForeignValue{"a list that holds other things than text"};
    items.push_back(*item);
  }
  return items;
}

TomlValue value_of(const toml::node& node) {
  if (const auto* array = node.as_array()) return list_value(*array);
  if (const auto text = node.value_exact<std::string>()) return *text;
  if (const auto number = node.value_exact<std::int64_t>()) return *number;
  if (const auto boolean = node.value_exact<bool>()) return *boolean;
  if (node.is_floating_point()) return ForeignValue{"a number with a fraction"};
  return ForeignValue{"a date or time"};
}

void collect(const toml::table& table, const std::string& prefix, std::vector<TomlEntry>& entries) {
  for (const auto& [key, node] : table) {
    const std::string full = prefix + key_text(key);
    if (const auto* inner = node.as_table()) {
      collect(*inner, full + ".", entries);
    } else {
      entries.push_back(TomlEntry{full, value_of(node), node.source().begin.line});
    }
  }
}

}  // namespace

std::expected<std::vector<TomlEntry>, TomlFault> read_toml(std::string_view text) {
  const auto table = policy::parse_toml(text);
  if (!table) {
    return std::unexpected(
        TomlFault{table.error().line, "this is not TOML: " + table.error().reason});
  }
  std::vector<TomlEntry> entries;
  collect(*table, "", entries);
  std::ranges::sort(entries, {},
                    [](const TomlEntry& entry) { return std::tie(entry.line, entry.key); });
  return entries;
}

std::string toml_string(std::string_view text) {
  constexpr std::array kHex{'0', '1', '2', '3', '4', '5', '6', '7',
                            '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'};
  std::string result = "\"";
  for (const char octet : text) {
    if (octet == '"' || octet == '\\') {
      result.append({'\\', octet});
    } else if (const auto code = static_cast<unsigned char>(octet); code < 0x20 || code == 0x7f) {
      result.append("\\u00").append({kHex[code >> 4U], kHex[code & 0xFU]});
    } else {
      result += octet;
    }
  }
  return result + '"';
}

}  // namespace server
