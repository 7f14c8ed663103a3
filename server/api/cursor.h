// Where the next page of a list begins: a place in a list as text that clients hand back unread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace server::api {

/// Octets of the last row of `list` that was shown, as text. A list only ever looks for rows behind
/// it, within what the caller may see, so whatever somebody makes up finds nothing more. `list`:
/// the name of the operation, so that a cursor of one is none of another.
std::string cursor_text(std::string_view list, std::string_view octets);
/// Whether `text` is spelled as cursors are; at most 304 octets.
bool is_cursor(std::string_view text);
/// The octets of a cursor that cursor_text made for `list`.
std::optional<std::string> cursor_octets(std::string_view list, std::string_view text);

}  // namespace server::api
