#include "policy/plain_text.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace policy {
namespace {

struct Step {
  char32_t character = 0;
  std::size_t octets = 0;  // 0: not UTF-8
};

/// The first character of `text`, which is not empty (RFC 3629 §4: shortest form, no surrogates).
Step first_character(std::string_view text) {
  const auto octet = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const unsigned char lead = octet(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return {};
  char32_t character = lead & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((octet(i) & 0xC0U) != 0x80) return {};
    character = (character << 6U) | (octet(i) & 0x3FU);
  }
  constexpr char32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool is_surrogate = character >= 0xD800 && character <= 0xDFFF;
  if (character < kLeast[length] || is_surrogate || character > 0x10FFFF) return {};
  return {character, length};
}

/// Not to be shown in a line: it would end it, or hide what stands beside it.
bool is_hidden(char32_t c) {
  const bool controls = c < 0x20 || (c >= 0x7F && c < 0xA0);
  const bool turns = (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0x200E ||
                     c == 0x200F || c == 0x061C;
  const bool ends_a_line = c == 0x2028 || c == 0x2029;
  return controls || turns || ends_a_line || c == 0xFEFF || c == 0x200B;
}

/// Every character of `text`, or nothing unless it is UTF-8.
std::optional<std::vector<char32_t>> characters(std::string_view text) {
  std::vector<char32_t> out;
  while (!text.empty()) {
    const Step step = first_character(text);
    if (step.octets == 0) return std::nullopt;
    out.push_back(step.character);
    text.remove_prefix(step.octets);
  }
  return out;
}

/// What is wrong with the number of characters; nothing if it is right.
std::optional<std::string> fault_of_length(std::size_t length, std::size_t most) {
  if (length > 0 && length <= most) return std::nullopt;
  return "expected 1 to " + std::to_string(most) + " characters, found " + std::to_string(length);
}

constexpr const char* kNothingHidden =
    "expected no control characters, nor characters that turn the direction of writing";

}  // namespace

std::optional<std::size_t> characters_in(std::string_view text) {
  const auto all = characters(text);
  if (!all) return std::nullopt;
  return all->size();
}

std::optional<std::string> fault_of_line(std::string_view text, std::size_t most) {
  const auto all = characters(text);
  if (!all) return "expected UTF-8";
  if (auto fault = fault_of_length(all->size(), most)) return fault;
  if (std::ranges::any_of(*all, is_hidden)) return kNothingHidden;
  if (all->front() == ' ' || all->back() == ' ') return "expected no space at either end";
  return std::nullopt;
}

std::optional<std::string> fault_of_text(std::string_view text, std::size_t most) {
  const auto all = characters(text);
  if (!all) return "expected UTF-8";
  if (auto fault = fault_of_length(all->size(), most)) return fault;
  const auto is_bad = [](char32_t c) { return c != '\n' && is_hidden(c); };
  if (std::ranges::any_of(*all, is_bad)) return kNothingHidden;
  const auto is_blank = [](char32_t c) { return c == ' ' || c == '\n'; };
  if (std::ranges::all_of(*all, is_blank)) return "expected more than spaces and ends of lines";
  return std::nullopt;
}

}  // namespace policy
