// Domains under which strangers register names (publicsuffix.org).
#pragma once

#include <string_view>

namespace policy {

/// Whether `name`, lower-case A-labels without a last dot, is a public suffix by the ICANN division
/// of the list, which BR 3.2.2.6 recommends: "com", "co.uk". A single label always is. The list is
/// the newer of the distribution's file and the one built into libpsl. Safe from any thread.
bool is_public_suffix(std::string_view name);

}  // namespace policy
