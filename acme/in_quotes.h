// Showing a client its own value in a refusal.
#pragma once

#include <string>
#include <string_view>

namespace acme {

/// `value` in double quotes, fit for a problem's detail: printable ASCII as it is, every other
/// octet as `\xNN`, and cut after 80 octets with `…`, so that a refusal is neither a megabyte nor a
/// control sequence for someone's terminal.
std::string in_quotes(std::string_view value);

}  // namespace acme
