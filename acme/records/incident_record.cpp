#include "acme/records/incident_record.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "acme/records/due_work_record.h"
#include "acme/records/record_fields.h"
#include "ca/audit_log.h"
#include "ca/certificate.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "ca/ocsp/responder_certificate.h"
#include "ca/revocation_index.h"
#include "storage/key_codec.h"

namespace acme {

namespace {

constexpr std::uint8_t kVersion = 1;
enum Field : std::uint32_t {
  kOpenedAt = 1,
  kOpenedBy = 2,
  kWhy = 3,
  kReason = 4,
  kRevokeAt = 5,
  kBySerial = 6,
  kSpki = 7,
  kName = 8,
  kAccount = 9,
  kIssuedFrom = 10,
  kIssuedUntil = 11,
  kState = 12,
  kCursor = 13,
  kSelected = 14,
  kRevoked = 15,
  kUntouched = 16,
  kUnknown = 17,
  kDoneAt = 18,
};

std::string target_prefix(const std::string& id) {
  return storage::KeyWriter().text(id).take();
}

bool has_any(const std::vector<std::string>& wanted, const std::string& found) {
  return wanted.empty() || std::ranges::find(wanted, found) != wanted.end();
}

bool is_certificate_meant(const IncidentSelection& selection, const ca::LedgerEntry& entry) {
  if (selection.spki_sha256.empty() && selection.names.empty()) return true;
  const auto view =
      ca::view_certificate(entry.certificate.empty() ? entry.lint_certificate : entry.certificate);
  if (!view)
    throw storage::CorruptRecord("ledger entry " + ca::hex(entry.serial) +
                                 ": its certificate cannot be read");
  if (!has_any(selection.spki_sha256, ca::sha256(view->spki))) return false;
  return selection.names.empty() ||
         std::ranges::any_of(view->identifiers, [&](const ca::Identifier& each) {
           return has_any(selection.names, ca::value_of(each));
         });
}

void read_selection(const storage::RecordField& field, IncidentSelection& selection) {
  switch (field.field) {
    case kBySerial:
      selection.by_serial = true;
      break;
    case kSpki:
      selection.spki_sha256.push_back(field.as_string());
      break;
    case kName:
      selection.names.push_back(field.as_string());
      break;
    case kAccount:
      selection.accounts.push_back(field.as_string());
      break;
    case kIssuedFrom:
      selection.issued_from = field.as_time();
      break;
    case kIssuedUntil:
      selection.issued_until = field.as_time();
      break;
    default:
      break;
  }
}

void read_progress(const storage::RecordField& field, IncidentRecord& record) {
  switch (field.field) {
    case kState:
      record.state = decode_enumerator(field.as_number(), IncidentState::done);
      require_field(record.state >= IncidentState::selecting, "incident.state");
      break;
    case kCursor:
      record.cursor = field.as_string();
      break;
    case kSelected:
      record.selected = field.as_number();
      break;
    case kRevoked:
      record.revoked = field.as_number();
      break;
    case kUntouched:
      record.untouched = field.as_number();
      break;
    case kUnknown:
      record.unknown = field.as_number();
      break;
    case kDoneAt:
      record.done_at = field.as_time();
      break;
    default:
      read_selection(field, record.selection);
      break;
  }
}

/// What an incident is about, for the audit log.
void add_selection(ca::AuditEvent& event,
                   const IncidentSelection& selection,
                   const std::vector<std::string>& serials) {
  if (selection.by_serial) {
    std::string all;
    for (const std::string& serial : serials) all += ca::hex(serial) + "\n";
    event.facts.emplace_back("serials", std::to_string(serials.size()));
    event.facts.emplace_back("serials_sha256", ca::hex(ca::sha256(all)));
  }
  for (const std::string& each : selection.spki_sha256) {
    event.facts.emplace_back("key", ca::hex(each));
  }
  for (const std::string& each : selection.names) event.facts.emplace_back("name", each);
  for (const std::string& each : selection.accounts) event.facts.emplace_back("account", each);
  if (selection.issued_from) {
    event.facts.emplace_back("issued_from", ca::rfc3339(*selection.issued_from));
  }
  if (selection.issued_until) {
    event.facts.emplace_back("issued_until", ca::rfc3339(*selection.issued_until));
  }
}

}  // namespace

std::string_view text_of(IncidentState state) {
  switch (state) {
    case IncidentState::selecting:
      return "selecting";
    case IncidentState::waiting:
      return "waiting";
    case IncidentState::revoking:
      return "revoking";
    case IncidentState::done:
      return "done";
  }
  std::unreachable();
}

bool IncidentSelection::is_empty() const {
  return !by_serial && spki_sha256.empty() && names.empty() && accounts.empty() && !issued_from &&
         !issued_until;
}

bool IncidentSelection::takes(const ca::LedgerEntry& entry) const {
  // The server's own certificates are no subscriber's.
  if (entry.profile == ca::ocsp::kResponderProfile) return false;
  if (!has_any(accounts, entry.account)) return false;
  const ca::Time issued = entry.certificate.empty() ? entry.intended_at : entry.issued_at;
  if (issued_from && issued < *issued_from) return false;
  if (issued_until && issued > *issued_until) return false;
  return is_certificate_meant(*this, entry);
}

bool IncidentRecord::blocks_keys() const {
  constexpr std::uint8_t kKeyCompromise = 1;  // RFC 5280 §5.3.1
  return reason == kKeyCompromise;
}

std::string blocked_because_of(const std::string& id) {
  return "incident " + id;
}

std::string IncidentRecord::encode() const {
  storage::RecordWriter writer(kVersion);
  writer.time(kOpenedAt, opened_at).bytes(kOpenedBy, opened_by).bytes(kWhy, why);
  writer.number(kReason, reason).time(kRevokeAt, revoke_at);
  if (selection.by_serial) writer.number(kBySerial, 1);
  for (const std::string& each : selection.spki_sha256) writer.bytes(kSpki, each);
  for (const std::string& each : selection.names) writer.bytes(kName, each);
  for (const std::string& each : selection.accounts) writer.bytes(kAccount, each);
  if (selection.issued_from) writer.time(kIssuedFrom, *selection.issued_from);
  if (selection.issued_until) writer.time(kIssuedUntil, *selection.issued_until);
  writer.number(kState, static_cast<std::uint64_t>(state)).bytes(kCursor, cursor);
  writer.number(kSelected, selected).number(kRevoked, revoked);
  writer.number(kUntouched, untouched).number(kUnknown, unknown);
  if (done_at) writer.time(kDoneAt, *done_at);
  return std::move(writer).take();
}

IncidentRecord IncidentRecord::decode(std::string_view bytes) {
  IncidentRecord record;
  storage::RecordReader reader("incident", bytes, kVersion);
  while (const auto field = reader.next()) {
    switch (field->field) {
      case kOpenedAt:
        record.opened_at = field->as_time();
        break;
      case kOpenedBy:
        record.opened_by = field->as_string();
        break;
      case kWhy:
        record.why = field->as_string();
        break;
      case kReason:
        record.reason = static_cast<std::uint8_t>(field->as_number());
        break;
      case kRevokeAt:
        record.revoke_at = field->as_time();
        break;
      default:
        read_progress(*field, record);
        break;
    }
  }
  return record;
}

void open_incident(storage::Transaction& transaction,
                   const std::string& id,
                   const IncidentRecord& record,
                   const std::vector<std::string>& serials) {
  if (kIncidents.contains(transaction, id)) throw std::logic_error("incident " + id + " is there");
  kIncidents.put(transaction, id, record);
  if (record.selection.by_serial) {
    std::string list;
    for (const std::string& serial : serials) {
      list.push_back(static_cast<char>(serial.size()));
      list += serial;
    }
    transaction.put(kIncidentSerials, id, list);
  }
  if (record.blocks_keys()) {
    // BR 6.1.1.3 (4): from the moment it is known, not from the revocation on.
    for (const std::string& each : record.selection.spki_sha256) {
      ca::Ledger::block_key(transaction, each, blocked_because_of(id), record.opened_at);
    }
  }
  put_work(transaction, WorkKey{kAtOnce, WorkKind::run_incident, id});
  ca::AuditEvent event{record.opened_at, "incident.opened", record.opened_by, id, {}};
  event.facts.emplace_back("reason", std::to_string(record.reason));
  event.facts.emplace_back("why", record.why);
  event.facts.emplace_back("revoke_at", ca::rfc3339(record.revoke_at));
  add_selection(event, record.selection, serials);
  ca::append_audit(transaction, event);
}

std::vector<std::string> incident_serials(const storage::Snapshot& snapshot,
                                          const std::string& id) {
  const std::string list = snapshot.get(kIncidentSerials, id).value_or("");
  std::vector<std::string> serials;
  for (std::string_view rest = list; !rest.empty();) {
    const auto length = static_cast<unsigned char>(rest.front());
    require_field(rest.size() > length, "incident_serials");
    serials.emplace_back(rest.substr(1, length));
    rest.remove_prefix(1 + std::size_t{length});
  }
  return serials;
}

void for_each_target(
    const storage::Snapshot& snapshot,
    const std::string& id,
    const std::string& after,
    const std::function<storage::Scan(const std::string& ledger_key, IncidentOutcome)>& visit) {
  const std::string prefix = target_prefix(id);
  const std::string from = after.empty() ? prefix : prefix + after + '\0';
  snapshot.scan(kIncidentTargets, from, [&](std::string_view key, std::string_view value) {
    if (!key.starts_with(prefix)) return storage::Scan::stop;
    require_field(value.size() == 1, "incident_targets");
    return visit(std::string(key.substr(prefix.size())),
                 static_cast<IncidentOutcome>(value.front()));
  });
}

bool is_target(const storage::Snapshot& snapshot,
               const std::string& id,
               std::string_view ledger_key) {
  return snapshot.get(kIncidentTargets, target_prefix(id) + std::string(ledger_key)).has_value();
}

void put_target(storage::Transaction& transaction,
                const std::string& id,
                std::string_view ledger_key,
                IncidentOutcome outcome) {
  transaction.put(kIncidentTargets, target_prefix(id) + std::string(ledger_key),
                  std::string(1, static_cast<char>(outcome)));
}

std::optional<ca::Time> incident_about(const storage::Snapshot& snapshot,
                                       const ca::LedgerEntry& entry) {
  const auto id =
      snapshot.get(kIncidentCertificates, ca::serial_key(entry.issuer_id, entry.serial));
  const auto incident = id ? kIncidents.get(snapshot, *id) : std::nullopt;
  return incident ? std::optional(incident->opened_at) : std::nullopt;
}

}  // namespace acme
