// Letters as the DNS has them: ASCII alone, whatever the locale.
#pragma once

#include <string>
#include <string_view>

namespace ca {

constexpr bool is_alphanumeric(char octet) {
  return (octet >= 'a' && octet <= 'z') || (octet >= 'A' && octet <= 'Z') ||
         (octet >= '0' && octet <= '9');
}

/// `text` with the letters A to Z as a to z, and every other octet as it is.
inline std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& each : lower) {
    if (each >= 'A' && each <= 'Z') each = static_cast<char>(each - 'A' + 'a');
  }
  return lower;
}

}  // namespace ca
