#include "acme/in_quotes.h"

#include <cstddef>

#include "ca/crypto/encoding.h"

namespace acme {

std::string in_quotes(std::string_view value) {
  constexpr std::size_t kShown = 80;
  std::string out = "\"";
  for (const char c : value.substr(0, kShown)) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c >= 0x20 && c < 0x7F) {
      out += c;
    } else {
      out += "\\x" + ca::hex(std::string_view(&c, 1));
    }
  }
  if (value.size() > kShown) out += "…";
  return out + '"';
}

}  // namespace acme
