#include "acme/fulfilment/recovery.h"

#include <algorithm>
#include <exception>
#include <string>
#include <utility>
#include <vector>

#include "acme/fulfilment/issuance_work.h"
#include "acme/in_quotes.h"
#include "acme/records/due_work_record.h"
#include "acme/records/given_up_crls.h"
#include "acme/records/record_fields.h"
#include "acme/review/replies.h"
#include "ca/crl.h"
#include "storage/storage_error.h"

namespace acme {

namespace {

/// What was found in the table. Keys of no work we know do not keep the rest from going on.
struct Rows {
  std::vector<WorkKey> issuances;
  std::vector<std::string> unreadable;
};

Rows read_rows(const storage::Snapshot& snapshot) {
  Rows rows;
  snapshot.scan(kDueWork.name(), "", [&](std::string_view key, std::string_view) {
    try {
      WorkKey row = WorkKey::decode(key);
      if (row.kind == WorkKind::issue) rows.issuances.push_back(std::move(row));
    } catch (const storage::CorruptRecord&) {
      rows.unreadable.emplace_back(key);
    }
    return storage::Scan::proceed;
  });
  return rows;
}

/// Returns whether the order was ended.
bool recover_order(storage::Transaction& transaction,
                   const ReviewHouse& house,
                   const WorkKey& row,
                   const std::string& instance,
                   ca::Time now) {
  const auto id = decode_id<OrderId>(row.subject);
  const auto order = kOrders.get(transaction, id.octets());
  if (order && order->claim && order->claim->owner == instance) return false;
  kDueWork.erase(transaction, row.encode());
  if (!take_over_claim(transaction, id, instance, now)) return false;
  if (!order->serial.empty()) {
    return fail_order(transaction, house, id, instance, unknown_signature_problem(), now);
  }
  put_work(transaction, issuance_work(id));
  return false;
}

/// Recovers these rows in one write: all or none. Returns how many orders were ended.
boost::asio::awaitable<std::size_t> sweep(Services& services,
                                          std::vector<WorkKey> rows,
                                          ca::Time now) {
  auto work = [rows = std::move(rows), now, house = review_house(services),
               instance = services.instance](storage::Transaction& transaction) {
    std::size_t ended = 0;
    for (const WorkKey& row : rows) {
      if (recover_order(transaction, house, row, instance, now)) ++ended;
    }
    return ended;
  };
  co_return co_await services.store.write(std::move(work));
}

/// As `sweep`, but one order at a time, so that one that cannot be recovered is left to its own run
/// and takes no other with it. A store that takes no writes at all is not survived.
boost::asio::awaitable<std::size_t> sweep_one_by_one(Services& services,
                                                     std::vector<WorkKey> rows,
                                                     ca::Time now) {
  std::size_t ended = 0;
  for (const WorkKey& row : rows) {
    std::string fault;
    try {
      ended += co_await sweep(services, std::vector<WorkKey>(1, row), now);
      continue;
    } catch (const storage::StoreDead&) {
      throw;
    } catch (const std::exception& error) {
      fault = error.what();
    }
    std::vector<std::pair<std::string_view, std::string>> facts;
    facts.emplace_back("order", in_quotes(row.subject));
    facts.emplace_back("fault", fault);
    services.events.record(Severity::error, "recovery.skipped", facts);
  }
  co_return ended;
}

boost::asio::awaitable<std::size_t> sweep_some(Services& services,
                                               std::vector<WorkKey> rows,
                                               ca::Time now) {
  try {
    co_return co_await sweep(services, rows, now);
  } catch (const storage::StoreDead&) {
    throw;
  } catch (const std::exception& error) {
    services.events.record(Severity::warning, "recovery.one_by_one", {{"fault", error.what()}});
  }
  co_return co_await sweep_one_by_one(services, std::move(rows), now);
}

}  // namespace

boost::asio::awaitable<void> ensure_crl(Services& services) {
  const ca::Time now = services.clock.seconds();
  for (const ca::IssuerSet::Member& member : services.issuers.members()) {
    const std::string issuer = member.issuer->id();
    const bool has_ended = now > member.issuer->certificate().not_after;
    const bool is_seen_to = services.store.read([&](const storage::Snapshot& snapshot) {
      const auto schedule = kCrlSchedules.get(snapshot, issuer);
      if (has_ended && !schedule && snapshot.get(kGivenUpCrls, issuer)) return true;
      if (!schedule || !ca::newest_crl(snapshot, issuer)) return false;
      const WorkKey next{schedule->due, WorkKind::publish_crl, issuer};
      return kDueWork.contains(snapshot, next.encode());
    });
    if (is_seen_to) continue;
    auto request = [issuer, now](storage::Transaction& transaction) {
      request_crl(transaction, issuer, now);
    };
    co_await services.store.write(std::move(request));
  }
}

boost::asio::awaitable<void> recover(Services& services) {
  constexpr std::size_t kRowsPerWrite = 64;
  const ca::Time now = services.clock.seconds();
  const Rows found = services.store.read(read_rows);
  for (const std::string& key : found.unreadable) {
    services.events.record(Severity::error, "due_work.unreadable", {{"key", in_quotes(key)}});
  }
  const std::vector<WorkKey>& rows = found.issuances;
  std::size_t failed = 0;
  for (std::size_t first = 0; first < rows.size(); first += kRowsPerWrite) {
    const std::size_t last = std::min(first + kRowsPerWrite, rows.size());
    const std::vector<WorkKey> some(rows.begin() + static_cast<std::ptrdiff_t>(first),
                                    rows.begin() + static_cast<std::ptrdiff_t>(last));
    failed += co_await sweep_some(services, some, now);
  }
  if (rows.empty()) co_return;
  std::vector<std::pair<std::string_view, std::string>> facts;
  facts.emplace_back("orders", std::to_string(rows.size()));
  facts.emplace_back("failed", std::to_string(failed));
  services.events.record(failed > 0 ? Severity::warning : Severity::info, "recovery.orders", facts);
}

}  // namespace acme
