// The authorization resource (RFC 8555 §7.5, §7.5.2): reading and deactivating it.
#include <utility>

#include "acme/operations/object_replies.h"
#include "acme/operations/operation.h"
#include "acme/wire/requests.h"
#include "ca/audit_log.h"

namespace acme {

namespace {

/// What is final already stays as it is, and the client sees it.
Result<AuthorizationRecord> deactivate(storage::Transaction& transaction,
                                       const Signatory& signatory,
                                       const AuthorizationId& id,
                                       const ResourceUrls& urls,
                                       ca::Time now) {
  auto record = kAuthorizations.get(transaction, id.octets());
  if (!record) throw storage::CorruptRecord("authorization " + id.text() + " is gone");
  if (auto standing = require_standing(transaction, signatory); !standing) {
    return std::unexpected(std::move(standing).error());
  }
  if (!may_become(status_of(*record, now), AuthorizationStatus::deactivated)) {
    return *std::move(record);
  }
  // RFC 8555 §7.5.2: a deactivated authorization MUST NOT count for issuing, and §7.1.6 has no way
  // for an order from `processing` to anything but an end of its own. So it waits until the order
  // has ended.
  for (const OrderId& each : orders_using(transaction, id, *record)) {
    const auto order = kOrders.get(transaction, each.octets());
    if (!order || !order->claim || order->certificate || order->error) continue;
    // One that waits for its start date finds out then.
    const auto renewal = kAutoRenewals.get(transaction, each.octets());
    if (renewal && renewal->start_date > now) continue;
    return std::unexpected(Problem(ProblemType::conflict,
                                   "the order " + urls.order(each) +
                                       " is being issued with this authorization; deactivate it "
                                       "when the order has ended")
                               .with_location(urls.order(each))
                               .retry_after(kWorkingWait));
  }
  record->deactivated_at = now;
  kAuthorizations.put(transaction, id.octets(), *record);
  ca::append_audit(transaction,
                   {now, "authorization.deactivated", record->account.text(), id.text(), {}});
  return *std::move(record);
}

}  // namespace

boost::asio::awaitable<Result<Reply>> update_authorization(Services& services,
                                                           AuthenticatedRequest request,
                                                           PathParameters path) {
  Result<LoadedAuthorization> authorization = own_authorization(services, request, path);
  if (!authorization) co_return std::unexpected(std::move(authorization).error());
  if (request.is_post_as_get()) co_return authorization_reply(services, *authorization);
  const Result<AuthorizationUpdate> update = parse_authorization_update(request.payload);
  if (!update) co_return std::unexpected(update.error());
  if (update->status != text_of(AuthorizationStatus::deactivated)) {
    co_return refuse(ProblemType::malformed, "payload: /status is " + in_quotes(update->status) +
                                                 "; expected \"deactivated\"");
  }
  const ca::Time now = services.clock.seconds();
  auto write = [id = authorization->id, signatory = signatory_of(request), &urls = services.urls,
                now](storage::Transaction& transaction) {
    return deactivate(transaction, signatory, id, urls, now);
  };
  Result<AuthorizationRecord> record = co_await services.store.write(std::move(write));
  if (!record) co_return std::unexpected(std::move(record).error());
  authorization->record = *std::move(record);
  co_return authorization_reply(services, *authorization);
}

}  // namespace acme
