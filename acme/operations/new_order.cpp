// newOrder (RFC 8555 §7.4): names are judged, what was authorized before is used again, and an
// authorization is made for each of the rest.
#include <algorithm>
#include <utility>
#include <vector>

#include "acme/operations/new_work.h"
#include "acme/operations/object_replies.h"
#include "acme/operations/operation.h"
#include "acme/operations/requested_names.h"
#include "acme/reuse.h"
#include "ca/audit_log.h"

namespace acme {

namespace {

/// An order as if the account had never authorized anything.
LoadedOrder draft_order(Services& services,
                        const AccountId& account,
                        const policy::Product& product,
                        std::vector<ca::Identifier> identifiers) {
  const ca::Time now = services.clock.seconds();
  const auto precise = services.clock.now();
  LoadedOrder order{OrderId::fresh(services.random, precise), {}, {}, OrderStatus::pending};
  order.record.account = account;
  order.record.product = product.name;
  order.record.created = now;
  order.record.expires = now + product.order_lifetime;
  for (const ca::Identifier& identifier : identifiers) {
    order.record.authorizations.push_back(AuthorizationId::fresh(services.random, precise));
    AuthorizationRecord fresh = fresh_authorization(services, account, product, identifier, now);
    fresh.order = order.id;
    order.authorizations.push_back(std::move(fresh));
  }
  order.record.identifiers = std::move(identifiers);
  return order;
}

/// The i-th authorization: one that counts already, or the drafted one.
void settle_authorization(storage::Transaction& transaction,
                          LoadedOrder& order,
                          std::size_t i,
                          const policy::Product& product,
                          ca::AuditEvent& event) {
  OrderRecord& record = order.record;
  event.facts.emplace_back("identifier", ca::value_of(record.identifiers[i]));
  auto reusable = find_reusable_authorization(transaction, record.account, product,
                                              record.identifiers[i], record.created);
  if (!reusable) {
    kAuthorizations.put(transaction, record.authorizations[i].octets(), order.authorizations[i]);
    return;
  }
  record.authorizations[i] = reusable->authorization.id;
  order.authorizations[i] = std::move(reusable->authorization.record);
  // An order must not look ready when nothing may be signed for it any more.
  record.expires = std::min(record.expires, reusable->last_use);
  transaction.put(kAuthorizationOrders, record.authorizations[i].octets() + order.id.octets(), "");
  event.facts.emplace_back("reused", record.authorizations[i].text());
}

/// The order that is open already, or the drafted one, stored.
Result<LoadedOrder> place_order(storage::Transaction& transaction,
                                LoadedOrder order,
                                const policy::Product& product) {
  OrderRecord& record = order.record;
  if (auto valid = require_valid_account(transaction, record.account); !valid) {
    return std::unexpected(std::move(valid).error());
  }
  if (auto open = find_open_order(transaction, record, product, record.created)) {
    return *std::move(open);
  }
  ca::AuditEvent event{record.created, "order.created", record.account.text(), order.id.text(), {}};
  event.facts.emplace_back("product", record.product);
  for (std::size_t i = 0; i < record.identifiers.size(); ++i) {
    settle_authorization(transaction, order, i, product, event);
  }
  order.status = status_of(record, order.authorizations, record.created);
  kOrders.put(transaction, order.id.octets(), record);
  transaction.put(kAccountOrders, record.account.octets() + order.id.octets(), "");
  transaction.put(kOpenOrders, open_order_key(record), order.id.octets());
  ca::append_audit(transaction, event);
  return order;
}

}  // namespace

boost::asio::awaitable<Result<Reply>> new_order(Services& services,
                                                AuthenticatedRequest request,
                                                PathParameters) {
  require_room_for_new_work(services);
  Result<NewOrder> wanted = parse_new_order(request.payload);
  if (!wanted) co_return std::unexpected(std::move(wanted).error());
  // RFC 8555 §7.4 lets the CA refuse a validity it will not certify.
  if (wanted->not_before || wanted->not_after) {
    co_return refuse(ProblemType::malformed,
                     "\"notBefore\" and \"notAfter\" are set by the profile of the certificate; "
                     "leave them out");
  }
  const Result<const policy::Product*> product = find_product(services, wanted->profile);
  if (!product) co_return std::unexpected(product.error());
  Result<std::vector<ca::Identifier>> identifiers =
      judge_identifiers(services, **product, wanted->identifiers);
  if (!identifiers) co_return std::unexpected(std::move(identifiers).error());
  const LoadedOrder draft =
      draft_order(services, *request.account, **product, *std::move(identifiers));
  // The catalog outlives the store's writer, as everything in Services does.
  auto write = [draft, product = *product](storage::Transaction& transaction) {
    return place_order(transaction, draft, *product);
  };
  const Result<LoadedOrder> order = co_await services.store.write(std::move(write));
  if (!order) co_return std::unexpected(order.error());
  Reply reply = order_reply(services, *order);
  // Also for an order that was open already: clients expect 201 (RFC 8555 §7.4).
  reply.outcome = Outcome::created;
  co_return reply;
}

}  // namespace acme
