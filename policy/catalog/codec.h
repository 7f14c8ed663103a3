// How one value of a catalog file is read and written: a codec for each kind of value, and a field
// that ties a key to a member.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "policy/catalog/entries.h"
#include "policy/products/terms.h"
#include "policy/products/words.h"

namespace policy {

/// A value as a fault quotes it: `"abc"`, `12`, `a list`.
std::string quoted(const CatalogValue& value);
/// Text as a TOML basic string.
std::string toml_text(std::string_view text);
/// `"a", "b"`.
template <class Words>
std::string listed(const Words& words) {
  std::string text;
  for (const std::string_view word : words)
    text.append(text.empty() ? "\"" : ", \"").append(word).append("\"");
  return text;
}
/// The faults of a value that is not what it should be.
CatalogFault unexpected_value(const CatalogValue& value, std::string_view expected);

// Every codec: `read` stores the value or adds faults; `write` gives TOML.

struct FlagCodec {
  void read(const CatalogValue& value, bool& target, CatalogFaults& faults) const;
  // NOLINTNEXTLINE: the value itself, not a choice
  [[nodiscard]] std::string write(const bool& value) const { return value ? "true" : "false"; }
};

struct TextCodec {
  std::size_t least = 1;
  std::size_t most = 200;
  void read(const CatalogValue& value, std::string& target, CatalogFaults& faults) const;
  [[nodiscard]] std::string write(const std::string& value) const { return toml_text(value); }
};

struct TimeCodec {
  void read(const CatalogValue& value, ca::Time& target, CatalogFaults& faults) const;
  [[nodiscard]] std::string write(const ca::Time& value) const { return ca::rfc3339(value); }
};

/// One of the words of an enumeration.
struct WordCodec {
  template <Spelled Enumeration>
  void read(const CatalogValue& value, Enumeration& target, CatalogFaults& faults) const {
    const auto* text = std::get_if<std::string>(&value.data);
    const auto found = text == nullptr ? std::nullopt : spelled<Enumeration>(*text);
    if (found) {
      target = *found;
    } else {
      faults.push_back(unexpected_value(value, "one of " + listed(kWords<Enumeration>)));
    }
  }
  template <Spelled Enumeration>
  [[nodiscard]] std::string write(const Enumeration& value) const {
    return toml_text(text_of(value));
  }
};

/// A whole number, or a duration counted in `Unit`.
template <class Unit = void>
struct NumberCodec {
  std::int64_t least = 0;
  std::int64_t most = 0;

  template <class Number>
  void read(const CatalogValue& value, Number& target, CatalogFaults& faults) const {
    const auto* number = std::get_if<std::int64_t>(&value.data);
    if (number == nullptr || *number < least || *number > most) {
      faults.push_back(unexpected_value(
          value, "a whole number from " + std::to_string(least) + " to " + std::to_string(most)));
    } else if constexpr (std::is_void_v<Unit>) {
      target = static_cast<Number>(*number);
    } else {
      target = Unit(*number);
    }
  }
  template <class Number>
  [[nodiscard]] std::string write(const Number& value) const {
    if constexpr (std::is_void_v<Unit>) {
      return std::to_string(value);
    } else {
      return std::to_string(std::chrono::duration_cast<Unit>(value).count());
    }
  }
};

/// A list of different values.
template <class Codec>
struct ListCodec {
  Codec codec;
  std::size_t least = 0;

  template <class Item>
  void read(const CatalogValue& value, std::vector<Item>& target, CatalogFaults& faults) const {
    const auto* items = std::get_if<std::vector<CatalogValue>>(&value.data);
    if (items == nullptr || items->size() < least) {
      faults.push_back(
          unexpected_value(value, "a list of " + std::to_string(least) + " items or more"));
      return;
    }
    target.clear();
    for (const CatalogValue& each : *items) {
      Item item{};
      const std::size_t before = faults.size();
      codec.read(each, item, faults);
      if (faults.size() != before) continue;
      if (std::ranges::find(target, item) != target.end()) {
        faults.push_back(each.fault(quoted(each) + " stands there twice"));
      } else {
        target.push_back(std::move(item));
      }
    }
  }
  template <class Item>
  [[nodiscard]] std::string write(const std::vector<Item>& items) const {
    std::string text;
    for (const Item& item : items) text += (text.empty() ? "" : ", ") + codec.write(item);
    return "[" + text + "]";
  }
};

/// `[least, most]`.
template <class Codec>
struct RangeCodec {
  Codec codec;

  template <class Number>
  void read(const CatalogValue& value, Between<Number>& target, CatalogFaults& faults) const {
    const auto* items = std::get_if<std::vector<CatalogValue>>(&value.data);
    if (items == nullptr || items->size() != 2) {
      faults.push_back(unexpected_value(value, "a list of two numbers"));
      return;
    }
    codec.read(items->at(0), target.least, faults);
    codec.read(items->at(1), target.most, faults);
    if (target.least > target.most)
      faults.push_back(value.fault("the range ends before it begins"));
  }
  template <class Number>
  [[nodiscard]] std::string write(const Between<Number>& value) const {
    return "[" + codec.write(value.least) + ", " + codec.write(value.most) + "]";
  }
};

/// One key of a `T`.
template <class T>
struct Field {
  std::string key;
  std::function<void(const CatalogValue&, T&, CatalogFaults&)> read;
  std::function<std::string(const T&)> write;  // empty if the value has no such part
  bool is_flag = false;
};

/// The row that `entry` is: every key of `fields` that it has. Another key, and one of `needed`
/// that it lacks, is a fault.
template <class T>
T read_row(const CatalogEntry& entry,
           const std::vector<Field<T>>& fields,
           std::initializer_list<std::string_view> needed,
           CatalogFaults& faults) {
  T row{};
  for (const auto& [key, value] : entry.values) {
    const auto found = std::ranges::find(fields, key, &Field<T>::key);
    if (found == fields.end()) {
      faults.push_back(value.fault("there is no key \"" + key + "\""));
    } else {
      found->read(value, row, faults);
    }
  }
  for (const std::string_view key : needed) {
    if (entry.find(key) == nullptr)
      faults.push_back(entry.fault(key, "this " + entry.kind + " has no " + std::string(key)));
  }
  return row;
}

template <class Value>
inline constexpr bool kIsOptional = false;
template <class Value>
inline constexpr bool kIsOptional<std::optional<Value>> = true;

/// The member of an object; what is optional is made if the object may change, else null.
template <class Object, class Member>
auto* step(Object& object, Member member) {
  auto& value = object.*member;
  if constexpr (kIsOptional<std::remove_cvref_t<decltype(value)>>) {
    if constexpr (!std::is_const_v<Object>) {
      if (!value) value.emplace();
    }
    return value ? &*value : nullptr;
  } else {
    return &value;
  }
}

/// The part of an object that these members lead to; null if something on the way is absent.
template <class Object, class Member, class... Rest>
auto* walk(Object& object, Member member, Rest... rest) {
  auto* part = step(object, member);
  if constexpr (sizeof...(rest) == 0) {
    return part;
  } else {
    using Found = decltype(walk(*part, rest...));
    return part == nullptr ? Found{nullptr} : walk(*part, rest...);
  }
}

/// The key of what these members lead to.
template <class T, class Value, class Codec, class... Rest>
Field<T> field(std::string key, Codec codec, Value T::* member, Rest... rest) {
  return {std::move(key),
          [=](const CatalogValue& value, T& object, CatalogFaults& faults) {
            codec.read(value, *walk(object, member, rest...), faults);
          },
          [=](const T& object) {
            const auto* value = walk(object, member, rest...);
            return value == nullptr ? std::string() : codec.write(*value);
          },
          std::is_same_v<Codec, FlagCodec>};
}

/// A table whose keys are all among `fields`.
template <class T>
struct TableCodec {
  std::vector<Field<T>> fields;

  void read(const CatalogValue& value, T& target, CatalogFaults& faults) const {
    const auto* table = std::get_if<CatalogTable>(&value.data);
    if (table == nullptr) {
      faults.push_back(unexpected_value(value, "a table"));
      return;
    }
    for (const auto& [key, member] : *table) {
      const auto found = std::ranges::find(fields, key, &Field<T>::key);
      if (found == fields.end()) {
        faults.push_back(member.fault("there is no key \"" + key + "\""));
      } else {
        found->read(member, target, faults);
      }
    }
  }
  [[nodiscard]] std::string write(const T& value) const {
    std::string text;
    for (const Field<T>& each : fields) {
      const std::string written = each.write(value);
      if (!written.empty())
        text.append(text.empty() ? "" : ", ").append(each.key).append(" = ").append(written);
    }
    return "{" + text + "}";
  }
};

}  // namespace policy
