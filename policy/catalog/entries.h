// Tables of a catalog file as flat lists of keys and values with their places. The only place of
// this floor that knows the TOML library.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "ca/time.h"
#include "policy/catalog/source.h"

namespace policy {

struct CatalogValue;
using CatalogTable = std::map<std::string, CatalogValue, std::less<>>;

/// A value of a kind that no key has, by the kind's name: "a number with a fraction".
struct OtherValue {
  std::string kind;
};

/// One value and where it stands. A date is its first second, in UTC.
struct CatalogValue {
  std::variant<bool,
               std::int64_t,
               std::string,
               ca::Time,
               std::vector<CatalogValue>,
               CatalogTable,
               OtherValue>
      data;
  std::shared_ptr<const std::string> file;
  std::uint64_t line = 0;

  [[nodiscard]] CatalogFault fault(std::string sentence) const {
    return {*file, line, std::move(sentence)};
  }
};

/// One table of a list, such as `[[product]]`. Its own tables are flattened: `letter.max_bytes`.
struct CatalogEntry {
  std::string kind;
  std::map<std::string, CatalogValue, std::less<>> values;
  std::shared_ptr<const std::string> file;
  std::uint64_t line = 0;

  [[nodiscard]] const CatalogValue* find(std::string_view key) const {
    const auto found = values.find(key);
    return found == values.end() ? nullptr : &found->second;
  }
  /// The text of that key; empty if there is none.
  [[nodiscard]] std::string text(std::string_view key) const {
    const CatalogValue* value = find(key);
    const auto* text = value == nullptr ? nullptr : std::get_if<std::string>(&value->data);
    return text == nullptr ? std::string() : *text;
  }
  /// A fault at that key, or at the table if the key is absent.
  [[nodiscard]] CatalogFault fault(std::string_view key, std::string sentence) const {
    const CatalogValue* value = find(key);
    if (value != nullptr) return value->fault(std::move(sentence));
    return {*file, line, std::move(sentence)};
  }
};

/// Every table of `source`, in order. What is no list of tables of one of `kinds` is a fault.
std::vector<CatalogEntry> read_entries(const CatalogSource& source,
                                       std::span<const std::string_view> kinds,
                                       CatalogFaults& faults);
/// The same for what a catalog has: products, bases, offices and calendars.
std::vector<CatalogEntry> read_entries(const CatalogSource& source, CatalogFaults& faults);

}  // namespace policy
