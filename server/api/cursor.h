// Where the next page of a list begins: a place in a list as text that clients hand back unread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace server::api {

/// Octets of the last row that was shown, as text. A list only ever looks for rows behind it,
/// within what the caller may see, so whatever somebody makes up finds nothing more.
std::string cursor_text(std::string_view octets);
/// The octets of a cursor that is spelled as cursor_text spells it; at most 300 of them.
std::optional<std::string> cursor_octets(std::string_view text);

}  // namespace server::api
