// The parts of verify_records. Each adds one sentence per fault.
#pragma once

#include <string>
#include <vector>

#include "acme/order.h"
#include "ca/issuer.h"
#include "ca/ledger.h"
#include "storage/transaction.h"

namespace acme::verification {

using Faults = std::vector<std::string>;

/// The faults of one order, each sentence beginning with its id.
class OrderFaults {
 public:
  OrderFaults(const OrderId& id, Faults& faults)
      : prefix_("order " + id.text() + " "), faults_(faults) {}
  void unless(bool succeeded, const std::string& fault) {
    if (!succeeded) faults_.push_back(prefix_ + fault);
  }

 private:
  std::string prefix_;
  Faults& faults_;
};

/// I4 for whatever was signed, or was to be, in the order's name: `der` is the certificate, or the
/// lint certificate where none is known.
void check_content(const LoadedOrder& order,
                   const ca::LedgerEntry& entry,
                   const std::string& der,
                   OrderFaults& faults);
/// An order that renews itself as it was for that certificate: with its times and its CAA checks.
LoadedOrder as_attempted(LoadedOrder order, const StarCertificateRecord& attempt);

/// Orders, their authorizations and their certificates.
void check_orders(const storage::Snapshot& snapshot, Faults& faults);
/// Orders that renew themselves: every certificate is one of their schedule (RFC 8739 §3.5), in the
/// ledger, and as proven as the first.
void check_auto_renewals(const storage::Snapshot& snapshot, Faults& faults);
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
