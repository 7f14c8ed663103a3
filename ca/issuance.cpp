#include "ca/issuance.h"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <stdexcept>
#include <utility>
#include <vector>

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
      auto write = [&issuer = parts.issuer, issued, conclude = steps.conclude,
                    now](storage::Transaction& transaction) {
        Ledger::record_certificate(transaction, issuer, issued, now);
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

/// A certificate with the logs that promised to publish it.
struct LoggedCertificate {
  IssuedCertificate issued;
  std::vector<std::string> log_ids;
};

/// Precertificate, stored; SCTs, verified; certificate.
boost::asio::awaitable<LoggedCertificate> sign_transparently(const IssuingParts& parts,
                                                             DurableIntent intent,
                                                             Time now) {
  auto committing = ct::commit_precertificate(parts.store, parts.issuer, std::move(intent), now);
  ct::DurablePrecertificate precertificate = co_await std::move(committing);
  auto collecting =
      ct::collect_scts(*parts.transparency, parts.issuer, precertificate, parts.random, now);
  const auto scts = co_await std::move(collecting);
  if (!scts) throw std::runtime_error("certificate transparency: " + scts.error());
  auto signing = ct::sign_with_scts(parts.issuer, std::move(precertificate), *scts);
  LoggedCertificate logged{.issued = co_await std::move(signing), .log_ids = {}};
  for (const ct::VerifiedSct& sct : *scts) logged.log_ids.push_back(sct.log_id());
  co_return logged;
}

}  // namespace

boost::asio::awaitable<Judged<std::optional<IssuedCertificate>>> issue_certificate(
    IssuingParts parts, IssuanceRequest request, IssuanceSteps steps) {
  Judged<LintedCertificate> linted = parts.issuer.prepare(request, parts.random);
  if (!linted) co_return std::unexpected(linted.error());
  auto alongside = [note = steps.note_serial, serial = linted->serial()](
                       storage::Transaction& transaction) { return note(transaction, serial); };
  std::optional<DurableIntent> intent =
      co_await Ledger::commit_intent(parts.store, parts.issuer, *std::move(linted), steps.owner,
                                     std::move(alongside), request.now);
  if (!intent) co_return std::nullopt;
  if (parts.transparency == nullptr) {
    auto signing = parts.issuer.sign(*std::move(intent));
    IssuedCertificate issued = co_await std::move(signing);
    co_await store_persistently(parts, issued, steps, request.now);
    co_return std::move(issued);
  }
  auto signing = sign_transparently(parts, *std::move(intent), request.now);
  LoggedCertificate logged = co_await std::move(signing);
  co_await store_persistently(parts, logged.issued, steps, request.now);
  // Whoever waits for the certificate finds it in the store already.
  auto logging = ct::log_certificate(*parts.transparency, parts.issuer, logged.issued.der,
                                     std::move(logged.log_ids));
  co_await std::move(logging);
  co_return std::move(logged.issued);
}

}  // namespace ca
