#include "server/commands/escaped_text.h"

#include <algorithm>

#include "ca/crypto/encoding.h"
#include "ca/printable_text.h"

namespace server {
namespace {

/// How many octets the printable character takes that `text` begins with; 0 if there is none.
std::size_t printable_length(std::string_view text) {
  constexpr std::size_t kLongest = 4;
  for (std::size_t length = 1; length <= std::min(kLongest, text.size()); ++length) {
    if (ca::printable_characters(text.substr(0, length)) == 1U) return length;
  }
  return 0;
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t length = printable_length(text);
    if (length == 0) {
      out += "\\x" + ca::hex(text.substr(0, 1));
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out;
}

}  // namespace server
