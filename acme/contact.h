// Contact URLs of accounts (RFC 8555 §7.3).
#pragma once

#include <string>
#include <vector>

#include "acme/problem.h"

namespace acme {

/// Judges every contact URL: a `mailto:` URL with exactly one address and no header fields (RFC
/// 8555 §7.3, RFC 6068). Refuses with unsupported_contact for another scheme and with
/// invalid_contact for anything else, and for more than ten; several faults become one problem with
/// a subproblem each.
Result<void> check_contacts(const std::vector<std::string>& contacts);

}  // namespace acme
