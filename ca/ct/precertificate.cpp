#include "ca/ct/precertificate.h"

#include <stdexcept>
#include <utility>

#include "ca/audit_events.h"
#include "ca/audit_log.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "ca/revocation_index.h"
#include "ca/signed_structure.h"

namespace ca::ct {
namespace {

void demand_issuer(const Issuer& issuer, const LintedCertificate& linted) {
  if (linted.issuer_id() == issuer.id()) return;
  throw std::logic_error("an intent of issuer " + linted.issuer_id() + " reached issuer " +
                         issuer.id());
}

/// The signed form of `tbs`, which without the extension `extra` must be what was linted (BR
/// 7.1.2.9).
boost::asio::awaitable<std::string> signed_form(const Issuer& issuer,
                                                std::string tbs,
                                                std::string_view extra,
                                                const LintedCertificate& linted) {
  if (without_extension(tbs, extra) != linted.tbs()) {
    throw std::logic_error("what was to be signed does not correspond to what was linted");
  }
  auto signing = sign_structure(issuer.signer(), std::move(tbs));
  co_return co_await std::move(signing);
}

void write_precertificate(storage::Transaction& transaction,
                          const LedgerEntry& entry,
                          const std::string& der,
                          Time now) {
  const std::string key = serial_key(entry.issuer_id, entry.serial);
  if (transaction.get(kPrecertificates, key)) {
    throw std::logic_error("serial " + hex(entry.serial) + " has a precertificate already");
  }
  transaction.put(kPrecertificates, key, der);
  const AuditEvent event{.time = now,
                         .event = audit_event::kPrecertificateSigned,
                         .actor = "server",
                         .subject = hex(entry.serial),
                         .facts = {{"issuer", entry.issuer_id},
                                   {"order", entry.order},
                                   {"precertificate_sha256", hex(sha256(der))}}};
  append_audit(transaction, event);
}

}  // namespace

boost::asio::awaitable<DurablePrecertificate> commit_precertificate(storage::Store& store,
                                                                    const Issuer& issuer,
                                                                    DurableIntent intent,
                                                                    Time now) {
  const LintedCertificate& linted = intent.linted();
  demand_issuer(issuer, linted);
  auto signing =
      signed_form(issuer, with_extension(linted.tbs(), poison_extension()), kPoisonOid, linted);
  const std::string der = co_await std::move(signing);
  auto work = [issuer_id = issuer.id(), serial = linted.serial(), der,
               now](storage::Transaction& transaction) {
    const auto entry = Ledger::find(transaction, issuer_id, serial);
    if (!entry || !entry->certificate.empty()) {
      throw std::logic_error("serial " + hex(serial) + " has no open intent");
    }
    write_precertificate(transaction, *entry, der, now);
  };
  auto writing = store.write(std::move(work));
  co_await std::move(writing);
  co_return DurablePrecertificate(std::move(intent), der);
}

boost::asio::awaitable<IssuedCertificate> sign_with_scts(const Issuer& issuer,
                                                         DurablePrecertificate precertificate,
                                                         std::vector<VerifiedSct> scts) {
  // Taken over, so that the token is used up whatever happens next.
  const DurablePrecertificate used = std::move(precertificate);
  const LintedCertificate& linted = used.linted();
  demand_issuer(issuer, linted);
  if (scts.empty()) throw std::logic_error("a certificate was to be signed without SCTs");
  auto signing = signed_form(issuer, with_extension(linted.tbs(), sct_list_extension(scts)),
                             kSctListOid, linted);
  co_return IssuedCertificate{.serial = linted.serial(),
                              .der = co_await std::move(signing),
                              .not_before = linted.not_before(),
                              .not_after = linted.not_after()};
}

std::optional<std::string> find_precertificate(const storage::Snapshot& snapshot,
                                               std::string_view issuer_id,
                                               std::string_view serial) {
  return snapshot.get(kPrecertificates, serial_key(issuer_id, serial));
}

std::string linted_tbs(std::string_view certificate_tbs) {
  return without_extension(certificate_tbs, kSctListOid).value_or(std::string(certificate_tbs));
}

}  // namespace ca::ct
