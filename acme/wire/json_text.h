// Text from anywhere, made safe inside a JSON document and on a terminal.
#pragma once

#include <string>
#include <string_view>

namespace acme {

/// Appends `text` to `out` as a JSON string with its quotes. Bytes that are not UTF-8 become
/// U+FFFD; every control character (C0, DEL, C1) and the line separators are escaped, so a value
/// can neither end a log line nor drive a terminal.
void append_json_text(std::string& out, std::string_view text);

/// The same as a new string.
std::string json_text(std::string_view text);

}  // namespace acme
