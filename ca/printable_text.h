// Text as certificates hold it.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace ca {

/// Characters of well-formed UTF-8 without control characters; nothing if it is not that.
std::optional<std::size_t> printable_characters(std::string_view text);

/// Whether every character may stand in a PrintableString (X.680 §41.4).
bool is_printable_string(std::string_view text);

/// Whether `text` stands in for what does not apply: nothing but dots, hyphens and spaces, or the
/// words for it (BR 7.1.2.7.3 to 7.1.2.7.5).
bool says_nothing(std::string_view text);

}  // namespace ca
