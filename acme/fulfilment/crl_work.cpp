#include "acme/fulfilment/crl_work.h"

#include <optional>
#include <string>
#include <utility>

#include "acme/records/given_up_crls.h"
#include "ca/crl.h"

namespace acme {

namespace {

void tell(Services& services, const std::string& issuer, const ca::PublishedCrls& published) {
  services.events.record(Severity::info, "crl.published",
                         {{"issuer", issuer},
                          {"number", std::to_string(published.number)},
                          {"entries", std::to_string(published.entries)},
                          {"bytes", std::to_string(published.bytes)}});
  if (!published.left_out) return;
  services.events.record(
      Severity::error, "crl.left_out",
      {{"issuer", issuer},
       {"number", std::to_string(published.number)},
       {"bytes", std::to_string(*published.left_out)},
       {"fault",
        "the CRL over everything is larger than a row of the store; the one that "
        "is served stays the last that fitted, the parts are new"}});
}

}  // namespace

boost::asio::awaitable<void> run_crl_publication(Services& services, WorkKey key) {
  const ca::Time now = services.clock.seconds();
  // Read before the ledger is: every revocation up to this count is on the CRL.
  const std::optional<CrlSchedule> begun = services.store.read(
      [&](const storage::Snapshot& snapshot) { return kCrlSchedules.get(snapshot, key.subject); });
  const ca::Issuer* issuer = services.issuers.find(key.subject);
  // One this server no longer has cannot sign. Behind the end of one, all that it signed has ended.
  const bool is_given_up = issuer == nullptr || now > issuer->certificate().not_after;
  if (!is_given_up) {
    auto publishing = ca::publish_crl(services.store, *issuer, now, kCrlLife);
    const ca::PublishedCrls published = co_await std::move(publishing);
    tell(services, key.subject, published);
  }
  const std::uint64_t served = begun ? begun->requests : 0;
  auto set_next = [key, served, is_given_up, now](storage::Transaction& transaction) {
    const std::optional<CrlSchedule> schedule = kCrlSchedules.get(transaction, key.subject);
    kDueWork.erase(transaction, key.encode());
    if (schedule) {
      kDueWork.erase(transaction,
                     WorkKey{schedule->due, WorkKind::publish_crl, key.subject}.encode());
    }
    if (is_given_up) {
      kCrlSchedules.erase(transaction, key.subject);
      transaction.put(kGivenUpCrls, key.subject, "");
      return;
    }
    CrlSchedule next{now + kCrlInterval, now, served};
    if (schedule && schedule->requests != served) {
      // Asked for again while this one was made.
      next.requests = schedule->requests;
      next.due = next_crl_due(next, now);
    }
    kCrlSchedules.put(transaction, key.subject, next);
    put_work(transaction, WorkKey{next.due, WorkKind::publish_crl, key.subject});
  };
  co_await services.store.write(std::move(set_next));
}

}  // namespace acme
