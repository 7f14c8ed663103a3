#include "ca/issuance.h"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <stdexcept>
#include <utility>
#include <vector>

#include "ca/crypto/encoding.h"
#include "ca/ct/log_policy.h"
#include "ca/ct/precertificate.h"
#include "ca/ct/submission.h"
#include "storage/storage_error.h"

namespace ca {
namespace {

/// A full queue is the one failure that certainly stored nothing, so the same certificate is
/// offered again, ever more patiently, until `steps.store_until`: giving up costs a revocation.
boost::asio::awaitable<void> store_persistently(const IssuingParts& parts,
                                                const IssuedCertificate& issued,
                                                const IssuanceSteps& steps,
                                                Time now) {
  constexpr std::chrono::milliseconds kLongestPause{2'000};
  std::chrono::milliseconds pause{5};
  for (;;) {
    try {
      auto write = [&issuer = parts.issuer, issued, conclude = steps.conclude, now,
                    is_logged = parts.transparency != nullptr](storage::Transaction& transaction) {
        Ledger::record_certificate(transaction, issuer, issued, now);
        if (is_logged) ct::request_logging(transaction, issuer.id(), issued.serial);
        conclude(transaction, issued);
      };
      co_await parts.store.write(std::move(write));
      co_return;
    } catch (const storage::StoreBusy&) {
      if (parts.clock() > steps.store_until) throw;
    }
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, pause);
    co_await timer.async_wait(boost::asio::use_awaitable);
    pause = std::min(2 * pause, kLongestPause);
  }
}

/// Why no log list entry can do for what was linted; empty if there are enough. Known before the
/// intent, so that no precertificate is signed in vain.
std::string logging_fault(const IssuingParts& parts, const LintedCertificate& linted, Time now) {
  if (parts.transparency == nullptr) return {};
  const auto validity = linted.not_after() - linted.not_before() + std::chrono::seconds(1);
  std::vector<const ct::Log*> takers;
  for (const ct::Log& log : parts.transparency->logs) {
    if (log.takes(linted.not_after())) takers.push_back(&log);
  }
  if (ct::are_enough(takers, ct::scts_needed(validity))) return {};
  const std::string never = ct::list_fault(parts.transparency->logs, validity, now);
  return never.empty() ? "too few logs take certificates that end at " + rfc3339(linted.not_after())
                       : "the list of logs cannot do: " + never;
}

/// Logs are waited for up to Transparency::patience: what was true of the intent is looked at again
/// before the certificate is signed.
void require_still_fit(const IssuingParts& parts,
                       const IssuanceSteps& steps,
                       const std::string& serial) {
  parts.store.read([&](const storage::Snapshot& snapshot) {
    const auto entry = Ledger::find(snapshot, parts.issuer.id(), serial);
    if (!entry || entry->revoked) {
      throw std::runtime_error("serial " + hex(serial) +
                               " was revoked while its SCTs were collected; it is not signed");
    }
    if (steps.still_fit && !steps.still_fit(snapshot, serial)) {
      throw std::runtime_error(
          "serial " + hex(serial) +
          " may not be issued any more; something was stopped, blocked or taken "
          "back while its SCTs were collected");
    }
  });
}

/// Precertificate, stored; SCTs, verified; certificate.
boost::asio::awaitable<IssuedCertificate> sign_transparently(const IssuingParts& parts,
                                                             const IssuanceSteps& steps,
                                                             DurableIntent intent,
                                                             Time now) {
  auto committing = ct::commit_precertificate(parts.store, parts.issuer, std::move(intent), now);
  ct::DurablePrecertificate precertificate = co_await std::move(committing);
  auto collecting = ct::collect_scts(*parts.transparency, parts.issuer, precertificate,
                                     parts.random, parts.clock);
  const auto scts = co_await std::move(collecting);
  if (!scts) throw std::runtime_error("certificate transparency: " + scts.error());
  require_still_fit(parts, steps, precertificate.linted().serial());
  auto signing = ct::sign_with_scts(parts.issuer, std::move(precertificate), *scts);
  co_return co_await std::move(signing);
}

}  // namespace

boost::asio::awaitable<Judged<std::optional<IssuedCertificate>>> issue_certificate(
    IssuingParts parts, IssuanceRequest request, IssuanceSteps steps) {
  // Logs are for what browsers trust: the names in private certificates are nobody else's business,
  // and no log takes what does not chain to a root it knows.
  if (request.profile.trust != Trust::web) parts.transparency = nullptr;
  Judged<LintedCertificate> linted = parts.issuer.prepare(request, parts.random);
  if (!linted) co_return std::unexpected(linted.error());
  if (auto fault = logging_fault(parts, *linted, request.now); !fault.empty()) {
    co_return reject(RejectionKind::issuer_unavailable, "Certificate Transparency: " + fault);
  }
  auto alongside = [note = steps.note_serial, serial = linted->serial()](
                       storage::Transaction& transaction) { return note(transaction, serial); };
  std::optional<DurableIntent> intent =
      co_await Ledger::commit_intent(parts.store, parts.issuer, *std::move(linted), steps.owner,
                                     std::move(alongside), request.now);
  if (!intent) co_return std::nullopt;
  if (parts.transparency == nullptr) {
    auto signing = parts.issuer.sign(*std::move(intent));
    IssuedCertificate issued = co_await std::move(signing);
    co_await store_persistently(parts, issued, steps, parts.clock());
    co_return std::move(issued);
  }
  auto signing = sign_transparently(parts, steps, *std::move(intent), parts.clock());
  IssuedCertificate issued = co_await std::move(signing);
  co_await store_persistently(parts, issued, steps, parts.clock());
  co_return std::move(issued);
}

}  // namespace ca
