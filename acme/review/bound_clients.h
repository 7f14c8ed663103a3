// Who of ACME acts for an organization (RFC 8555 §7.3.4).
#pragma once

#include <optional>
#include <string>

#include "ca/time.h"
#include "policy/ids.h"
#include "storage/transaction.h"

namespace acme {

/// What of ACME may still order for the organization at `now`, in words that name it: a key that
/// opens accounts, or an account that such a key has opened and that is valid. Nothing if none is
/// left. Looks through all keys.
std::optional<std::string> client_bound_to(const storage::Snapshot& snapshot,
                                           const policy::OrganizationId& organization,
                                           ca::Time now);

}  // namespace acme
