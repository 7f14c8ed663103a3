#include "acme/fulfilment/ct_work.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ca/crypto/encoding.h"
#include "ca/ct/submission.h"
#include "ca/ledger.h"

namespace acme {

namespace {

/// 1, 2, 4 … 60 minutes.
std::chrono::minutes pause_after(std::uint64_t failures) {
  constexpr std::uint64_t kSteps = 6;
  constexpr std::chrono::minutes kLongest{60};
  return std::min(std::chrono::minutes(1U << std::min(failures, kSteps)), kLongest);
}

boost::asio::awaitable<std::vector<std::string>> show(Services& services,
                                                      const ca::LedgerEntry& entry) {
  // Logs that are configured no more, or a CA that signs no more, leave nothing to be done.
  const ca::Issuer* issuer = services.issuers.find(entry.issuer_id);
  if (services.transparency == nullptr || issuer == nullptr) co_return std::vector<std::string>{};
  auto logging = ca::ct::log_certificate(*services.transparency, *issuer, entry.certificate);
  co_return co_await std::move(logging);
}

}  // namespace

boost::asio::awaitable<void> run_certificate_logging(Services& services, WorkKey key) {
  const std::optional<ca::LedgerEntry> entry =
      services.store.read([&](const storage::Snapshot& snapshot) {
        return ca::Ledger::find_by_key(snapshot, key.subject);
      });
  std::vector<std::string> faults;
  if (entry) {
    auto showing = show(services, *entry);
    faults = co_await std::move(showing);
  }
  const ca::Time now = services.clock.seconds();
  const bool is_over = faults.empty() || now >= entry->issued_at + kLoggingPatience;
  for (const std::string& fault : faults) {
    services.events.record(Severity::warning, is_over ? "ct.not_logged" : "ct.logged_later",
                           {{"serial", ca::hex(entry->serial)}, {"fault", fault}});
  }
  auto write = [key, is_over, now](storage::Transaction& transaction) {
    const auto record = kDueWork.get(transaction, key.encode());
    kDueWork.erase(transaction, key.encode());
    if (is_over || !record) return;
    put_work(transaction, WorkKey{now + pause_after(record->failures), key.kind, key.subject},
             WorkRecord{.failures = record->failures + 1});
  };
  co_await services.store.write(std::move(write));
}

}  // namespace acme
