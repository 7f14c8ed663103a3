// Text of unknown origin, fit for somebody's terminal.
#pragma once

#include <string>
#include <string_view>

namespace server {

/// `text` with every octet as `\xNN` that is no part of a printable character of UTF-8: no control
/// character, no turn of the direction of writing. A backslash stays one.
std::string escaped(std::string_view text);

}  // namespace server
