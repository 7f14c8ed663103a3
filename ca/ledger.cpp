#include "ca/ledger.h"

#include <algorithm>
#include <array>
#include <expected>
#include <stdexcept>
#include <utility>

#include "ca/audit_events.h"
#include "ca/audit_log.h"
#include "ca/blocked_key.h"
#include "ca/broken_rule.h"
#include "ca/certification_scope.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "ca/ct/precertificate.h"
#include "ca/issuer_trust.h"
#include "ca/ocsp/responder_certificate.h"
#include "ca/ocsp/responder_lints.h"
#include "ca/revocation_index.h"
#include "ca/revocation_reason.h"
#include "storage/table.h"

namespace ca {
namespace {

constexpr storage::Table<LedgerEntry> kLedger{"ledger"};
constexpr std::uint8_t kKeyCompromise = 1;
constexpr std::string_view kServer = "server";

/// The order behind an intent went to someone else meanwhile.
struct OrderNotOurs {};

LedgerEntry entry_for(const LintedCertificate& linted, const IntentOwner& owner, Time now) {
  LedgerEntry entry;
  entry.serial = linted.serial();
  entry.issuer_id = linted.issuer_id();
  entry.profile = linted.profile();
  entry.order = owner.order;
  entry.account = owner.account;
  entry.tbs_sha256 = sha256(linted.tbs());
  entry.lint_certificate = linted.lint_certificate();
  entry.intended_at = now;
  entry.not_before = linted.not_before();
  entry.not_after = linted.not_after();
  entry.asked_times = linted.asked_times();
  return entry;
}

std::size_t lints_passed(const LedgerEntry& entry) {
  return entry.profile == ocsp::kResponderProfile ? ocsp::responder_lints().size() : lints().size();
}

void write_intent(storage::Transaction& transaction, const LedgerEntry& entry) {
  const std::string key = serial_key(entry.issuer_id, entry.serial);
  if (kLedger.contains(transaction, key)) {
    throw std::logic_error("serial " + hex(entry.serial) + " is in the ledger already");
  }
  kLedger.put(transaction, key, entry);
  const AuditEvent event{.time = entry.intended_at,
                         .event = audit_event::kCertificateIntended,
                         .actor = entry.account,
                         .subject = hex(entry.serial),
                         .facts = {{"issuer", entry.issuer_id},
                                   {"order", entry.order},
                                   {"profile", entry.profile},
                                   {"tbs_sha256", hex(entry.tbs_sha256)},
                                   {"lints_passed", std::to_string(lints_passed(entry))}}};
  append_audit(transaction, event);
}

LedgerEntry open_intent(const storage::Snapshot& snapshot,
                        std::string_view key,
                        const IssuedCertificate& certificate) {
  const std::string serial = hex(certificate.serial);
  auto entry = kLedger.get(snapshot, key);
  if (!entry) throw std::logic_error("certificate " + serial + " has no intent in the ledger");
  if (!entry->certificate.empty()) {
    throw std::logic_error("serial " + serial + " has a certificate already");
  }
  const auto view = view_certificate(certificate.der);
  const std::string linted = view ? ct::linted_tbs(view->tbs) : std::string();
  if (!view || view->serial != certificate.serial || sha256(linted) != entry->tbs_sha256) {
    throw std::logic_error("certificate " + serial + " is not the one that was intended");
  }
  const bool has_scts = linted != view->tbs;
  if (has_scts != snapshot.get(ct::kPrecertificates, key).has_value()) {
    throw std::logic_error("certificate " + serial +
                           " has SCTs without a precertificate, or the other way round");
  }
  return *std::move(entry);
}

void write_revocation(storage::Transaction& transaction,
                      const LedgerEntry& entry,
                      std::string_view actor,
                      Time now,
                      std::string_view incident) {
  const std::string key = serial_key(entry.issuer_id, entry.serial);
  kLedger.put(transaction, key, entry);
  const RevocationRow row{.revoked_at = entry.revoked_at,
                          .reason = entry.revocation_reason,
                          .not_after = entry.not_after};
  kRevocationIndex.put(transaction, key, row);
  AuditEvent event{.time = now,
                   .event = audit_event::kCertificateRevoked,
                   .actor = std::string(actor),
                   .subject = hex(entry.serial),
                   .facts = {{"issuer", entry.issuer_id},
                             {"order", entry.order},
                             {"reason", std::to_string(entry.revocation_reason)}}};
  if (!incident.empty()) event.facts.emplace_back("incident", incident);
  append_audit(transaction, event);
}

}  // namespace

namespace {

/// The CRLReasons of subscriber certificates: BR 7.2.2 knows no others. 2, 6, 8 and 10 never, 7
/// does not exist.
struct Reason {
  std::uint8_t code;
  std::string_view name;
  bool is_for_the_ca_alone;
};
constexpr std::array<Reason, 6> kReasons = {{{0, "unspecified", false},
                                             {1, "keyCompromise", false},
                                             {3, "affiliationChanged", false},
                                             {4, "superseded", false},
                                             {5, "cessationOfOperation", false},
                                             {9, "privilegeWithdrawn", true}}};

enum class From { the_ca, subscriber };

Judged<std::uint8_t> check_reason(std::int64_t code, From from) {
  std::string expected;
  for (const Reason& reason : kReasons) {
    if (reason.is_for_the_ca_alone && from == From::subscriber) continue;
    if (reason.code == code) return reason.code;
    expected += (expected.empty() ? "" : ", ") + std::to_string(reason.code) + " (" +
                std::string(reason.name) + ")";
  }
  return reject(
      RejectionKind::bad_revocation_reason,
      under(BrokenRule::revocation_reason, "The reason code " + std::to_string(code) +
                                               " is not accepted; expected one of " + expected));
}

}  // namespace

Judged<std::uint8_t> check_revocation_reason(std::int64_t code) {
  return check_reason(code, From::the_ca);
}

Judged<std::uint8_t> check_subscriber_reason(std::int64_t code) {
  return check_reason(code, From::subscriber);
}

boost::asio::awaitable<std::optional<DurableIntent>> Ledger::commit_intent(storage::Store& store,
                                                                           const Issuer& issuer,
                                                                           LintedCertificate linted,
                                                                           IntentOwner owner,
                                                                           Alongside alongside,
                                                                           Time now) {
  if (linted.issuer_id() != issuer.id()) {
    throw std::logic_error("a certificate prepared by issuer " + linted.issuer_id() +
                           " was to be committed for issuer " + issuer.id());
  }
  auto work = [entry = entry_for(linted, owner, now), trust = issuer.scope().trust(),
               alongside = std::move(alongside)](
                  storage::Transaction& transaction) -> std::expected<void, OrderNotOurs> {
    if (!alongside(transaction)) return std::unexpected(OrderNotOurs{});
    write_intent(transaction, entry);
    note_issuer_trust(transaction, entry.issuer_id, trust, entry.intended_at);
    return {};
  };
  auto writing = store.write(std::move(work));
  const std::expected<void, OrderNotOurs> written = co_await std::move(writing);
  if (!written) co_return std::nullopt;
  co_return DurableIntent(std::move(linted));
}

void Ledger::record_certificate(storage::Transaction& transaction,
                                const Issuer& issuer,
                                const IssuedCertificate& certificate,
                                Time now) {
  const std::string key = serial_key(issuer.id(), certificate.serial);
  LedgerEntry entry = open_intent(transaction, key, certificate);
  entry.certificate = certificate.der;
  entry.issued_at = now;
  kLedger.put(transaction, key, entry);
  const AuditEvent event{.time = now,
                         .event = audit_event::kCertificateIssued,
                         .actor = std::string(kServer),
                         .subject = hex(entry.serial),
                         .facts = {{"issuer", entry.issuer_id},
                                   {"order", entry.order},
                                   {"certificate_sha256", hex(sha256(entry.certificate))},
                                   {"not_after", rfc3339(entry.not_after)}}};
  append_audit(transaction, event);
}

Judged<void> Ledger::revoke(storage::Transaction& transaction,
                            std::string_view issuer_id,
                            std::string_view serial,
                            std::uint8_t reason,
                            std::string_view actor,
                            Time now,
                            std::string_view incident) {
  if (auto accepted = check_revocation_reason(reason); !accepted) {
    return std::unexpected(accepted.error());
  }
  auto entry = kLedger.get(transaction, serial_key(issuer_id, serial));
  if (!entry) {
    return reject(RejectionKind::unknown_certificate,
                  under(BrokenRule::not_issued_here,
                        "The serial number " + hex(serial) +
                            " is not one of ours; expected a certificate issued here"));
  }
  // BR 7.2.2: evidence of a key compromise replaces any lesser reason; the date stays.
  const bool worsens = reason == kKeyCompromise && entry->revocation_reason != kKeyCompromise;
  if (entry->revoked && !worsens) {
    return reject(RejectionKind::already_revoked,
                  under(BrokenRule::revoked_before,
                        "The certificate with serial number " + hex(serial) + " was revoked at " +
                            rfc3339(entry->revoked_at) + " with reason code " +
                            std::to_string(entry->revocation_reason)));
  }
  if (!entry->revoked) entry->revoked_at = now;
  entry->revoked = true;
  entry->revocation_reason = reason;
  write_revocation(transaction, *entry, actor, now, incident);
  return {};
}

std::optional<LedgerEntry> Ledger::find(const storage::Snapshot& snapshot,
                                        std::string_view issuer_id,
                                        std::string_view serial) {
  return kLedger.get(snapshot, serial_key(issuer_id, serial));
}

std::optional<LedgerEntry> Ledger::find_by_key(const storage::Snapshot& snapshot,
                                               std::string_view key) {
  return kLedger.get(snapshot, key);
}

void Ledger::scan_after(
    const storage::Snapshot& snapshot,
    std::string_view key,
    const std::function<storage::Scan(std::string_view key, LedgerEntry&& entry)>& visit) {
  const std::string from = key.empty() ? std::string() : std::string(key) + '\0';
  snapshot.scan(kLedger.name(), from, [&](std::string_view found, std::string_view value) {
    return visit(found, LedgerEntry::decode(value));
  });
}

std::vector<std::string> Ledger::issuer_ids(const storage::Snapshot& snapshot) {
  constexpr char kBehindAll = '\xFF';  // no serial begins with it: it would be negative
  std::vector<std::string> ids;
  for (std::string from, last = "-"; from != last;) {
    last = from;
    snapshot.scan(kLedger.name(), from, [&](std::string_view key, std::string_view) {
      ids.push_back(storage::KeyReader(key).text());
      from = issuer_prefix(ids.back()) + kBehindAll;
      return storage::Scan::stop;
    });
  }
  return ids;
}

void Ledger::for_each(const storage::Snapshot& snapshot,
                      std::string_view issuer_id,
                      const std::function<storage::Scan(const LedgerEntry&)>& visit) {
  kLedger.scan_prefix(
      snapshot, issuer_prefix(issuer_id),
      [&visit](std::string_view, const LedgerEntry& entry) { return visit(entry); });
}

bool Ledger::is_key_blocked(const storage::Snapshot& snapshot, std::string_view spki_sha256) {
  return kBlockedKeys.contains(snapshot, spki_sha256);
}

void Ledger::block_key(storage::Transaction& transaction,
                       std::string_view spki_sha256,
                       std::string_view why,
                       Time now) {
  if (kBlockedKeys.contains(transaction, spki_sha256)) return;
  const BlockedKey key{.why = std::string(why), .blocked_at = now};
  kBlockedKeys.put(transaction, spki_sha256, key);
  const AuditEvent event{.time = now,
                         .event = audit_event::kKeyBlocked,
                         .actor = std::string(kServer),
                         .subject = hex(spki_sha256),
                         .facts = {{"why", key.why}}};
  append_audit(transaction, event);
}

}  // namespace ca
