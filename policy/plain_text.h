// Text that people typed: names, labels, addresses.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace policy {

/// Characters of `text`, or nothing unless it is UTF-8 (RFC 3629).
std::optional<std::size_t> characters_in(std::string_view text);

/// What is wrong with `text` as one line of plain text, or nothing: 1 to `most` characters of UTF-8
/// without control characters, without characters that turn the direction of writing, and without
/// a space at either end. The words fit behind the name of a field: "expected …".
std::optional<std::string> fault_of_line(std::string_view text, std::size_t most);

/// The same for lines that end with '\n': 1 to `most` characters with the line ends, and something
/// to be seen among them.
std::optional<std::string> fault_of_text(std::string_view text, std::size_t most);

}  // namespace policy
