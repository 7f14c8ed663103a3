// Which keys may speak for an account.
#pragma once

#include <string>

#include "acme/problem.h"
#include "storage/transaction.h"

namespace acme {

/// Refuses with bad_public_key a key, given by the SHA-256 of its SPKI, that was reported
/// compromised (BR 6.1.1.3): everybody may have it. Call it inside the write that takes the key.
Result<void> require_unblocked_key(const storage::Snapshot& snapshot, const std::string& key_hash);

}  // namespace acme
