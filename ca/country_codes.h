// ISO 3166-1.
#pragma once

#include <string_view>

namespace ca {

/// Whether `code` is an officially assigned alpha-2 code, in capital letters.
bool is_country_code(std::string_view code);
/// Whether a countryName may be `code`: such a code, or XX, the user-assigned one for a place
/// without any (BR 7.1.2.7.3).
bool is_subject_country(std::string_view code);

}  // namespace ca
