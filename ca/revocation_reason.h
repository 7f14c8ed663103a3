// Who may give which reason for a revocation (BR 4.9.1.1, 7.2.2).
#pragma once

#include <cstdint>

#include "ca/rejection.h"

namespace ca {

/// The CRLReason codes that a subscriber, or whoever else asks for a revocation, may give: 0, 1, 3,
/// 4, 5. privilegeWithdrawn is for the CA to find, as those events of BR 4.9.1.1 are that speak of
/// what the subscriber did. The codes of check_revocation_reason (ca/ledger.h) that are left are
/// for the CA.
Judged<std::uint8_t> check_subscriber_reason(std::int64_t code);

}  // namespace ca
