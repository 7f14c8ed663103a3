// The hash-chained record of everything that happened, written in the transaction of the change it
// describes.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ca/time.h"
#include "storage/transaction.h"

namespace ca {

/// One thing that happened (BR 5.4.1): when, who, what, to which object. No secrets.
struct AuditEvent {
  Time time;
  // Dotted name: those of this floor are in ca/audit_events.h, those of acme/ ("order.created")
  // where the event is written.
  std::string_view event;
  std::string actor;    // account id, "server", or the name of the person at the command line
  std::string subject;  // id of the object that changed
  std::vector<std::pair<std::string_view, std::string>> facts;  // in order, part of the hash
};

/// Appends `event` to the chain: entry n holds SHA-256 over hashes before it and its own bytes.
/// Call it inside the same Store::write as the change.
void append_audit(storage::Transaction& transaction, const AuditEvent& event);

/// One entry as stored.
struct AuditEntry {
  std::uint64_t sequence;
  Time time;
  std::string event, actor, subject;
  std::vector<std::pair<std::string, std::string>> facts;
  std::string previous_hash, hash;
};

/// Visits all entries from `first` on.
void read_audit(const storage::Snapshot& snapshot,
                std::uint64_t first,
                const std::function<storage::Scan(const AuditEntry&)>& visit);

/// Recomputes the whole chain: bytes, hashes, links and numbers without a gap from 1 on. Returns
/// one sentence per fault; empty means intact. Entries cut off at the end, or a chain that was
/// rewritten as a whole, cannot be seen from inside: compare with the head hash noted elsewhere
/// (docs/issuance-cycle.md).
std::vector<std::string> verify_audit_chain(const storage::Snapshot& snapshot);

}  // namespace ca
