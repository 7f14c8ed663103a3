// Addresses of mail, as far as we send to them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace policy {

/// What is wrong with `text` as an address we send mail to, or nothing: `local@domain` in ASCII,
/// the local part a dot-atom (RFC 5321 §4.1.2) of at most 64 octets, the domain a host name of at
/// least two labels. The words fit behind the name of a field: "expected …".
std::optional<std::string> fault_of_mail(std::string_view text);

}  // namespace policy
