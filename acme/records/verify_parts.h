// The parts of verify_records. Each adds one sentence per fault.
#pragma once

#include <string>
#include <vector>

#include "ca/issuer.h"
#include "storage/transaction.h"

namespace acme::verification {

using Faults = std::vector<std::string>;

/// Orders, their authorizations and their certificates.
void check_orders(const storage::Snapshot& snapshot, Faults& faults);
/// Every row an index points to exists and points back; every ledger entry belongs to an order.
void check_references(const storage::Snapshot& snapshot,
                      const std::vector<const ca::Issuer*>& issuers,
                      Faults& faults);
/// What incidents say of certificates is what the ledger says, and none that is done left one out.
void check_incidents(const storage::Snapshot& snapshot, Faults& faults);
/// What waits for work has a row in due_work, and no status went a way that RFC 8555 §7.1.6 does
/// not draw.
void check_work(const storage::Snapshot& snapshot, Faults& faults);
/// I9: nothing was intended after a stop over it, after its key was blocked, or by an account that
/// was deactivated.
void check_authority(const storage::Snapshot& snapshot, Faults& faults);
/// Every stop was made by the last entry of the audit log about it, and none has ended without one.
void check_stops(const storage::Snapshot& snapshot, Faults& faults);
void check_history(const storage::Snapshot& snapshot, Faults& faults);

}  // namespace acme::verification
