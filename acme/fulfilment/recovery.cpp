#include "acme/fulfilment/recovery.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "acme/fulfilment/issuance_work.h"
#include "acme/records/due_work_record.h"
#include "acme/records/record_fields.h"
#include "ca/crl.h"

namespace acme {

namespace {

std::vector<WorkKey> issuance_rows(const storage::Snapshot& snapshot) {
  std::vector<WorkKey> rows;
  kDueWork.scan_prefix(snapshot, "", [&](std::string_view key, const WorkRecord&) {
    WorkKey row = WorkKey::decode(key);
    if (row.kind == WorkKind::issue) rows.push_back(std::move(row));
    return storage::Scan::proceed;
  });
  return rows;
}

/// Returns whether the order was ended.
bool recover_order(storage::Transaction& transaction,
                   const WorkKey& row,
                   const std::string& instance,
                   ca::Time now) {
  const auto id = decode_id<OrderId>(row.subject);
  auto order = kOrders.get(transaction, id.octets());
  if (order && order->claim && order->claim->owner == instance) return false;
  kDueWork.erase(transaction, row.encode());
  if (!order || !order->claim || order->certificate || order->error) return false;
  order->claim = Claim{instance, now + kClaimLife};
  kOrders.put(transaction, id.octets(), *order);
  if (!order->serial.empty()) {
    return fail_order(transaction, id, instance, unknown_signature_problem(), now);
  }
  put_work(transaction, issuance_work(std::min(row.due, now), id));
  return false;
}

boost::asio::awaitable<void> see_to_crl(Services& services, ca::Time now) {
  const std::string issuer = services.issuer.id();
  const bool is_seen_to = services.store.read([&](const storage::Snapshot& snapshot) {
    return kCrlSchedules.contains(snapshot, issuer) && ca::newest_crl(snapshot, issuer).has_value();
  });
  if (is_seen_to) co_return;
  auto request = [issuer, now](storage::Transaction& transaction) {
    request_crl(transaction, issuer, now);
  };
  co_await services.store.write(std::move(request));
}

}  // namespace

boost::asio::awaitable<void> recover(Services& services) {
  constexpr std::size_t kRowsPerWrite = 64;
  const ca::Time now = services.clock.seconds();
  const std::vector<WorkKey> rows = services.store.read(issuance_rows);
  std::size_t failed = 0;
  for (std::size_t first = 0; first < rows.size(); first += kRowsPerWrite) {
    const std::size_t last = std::min(first + kRowsPerWrite, rows.size());
    const std::vector<WorkKey> some(rows.begin() + static_cast<std::ptrdiff_t>(first),
                                    rows.begin() + static_cast<std::ptrdiff_t>(last));
    auto sweep = [some, now, instance = services.instance](storage::Transaction& transaction) {
      std::size_t ended = 0;
      for (const WorkKey& row : some) {
        if (recover_order(transaction, row, instance, now)) ++ended;
      }
      return ended;
    };
    failed += co_await services.store.write(std::move(sweep));
  }
  co_await see_to_crl(services, now);
  if (rows.empty()) co_return;
  std::vector<std::pair<std::string_view, std::string>> facts;
  facts.emplace_back("orders", std::to_string(rows.size()));
  facts.emplace_back("failed", std::to_string(failed));
  services.events.record(failed > 0 ? Severity::warning : Severity::info, "recovery.orders", facts);
}

}  // namespace acme
