// Incidents: many certificates revoked for one reason (BR 5.7.1.2). What is selected, when it is
// revoked, and how far that has come.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ca/ledger.h"
#include "ca/time.h"
#include "storage/table.h"

namespace acme {

/// What an incident does. The numbers are stored. It goes through them in this order.
enum class IncidentState : std::uint8_t {
  selecting = 1,  // finds its certificates; each is told to renew from then on
  waiting = 2,    // until `revoke_at`
  revoking = 3,
  done = 4,
};
std::string_view text_of(IncidentState state);

/// Which certificates. What is given must hold, all of it; of several keys, names or accounts one.
struct IncidentSelection {
  bool by_serial = false;  // those of incident_serials
  std::vector<std::string> spki_sha256;
  std::vector<std::string> names;  // as in identifiers of an order
  std::vector<std::string> accounts;
  std::optional<ca::Time> issued_from, issued_until;  // both inclusive

  [[nodiscard]] bool is_empty() const;
  /// Whether `entry` is meant, serials aside. Looks at the certificate, or at the lint certificate
  /// where none is known.
  [[nodiscard]] bool takes(const ca::LedgerEntry& entry) const;
};

struct IncidentRecord {
  ca::Time opened_at{};
  std::string opened_by;
  std::string why;
  std::uint8_t reason = 0;  // RFC 5280 §5.3.1
  ca::Time revoke_at{};
  IncidentSelection selection;

  IncidentState state = IncidentState::selecting;
  std::string cursor;           // where the state goes on: behind this key, or this many serials
  std::uint64_t selected = 0;   // certificates it is about
  std::uint64_t revoked = 0;    // by this incident
  std::uint64_t untouched = 0;  // revoked before, or expired
  std::uint64_t unknown = 0;    // serials of a list that are none of ours
  std::optional<ca::Time> done_at;

  /// Whether it says that keys are compromised, so that none of them is certified again.
  [[nodiscard]] bool blocks_keys() const;
  [[nodiscard]] std::string encode() const;
  static IncidentRecord decode(std::string_view bytes);
};

/// Incident id -> record.
inline constexpr storage::Table<IncidentRecord> kIncidents{"incidents"};
/// Incident id -> serials of 20 octets at most, each behind an octet with its length.
inline constexpr storage::TableName kIncidentSerials{"incident_serials"};
/// Incident id as text, ledger key -> one octet, an IncidentOutcome.
inline constexpr storage::TableName kIncidentTargets{"incident_targets"};
/// Ledger key -> id of the newest incident that is about it.
inline constexpr storage::TableName kIncidentCertificates{"incident_certificates"};

/// What became of one certificate.
enum class IncidentOutcome : char { pending = 'p', revoked = 'r', untouched = 'u' };

/// Longer lists of serials do not fit into one row.
inline constexpr std::size_t kMostSerials = 700'000;

/// Why the ledger blocks the keys of that incident.
std::string blocked_because_of(const std::string& id);

/// Stores a new incident with its serials, its audit entry and its due work. If it says that keys
/// are compromised, those it names are blocked from then on (BR 6.1.1.3). Throws std::logic_error
/// if the id is taken.
void open_incident(storage::Transaction& transaction,
                   const std::string& id,
                   const IncidentRecord& record,
                   const std::vector<std::string>& serials);

/// The serials of an incident, in the order of the list.
std::vector<std::string> incident_serials(const storage::Snapshot& snapshot, const std::string& id);

/// Visits the certificates of an incident behind `after`, a ledger key.
void for_each_target(
    const storage::Snapshot& snapshot,
    const std::string& id,
    const std::string& after,
    const std::function<storage::Scan(const std::string& ledger_key, IncidentOutcome)>& visit);
/// Whether the incident is about this certificate already.
bool is_target(const storage::Snapshot& snapshot,
               const std::string& id,
               std::string_view ledger_key);
void put_target(storage::Transaction& transaction,
                const std::string& id,
                std::string_view ledger_key,
                IncidentOutcome outcome);

/// When the newest incident about this certificate was opened, if there is one.
std::optional<ca::Time> incident_about(const storage::Snapshot& snapshot,
                                       const ca::LedgerEntry& entry);

}  // namespace acme
