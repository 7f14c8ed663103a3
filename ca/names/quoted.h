// Untrusted text inside our own sentences.
#pragma once

#include <string>
#include <string_view>

namespace ca {

/// `text` in double quotes for a Rejection's detail: quotes, backslashes and everything that is not
/// printable ASCII as
/// `\xNN`, cut after 100 octets with `...` behind the closing quote.
std::string quoted(std::string_view text);
/// The same. Without it std::quoted would be the better match wherever <iomanip> is included.
inline std::string quoted(const std::string& text) {
  return quoted(std::string_view(text));
}

}  // namespace ca
