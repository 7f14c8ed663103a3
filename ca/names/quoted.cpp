#include "ca/names/quoted.h"

#include "ca/crypto/encoding.h"

namespace ca {

std::string quoted(std::string_view text) {
  constexpr std::size_t kMaxOctets = 100;
  std::string out = "\"";
  for (const char c : text.substr(0, kMaxOctets)) {
    const bool plain = c >= ' ' && c <= '~' && c != '"' && c != '\\';
    if (plain) {
      out.push_back(c);
    } else {
      out += "\\x" + hex({&c, 1});
    }
  }
  out.push_back('"');
  if (text.size() > kMaxOctets) out += "...";
  return out;
}

}  // namespace ca
