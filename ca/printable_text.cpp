#include "ca/printable_text.h"

#include <algorithm>
#include <array>
#include <string>

namespace ca {
namespace {

constexpr char32_t kFirstOf[] = {0, 0, 0x80, 0x800, 0x10000};  // by length, against long forms

/// The character that begins `text`, and its length; length 0 if it is not well-formed UTF-8.
struct Decoded {
  char32_t character;
  std::size_t length;
};
Decoded decode(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  if (lead < 0x80) return {lead, 1};
  const std::size_t length = lead < 0xC2   ? 0
                             : lead < 0xE0 ? 2
                             : lead < 0xF0 ? 3
                             : lead < 0xF5 ? 4
                                           : 0;
  if (length == 0 || text.size() < length) return {0, 0};
  char32_t character = lead & (0x7FU >> length);
  for (const char c : text.substr(1, length - 1)) {
    const auto octet = static_cast<unsigned char>(c);
    if ((octet & 0xC0U) != 0x80U) return {0, 0};
    character = character << 6U | (octet & 0x3FU);
  }
  const bool surrogate = character >= 0xD800 && character <= 0xDFFF;
  if (character < kFirstOf[length] || character > 0x10FFFF || surrogate) return {0, 0};
  return {character, length};
}

/// C0, DEL, C1, and the marks that turn the direction of writing, which make a name look like
/// another one.
bool is_control(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x200E || c == 0x200F ||
         (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF;
}

}  // namespace

std::optional<std::size_t> printable_characters(std::string_view text) {
  std::size_t count = 0;
  for (; !text.empty(); ++count) {
    const Decoded next = decode(text);
    if (next.length == 0 || is_control(next.character)) return std::nullopt;
    text.remove_prefix(next.length);
  }
  return count;
}

bool is_printable_string(std::string_view text) {
  constexpr std::string_view kMarks = " '()+,-./:=?";
  return std::ranges::all_of(text, [&](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           kMarks.find(c) != std::string_view::npos;
  });
}

bool says_nothing(std::string_view text) {
  constexpr std::array<std::string_view, 4> kNothing = {"n/a", "n.a.", "not applicable", "null"};
  if (text.find_first_not_of(".- ") == std::string_view::npos) return true;
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return std::ranges::find(kNothing, lower) != kNothing.end();
}

}  // namespace ca
