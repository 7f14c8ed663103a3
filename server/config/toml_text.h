// TOML 1.0 as a flat list of keys and values with their lines. Only this and the catalog know the
// TOML library.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace server {

/// A value of a kind that no setting uses, by the kind's name: "a date", "a list that holds other
/// things than text".
struct ForeignValue {
  std::string kind;
};

using TomlValue =
    std::variant<bool, std::int64_t, std::string, std::vector<std::string>, ForeignValue>;

/// One `key = value` with its full dotted key. Keys that need quotes keep them, so they match no
/// setting.
struct TomlEntry {
  std::string key;
  TomlValue value;
  std::uint64_t line = 0;
};

/// The first place where the text is not TOML.
struct TomlFault {
  std::uint64_t line = 0;
  std::string sentence;
};

/// All values of `text` in the order of their lines. An empty table gives no entry.
std::expected<std::vector<TomlEntry>, TomlFault> read_toml(std::string_view text);

/// `text` as a TOML basic string, with its quotes.
std::string toml_string(std::string_view text);

}  // namespace server
