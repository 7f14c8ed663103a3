// Names of people and organizations as they are told apart.
#pragma once

#include <string>
#include <string_view>

namespace ca {

/// ASCII in lower case, white space at the ends away and within as one space: two names of which
/// this gives the same are spellings of one.
std::string same_name(std::string_view name);

}  // namespace ca
