// Which keys may speak for an account.
#pragma once

#include "acme/problem.h"
#include "ca/crypto/public_key.h"
#include "storage/transaction.h"

namespace acme {

/// Refuses with bad_public_key a key that was reported compromised or that a broken generator made
/// (BR 6.1.1.3): everybody may have it. Call it inside the write that takes the key.
Result<void> require_unblocked_key(const storage::Snapshot& snapshot, const ca::PublicKey& key);

}  // namespace acme
