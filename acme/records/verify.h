// Offline proof of what the protocol promised, from a store alone.
#pragma once

#include <string>
#include <vector>

#include "ca/issuer.h"
#include "storage/transaction.h"

namespace acme {

/// Every fault found, one sentence each with the ids involved; empty means sound. Proves for every
/// order: at most one certificate; a valid order has a certificate in the ledger whose names are
/// the order's names and whose key is the one of the request it was finalized with; every name was
/// covered by a valid authorization of the same account when it was signed; the status history
/// follows the transition table; every row an index points to exists; every ledger entry belongs to
/// an order. (Ledger and audit chain alone: ca::Ledger::verify, ca::verify_audit_chain.)
std::vector<std::string> verify_records(const storage::Snapshot& snapshot,
                                        const std::vector<const ca::Issuer*>& issuers);

}  // namespace acme
