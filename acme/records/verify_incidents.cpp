#include <cstdint>
#include <string>

#include "acme/records/incident_record.h"
#include "acme/records/verify_parts.h"
#include "ca/certificate.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "ca/ledger.h"

namespace acme::verification {

namespace {

/// Certificates of one incident by what became of them.
struct Counts {
  std::uint64_t selected = 0;
  std::uint64_t revoked = 0;
  std::uint64_t untouched = 0;
};

bool is_blocked(const storage::Snapshot& snapshot, const ca::LedgerEntry& entry) {
  const auto view =
      ca::view_certificate(entry.certificate.empty() ? entry.lint_certificate : entry.certificate);
  return view && ca::Ledger::is_key_blocked(snapshot, ca::sha256(view->spki));
}

/// `key` is that of the ledger.
void check_target(const storage::Snapshot& snapshot,
                  const std::string& id,
                  const std::string& key,
                  const IncidentRecord& record,
                  IncidentOutcome outcome,
                  Faults& faults) {
  const auto entry = ca::Ledger::find_by_key(snapshot, key);
  if (!entry) {
    faults.push_back("incident " + id + " is about " + ca::hex(key) +
                     ", which is not in the ledger");
  } else if (outcome == IncidentOutcome::revoked && !entry->revoked) {
    faults.push_back("incident " + id + " revoked serial " + ca::hex(entry->serial) +
                     ", which the ledger says is not revoked");
  }
  if (entry && record.blocks_keys() && !is_blocked(snapshot, *entry)) {
    faults.push_back("incident " + id + " says that the key of serial " + ca::hex(entry->serial) +
                     " is compromised, and it is not blocked");
  }
  if (!snapshot.get(kIncidentCertificates, key)) {
    faults.push_back("incident " + id + " is about " + ca::hex(key) +
                     ", whose subscriber is not told");
  }
}

void check_keys(const storage::Snapshot& snapshot,
                const std::string& id,
                const IncidentRecord& record,
                Faults& faults) {
  if (!record.blocks_keys()) return;
  for (const std::string& each : record.selection.spki_sha256) {
    if (ca::Ledger::is_key_blocked(snapshot, each)) continue;
    faults.push_back("incident " + id + " says that key " + ca::hex(each) +
                     " is compromised, and it is not blocked");
  }
}

void check_incident(const storage::Snapshot& snapshot,
                    const std::string& id,
                    const IncidentRecord& record,
                    Faults& faults) {
  Counts counts;
  for_each_target(snapshot, id, "", [&](const std::string& key, IncidentOutcome outcome) {
    ++counts.selected;
    if (outcome == IncidentOutcome::revoked) ++counts.revoked;
    if (outcome == IncidentOutcome::untouched) ++counts.untouched;
    check_target(snapshot, id, key, record, outcome, faults);
    return storage::Scan::proceed;
  });
  if (counts.selected != record.selected || counts.revoked != record.revoked ||
      counts.untouched != record.untouched) {
    faults.push_back("incident " + id + " does not count what it lists");
  }
  if (record.state == IncidentState::done && counts.revoked + counts.untouched != counts.selected) {
    faults.push_back("incident " + id + " is done and left certificates out");
  }
}

}  // namespace

void check_incidents(const storage::Snapshot& snapshot, Faults& faults) {
  kIncidents.scan_prefix(snapshot, "", [&](std::string_view id, const IncidentRecord& record) {
    check_incident(snapshot, std::string(id), record, faults);
    check_keys(snapshot, std::string(id), record, faults);
    return storage::Scan::proceed;
  });
  snapshot.scan(kIncidentCertificates, "", [&](std::string_view key, std::string_view id) {
    if (!kIncidents.contains(snapshot, id)) {
      faults.push_back("an incident that is not stored is about " + ca::hex(key));
    }
    return storage::Scan::proceed;
  });
}

}  // namespace acme::verification
