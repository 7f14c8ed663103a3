#include "acme/review/ending.h"

#include <utility>

#include "acme/review/replies.h"
#include "ca/audit_log.h"

namespace acme {

bool has_ended(const LoadedOrder& order) {
  const bool by_review = order.record.held_since || order.review.outcome == ReviewOutcome::refused;
  return by_review && order.status == OrderStatus::invalid && !order.record.error;
}

void note_end(storage::Transaction& transaction,
              const ReviewHouse& house,
              const OrderId& id,
              ca::Time now) {
  auto order = load_order(transaction, id, now);
  if (!order || !has_ended(*order)) return;
  const Problem problem = order->review.outcome == ReviewOutcome::refused
                              ? review_refused(house, *order->record.review, order->review.reason)
                              : error_of(*order, now).value();
  end_order(transaction, id, std::move(order->record), problem, now);
}

void end_order(storage::Transaction& transaction,
               const OrderId& id,
               OrderRecord order,
               const Problem& problem,
               ca::Time now) {
  order.error = problem;
  kOrders.put(transaction, id.octets(), order);
  ca::AuditEvent event{now, "order.invalid", "server", id.text(), {}};
  event.facts.emplace_back("problem", urn_of(problem.type()));
  event.facts.emplace_back("detail", problem.detail());
  ca::append_audit(transaction, event);
}

}  // namespace acme
