// Code 128, set B (ISO/IEC 15417): a bar code that every reader takes, for printable ASCII.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace policy {

/// The widths of bars and spaces in turn, in modules, beginning with a bar: digits '1' to '4'.
/// Nothing if `text` holds anything but printable ASCII.
std::optional<std::string> code_128(std::string_view text);

}  // namespace policy
