#include "acme/wire/json_text.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace acme {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD
constexpr std::string_view kHexDigits = "0123456789abcdef";

/// One decoded character: its code point and how many bytes it took. Length 0 means that the bytes
/// are not UTF-8.
struct Decoded {
  std::uint32_t code_point = 0;
  std::size_t length = 0;
};

std::uint32_t octet(std::string_view text, std::size_t at) {
  return static_cast<unsigned char>(text[at]);
}

/// RFC 3629 §4: no overlong forms, no surrogates, nothing above U+10FFFF.
Decoded decode(std::string_view text) {
  const std::uint32_t first = octet(text, 0);
  const std::size_t length = first < 0x80   ? 1
                             : first < 0xC2 ? 0
                             : first < 0xE0 ? 2
                             : first < 0xF0 ? 3
                             : first < 0xF5 ? 4
                                            : 0;
  if (length == 0 || text.size() < length) return {};
  if (length == 1) return {.code_point = first, .length = 1};
  std::uint32_t code_point = first & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((octet(text, i) & 0xC0U) != 0x80U) return {};
    code_point = (code_point << 6U) | (octet(text, i) & 0x3FU);
  }
  const bool overlong =
      (length == 3 && code_point < 0x800) || (length == 4 && code_point < 0x10000);
  const bool surrogate = code_point >= 0xD800 && code_point <= 0xDFFF;
  if (overlong || surrogate || code_point > 0x10FFFF) return {};
  return {.code_point = code_point, .length = length};
}

bool must_be_escaped(std::uint32_t code_point) {
  return code_point < 0x20 || (code_point >= 0x7F && code_point < 0xA0) || code_point == 0x2028 ||
         code_point == 0x2029;
}

/// Nearly everything that is logged is plain; it is copied in runs.
std::size_t plain_prefix(std::string_view text) {
  const auto* const end = std::ranges::find_if(text, [](char c) {
    return static_cast<unsigned char>(c - 0x20) >= 0x7F - 0x20 || c == '"' || c == '\\';
  });
  return static_cast<std::size_t>(end - text.begin());
}

void append_escape(std::string& out, std::uint32_t code_point) {
  out += "\\u";
  for (unsigned shift = 16; shift != 0;) {
    shift -= 4;
    out += kHexDigits[(code_point >> shift) & 0xFU];
  }
}

}  // namespace

void append_json_text(std::string& out, std::string_view text) {
  out += '"';
  while (true) {
    const std::size_t plain = plain_prefix(text);
    out += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    const Decoded character = decode(text);
    if (character.length == 0) {
      out += kReplacement;
      text.remove_prefix(1);
      continue;
    }
    if (must_be_escaped(character.code_point)) {
      append_escape(out, character.code_point);
    } else {
      if (character.code_point == '"' || character.code_point == '\\') out += '\\';
      out += text.substr(0, character.length);
    }
    text.remove_prefix(character.length);
  }
  out += '"';
}

std::string json_text(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 2);
  append_json_text(out, text);
  return out;
}

}  // namespace acme
