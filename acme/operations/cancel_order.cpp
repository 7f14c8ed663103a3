#include "acme/operations/cancel_order.h"

#include <utility>

#include "acme/fulfilment/star_attempts.h"
#include "acme/operations/object_replies.h"
#include "acme/wire/requests.h"

namespace acme {

namespace {

Result<LoadedOrder> cancel(storage::Transaction& transaction,
                           const Signatory& signatory,
                           const OrderId& id,
                           ca::Time now) {
  if (auto standing = require_standing(transaction, signatory); !standing) {
    return std::unexpected(std::move(standing).error());
  }
  const auto order = load_order(transaction, id, now);
  if (!order) throw storage::CorruptRecord("order " + id.text() + " is gone");
  if (auto canceled = cancel_renewing(transaction, *order, now); !canceled) {
    return std::unexpected(std::move(canceled).error());
  }
  return load_order(transaction, id, now).value();
}

}  // namespace

boost::asio::awaitable<Result<Reply>> cancel_order(Services& services,
                                                   AuthenticatedRequest request,
                                                   LoadedOrder order) {
  const Result<OrderUpdate> update = parse_order_update(request.payload);
  if (!update) co_return std::unexpected(update.error());
  if (update->status != text_of(OrderStatus::canceled)) {
    co_return refuse(ProblemType::malformed, "payload: /status is " + in_quotes(update->status) +
                                                 "; expected \"canceled\"");
  }
  if (!order.auto_renewal) {
    co_return refuse(ProblemType::malformed,
                     "this order does not renew itself, so there is nothing to cancel; the payload "
                     "must be empty");
  }
  auto write = [id = order.id, signatory = signatory_of(request),
                now = services.clock.seconds()](storage::Transaction& transaction) {
    return cancel(transaction, signatory, id, now);
  };
  const Result<LoadedOrder> canceled = co_await services.store.write(std::move(write));
  if (!canceled) co_return std::unexpected(canceled.error());
  co_return order_reply(services, *canceled);
}

}  // namespace acme
