// Whether a client has something already.
#pragma once

#include <string_view>

namespace server {

/// RFC 9110 §13.1.2: whether If-None-Match names `tag`, in a list of entity tags, compared weakly,
/// or by `*`.
bool names_tag(std::string_view if_none_match, std::string_view tag);

}  // namespace server
