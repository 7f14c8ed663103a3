// The order resource (RFC 8555 §7.1.3, §7.4; RFC 8739 §3.1.2). For an order that waits for a
// review, the first look after it has passed begins the issuance: a client that has forgotten its
// key asks no more, and gets no certificate that nobody can use (rule A-6).
#include <utility>

#include "acme/fulfilment/issuance_work.h"
#include "acme/operations/cancel_order.h"
#include "acme/operations/let_finish.h"
#include "acme/operations/object_replies.h"
#include "acme/operations/operation.h"
#include "acme/review/ending.h"
#include "acme/review/replies.h"
#include "acme/review/signing.h"
#include "ca/audit_log.h"

namespace acme {

namespace {

/// Answered from memory and a snapshot: however often clients ask, nothing is written for it (rule
///
Result<void> require_patience(Services& services, const LoadedOrder& order) {
  if (!order.record.held_since || order.record.claim) return {};
  const auto wait =
      services.polls.judge(order.id.octets(), *order.record.held_since, services.clock.instant());
  if (!wait) return {};
  return std::unexpected(
      Problem(ProblemType::rate_limited,
              "this order waits for a review and was asked for too often; expected at most one "
              "request in two seconds, and none before Retry-After is over")
          .retry_after(*wait));
}

bool may_start(const LoadedOrder& order) {
  return order.record.held_since && order.status == OrderStatus::processing &&
         !order.record.claim && order.review.outcome == ReviewOutcome::passed;
}

/// Starts the issuance of a held order whose review has passed, or notes its end, or tells the
/// application that its names are proven; nothing if another request was quicker. A refusal is not
/// the client's: nothing has changed then.
Result<void> settle(storage::Transaction& transaction,
                    const ReviewHouse& house,
                    const OrderId& id,
                    const std::string& instance,
                    ca::Time now) {
  auto order = load_order(transaction, id, now);
  if (!order) return {};
  if (proves_names(transaction, *order, now)) return prove_names(transaction, house, *order, now);
  if (!may_start(*order)) {
    note_end(transaction, house, id, now);
    return {};
  }
  if (auto begun = begin_signing(transaction, house, order->record, now); !begun) {
    end_order(transaction, id, std::move(order->record), begun.error(), now);
    return {};
  }
  order->record.claim = Claim{instance, now + kClaimLife};
  put_work(transaction, issuance_work(id));
  kOrders.put(transaction, id.octets(), order->record);
  ca::append_audit(transaction, {now, "order.processing", "server", id.text(), {}});
  return {};
}

}  // namespace

boost::asio::awaitable<Result<Reply>> read_order(Services& services,
                                                 AuthenticatedRequest request,
                                                 PathParameters path) {
  const Result<LoadedOrder> order = own_order(services, request, path);
  if (!order) co_return std::unexpected(order.error());
  if (!request.is_post_as_get()) {
    auto canceling = cancel_order(services, std::move(request), *order);
    co_return co_await std::move(canceling);
  }
  if (auto patient = require_patience(services, *order); !patient) {
    co_return std::unexpected(std::move(patient).error());
  }
  const bool proves = services.store.read([&](const storage::Snapshot& snapshot) {
    return proves_names(snapshot, *order, services.clock.seconds());
  });
  if (!proves && !may_start(*order) && !has_ended(*order)) co_return order_reply(services, *order);
  auto write = [house = review_house(services), id = order->id, owner = services.instance,
                now = services.clock.seconds()](storage::Transaction& transaction) {
    return settle(transaction, house, id, owner, now);
  };
  static_cast<void>(co_await services.store.write(std::move(write)));
  constexpr std::chrono::milliseconds kPatience{1'000};
  co_await let_finish(services, issuance_work(order->id), kPatience);
  const Result<LoadedOrder> settled = own_order(services, request, path);
  if (!settled) co_return std::unexpected(settled.error());
  co_return order_reply(services, *settled);
}

}  // namespace acme
