#include "acme/fulfilment/incident_work.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <utility>

#include "acme/records/auto_renewal_record.h"
#include "acme/records/record_fields.h"
#include "ca/audit_log.h"
#include "ca/certificate.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "ca/ledger.h"
#include "ca/revocation_index.h"

namespace acme {

namespace {

/// Rows per transaction: what waits behind one waits for some twenty milliseconds.
constexpr std::size_t kRowsPerWrite = 500;
/// Entries per look at the ledger, whether they are selected or not.
constexpr std::size_t kEntriesPerLook = 2'000;

std::optional<ca::LedgerEntry> find_serial(const storage::Snapshot& snapshot,
                                           const std::vector<std::string>& issuers,
                                           const std::string& serial) {
  for (const std::string& issuer : issuers) {
    if (auto entry = ca::Ledger::find(snapshot, issuer, serial)) return entry;
  }
  return std::nullopt;
}

std::size_t number_in(const std::string& cursor) {
  std::size_t number = 0;
  std::from_chars(cursor.data(), cursor.data() + cursor.size(), number);
  return number;
}

IncidentChunk select_listed(const storage::Snapshot& snapshot,
                            const IncidentRecord& record,
                            const std::vector<std::string>& serials,
                            std::size_t at_most) {
  const std::vector<std::string> issuers = ca::Ledger::issuer_ids(snapshot);
  IncidentChunk chunk;
  const std::size_t first = std::min(number_in(record.cursor), serials.size());
  const std::size_t last = std::min(first + at_most, serials.size());
  for (std::size_t i = first; i < last; ++i) {
    auto entry = find_serial(snapshot, issuers, serials[i]);
    if (!entry) {
      ++chunk.unknown;
    } else if (record.selection.takes(*entry)) {
      chunk.entries.push_back(*std::move(entry));
    }
  }
  chunk.cursor = std::to_string(last);
  chunk.is_last = last == serials.size();
  return chunk;
}

/// The record as the transaction finds it, if it is still where the step began.
std::optional<IncidentRecord> unmoved(const storage::Snapshot& snapshot,
                                      const std::string& id,
                                      const IncidentRecord& seen) {
  auto record = kIncidents.get(snapshot, id);
  if (!record || record->state != seen.state || record->cursor != seen.cursor) return std::nullopt;
  return record;
}

void reschedule(storage::Transaction& transaction, const WorkKey& key, ca::Time due) {
  kDueWork.erase(transaction, key.encode());
  put_work(transaction, WorkKey{due, key.kind, key.subject});
}

/// SHA-256 of the keys of these certificates, if they are compromised.
std::set<std::string> keys_to_block(const IncidentRecord& record,
                                    const std::vector<ca::LedgerEntry>& entries) {
  std::set<std::string> keys;
  if (!record.blocks_keys()) return keys;
  for (const ca::LedgerEntry& entry : entries) {
    const auto view = ca::view_certificate(entry.certificate.empty() ? entry.lint_certificate
                                                                     : entry.certificate);
    require_field(view.has_value(), "ledger.lint_certificate");
    keys.insert(ca::sha256(view->spki));
  }
  return keys;
}

/// Into `targets`: the certificates of an order that renews itself (RFC 8739) which followed one of
/// it that is selected while the incident looked for its certificates. Nobody could list them and
/// no look at the ledger finds them; none follows from then on, since renewing sees the incident.
void add_renewed_since(const storage::Snapshot& snapshot,
                       const IncidentRecord& record,
                       const std::string& order,
                       std::set<std::string>& targets) {
  const auto id = OrderId::parse(order);
  const auto renewal = id ? kAutoRenewals.get(snapshot, id->octets()) : std::nullopt;
  if (!renewal) return;
  for (const StarCertificateRecord& each : star_certificates(snapshot, *id, *renewal)) {
    const auto entry = ca::Ledger::find(snapshot, each.issuer_id, each.serial);
    require_field(entry.has_value(), "star_certificate.serial");
    if (entry->intended_at < record.opened_at || !record.selection.takes(*entry)) continue;
    targets.insert(ca::serial_key(each.issuer_id, each.serial));
  }
}

boost::asio::awaitable<void> select_more(Services& services, WorkKey key, IncidentRecord seen) {
  IncidentChunk chunk = services.store.read([&](const storage::Snapshot& snapshot) {
    return select_chunk(snapshot, seen, incident_serials(snapshot, key.subject),
                        seen.selection.by_serial ? kRowsPerWrite : kEntriesPerLook);
  });
  std::set<std::string> targets;
  std::set<std::string> orders;
  for (const ca::LedgerEntry& entry : chunk.entries) {
    targets.insert(ca::serial_key(entry.issuer_id, entry.serial));
    orders.insert(entry.order);
  }
  const ca::Time now = services.clock.seconds();
  auto write = [key, seen, targets = std::move(targets), orders = std::move(orders),
                keys = keys_to_block(seen, chunk.entries), cursor = std::move(chunk.cursor),
                is_last = chunk.is_last, unknown = chunk.unknown,
                now](storage::Transaction& transaction) {
    auto record = unmoved(transaction, key.subject, seen);
    if (!record) return;
    std::set<std::string> all = targets;
    for (const std::string& order : orders) add_renewed_since(transaction, *record, order, all);
    for (const std::string& target : all) {
      if (is_target(transaction, key.subject, target)) continue;
      transaction.put(kIncidentCertificates, target, key.subject);
      put_target(transaction, key.subject, target, IncidentOutcome::pending);
      ++record->selected;
    }
    for (const std::string& each : keys) {
      ca::Ledger::block_key(transaction, each, blocked_because_of(key.subject), now);
    }
    record->unknown += unknown;
    record->cursor = cursor;
    if (is_last) {
      record->state = IncidentState::waiting;
      record->cursor.clear();
      reschedule(transaction, key, record->revoke_at > now ? record->revoke_at : kAtOnce);
    }
    kIncidents.put(transaction, key.subject, *record);
  };
  co_await services.store.write(std::move(write));
}

boost::asio::awaitable<void> wait_or_begin(Services& services, WorkKey key, IncidentRecord seen) {
  const ca::Time now = services.clock.seconds();
  auto write = [key, seen, now](storage::Transaction& transaction) {
    auto record = unmoved(transaction, key.subject, seen);
    if (!record) return;
    if (now < record->revoke_at) {
      reschedule(transaction, key, record->revoke_at);
      return;
    }
    record->state = IncidentState::revoking;
    kIncidents.put(transaction, key.subject, *record);
    reschedule(transaction, key, kAtOnce);
  };
  co_await services.store.write(std::move(write));
}

/// Certificates that are pending behind the cursor, and whether there are no more.
struct Pending {
  std::vector<std::string> keys;
  std::string cursor;
  bool is_last = true;
};

Pending pending_of(const storage::Snapshot& snapshot,
                   const std::string& id,
                   const std::string& cursor) {
  Pending pending{.keys = {}, .cursor = cursor};
  for_each_target(snapshot, id, cursor, [&](const std::string& key, IncidentOutcome outcome) {
    if (pending.keys.size() == kRowsPerWrite) {
      pending.is_last = false;
      return storage::Scan::stop;
    }
    pending.cursor = key;
    if (outcome == IncidentOutcome::pending) pending.keys.push_back(key);
    return storage::Scan::proceed;
  });
  return pending;
}

/// One certificate of an incident inside its transaction.
IncidentOutcome revoke_target(storage::Transaction& transaction,
                              const std::string& id,
                              const IncidentRecord& record,
                              const ca::LedgerEntry& entry,
                              ca::Time now) {
  if (entry.not_after < now) return IncidentOutcome::untouched;
  const auto revoked = ca::Ledger::revoke(transaction, entry.issuer_id, entry.serial, record.reason,
                                          record.opened_by, now, id);
  return revoked ? IncidentOutcome::revoked : IncidentOutcome::untouched;
}

void finish(storage::Transaction& transaction,
            const WorkKey& key,
            IncidentRecord& record,
            ca::Time now) {
  record.state = IncidentState::done;
  record.cursor.clear();
  record.done_at = now;
  kDueWork.erase(transaction, key.encode());
  ca::AuditEvent event{now, "incident.done", "server", key.subject, {}};
  event.facts.emplace_back("selected", std::to_string(record.selected));
  event.facts.emplace_back("revoked", std::to_string(record.revoked));
  event.facts.emplace_back("untouched", std::to_string(record.untouched));
  event.facts.emplace_back("unknown", std::to_string(record.unknown));
  ca::append_audit(transaction, event);
}

boost::asio::awaitable<void> revoke_more(Services& services, WorkKey key, IncidentRecord seen) {
  const ca::Time now = services.clock.seconds();
  auto write = [key, seen, now](storage::Transaction& transaction) {
    auto record = unmoved(transaction, key.subject, seen);
    if (!record) return;
    const Pending pending = pending_of(transaction, key.subject, record->cursor);
    std::set<std::string> issuers;
    for (const std::string& target : pending.keys) {
      const auto entry = ca::Ledger::find_by_key(transaction, target);
      require_field(entry.has_value(), "incident_targets");
      const IncidentOutcome outcome = revoke_target(transaction, key.subject, *record, *entry, now);
      put_target(transaction, key.subject, target, outcome);
      ++(outcome == IncidentOutcome::revoked ? record->revoked : record->untouched);
      if (outcome == IncidentOutcome::revoked) issuers.insert(entry->issuer_id);
    }
    for (const std::string& issuer : issuers) request_crl(transaction, issuer, now);
    record->cursor = pending.cursor;
    if (pending.is_last) finish(transaction, key, *record, now);
    kIncidents.put(transaction, key.subject, *record);
  };
  co_await services.store.write(std::move(write));
}

}  // namespace

IncidentChunk select_chunk(const storage::Snapshot& snapshot,
                           const IncidentRecord& record,
                           const std::vector<std::string>& serials,
                           std::size_t at_most) {
  if (record.selection.by_serial) return select_listed(snapshot, record, serials, at_most);
  IncidentChunk chunk{.entries = {}, .cursor = record.cursor, .is_last = true};
  std::size_t seen = 0;
  ca::Ledger::scan_after(
      snapshot, record.cursor, [&](std::string_view key, ca::LedgerEntry&& entry) {
        if (seen++ == at_most || chunk.entries.size() == kRowsPerWrite) {
          chunk.is_last = false;
          return storage::Scan::stop;
        }
        chunk.cursor = key;
        if (entry.intended_at <= record.opened_at && record.selection.takes(entry)) {
          chunk.entries.push_back(std::move(entry));
        }
        return storage::Scan::proceed;
      });
  return chunk;
}

boost::asio::awaitable<void> run_incident(Services& services, WorkKey key) {
  const auto record = services.store.read(
      [&](const storage::Snapshot& snapshot) { return kIncidents.get(snapshot, key.subject); });
  if (!record || record->state == IncidentState::done) {
    auto forget = [key](storage::Transaction& transaction) {
      kDueWork.erase(transaction, key.encode());
    };
    co_return co_await services.store.write(std::move(forget));
  }
  switch (record->state) {
    case IncidentState::selecting:
      co_return co_await select_more(services, std::move(key), *record);
    case IncidentState::waiting:
      co_return co_await wait_or_begin(services, std::move(key), *record);
    case IncidentState::revoking:
    case IncidentState::done:
      break;
  }
  co_await revoke_more(services, std::move(key), *record);
}

}  // namespace acme
