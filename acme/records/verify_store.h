// The whole offline proof: every invariant of docs/verify.md, from a store and what was kept beside
// it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ca/issuer.h"
#include "storage/transaction.h"

namespace acme {

/// A late entry of the audit log that was noted outside the store.
struct AuditHead {
  std::uint64_t sequence = 0;
  std::string hash;  // hex
};

/// What is known from elsewhere. Nothing of it is needed; each sees what a store alone cannot show.
struct OutsideEvidence {
  std::optional<std::string> signer_ledger;  // text, as in ca/verify.h
  std::optional<AuditHead> audit_head;
  /// Octets of the signer's ledger that are older than the snapshot (ca/verify.h).
  std::size_t signer_ledger_older = std::string::npos;
};

/// Every fault, one sentence each behind the part that it was found in ("ledger: …"); empty means
/// sound. Reads everything, some of it several times.
std::vector<std::string> verify_store(const storage::Snapshot& snapshot,
                                      const std::vector<const ca::Issuer*>& issuers,
                                      const OutsideEvidence& outside = {});

}  // namespace acme
