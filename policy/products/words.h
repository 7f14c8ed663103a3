// Enumerations that files, records and the API spell out.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace policy {

/// The spellings of an enumeration, in the order of its enumerators. Given beside each enumeration
/// that has them.
template <class Enumeration>
inline constexpr std::array<std::string_view, 0> kWords{};

template <class Enumeration>
concept Spelled = !kWords<Enumeration>.empty();

template <Spelled Enumeration>
constexpr std::string_view text_of(Enumeration value) {
  return kWords<Enumeration>.at(static_cast<std::size_t>(value));
}

/// The enumerator that is spelled exactly so.
template <Spelled Enumeration>
constexpr std::optional<Enumeration> spelled(std::string_view text) {
  const auto& words = kWords<Enumeration>;
  const auto found = std::ranges::find(words, text);
  if (found == words.end()) return std::nullopt;
  return static_cast<Enumeration>(found - words.begin());
}

}  // namespace policy
