// ISO 3166-1.
#pragma once

#include <string_view>

namespace ca {

/// Whether `code` is an officially assigned alpha-2 code, in capital letters.
bool is_country_code(std::string_view code);

}  // namespace ca
