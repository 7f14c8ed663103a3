#include "acme/fulfilment/withdrawal.h"

#include <stdexcept>
#include <string>
#include <utility>

#include "acme/fulfilment/star_attempts.h"
#include "acme/records/withdrawn_intent.h"
#include "ca/audit_log.h"
#include "ca/crypto/encoding.h"
#include "ca/ledger.h"
#include "ca/revocation_index.h"

namespace acme {

namespace {

void withdraw(storage::Transaction& transaction,
              const OrderId& id,
              const std::string& instance,
              ca::Time now) {
  auto order = kOrders.get(transaction, id.octets());
  if (!order || !order->claim || order->claim->owner != instance || order->certificate ||
      order->error || order->serial.empty()) {
    return;
  }
  revoke_noted_serial(transaction, id, *order, now);
  transaction.put(kWithdrawnIntents, withdrawn_intent_key(id, order->issuer_id, order->serial), "");
  ca::AuditEvent event{now, "order.intent_withdrawn", "server", id.text(), {}};
  event.facts.emplace_back("issuer", order->issuer_id);
  event.facts.emplace_back("serial", ca::hex(order->serial));
  ca::append_audit(transaction, event);
  order->issuer_id.clear();
  order->serial.clear();
  kOrders.put(transaction, id.octets(), *order);
  withdraw_first_attempt(transaction, id);
}

}  // namespace

std::string withdrawn_intent_key(const OrderId& order,
                                 std::string_view issuer_id,
                                 std::string_view serial) {
  return order.octets() + ca::serial_key(issuer_id, serial);
}

void revoke_noted_serial(storage::Transaction& transaction,
                         const OrderId& id,
                         const OrderRecord& order,
                         ca::Time now) {
  if (order.serial.empty()) return;
  // Reason 0: nothing is known to be wrong with key or names (BR 7.2.2 wants no extension then).
  const auto revoked =
      ca::Ledger::revoke(transaction, order.issuer_id, order.serial, 0, "server", now);
  if (!revoked && revoked.error().kind() != ca::RejectionKind::already_revoked) {
    throw std::logic_error("the serial of order " + id.text() +
                           " cannot be revoked: " + revoked.error().detail());
  }
  request_crl(transaction, order.issuer_id, now);
}

boost::asio::awaitable<void> withdraw_intent(Services& services, OrderId id) {
  auto write = [id = std::move(id), instance = services.instance, now = services.clock.seconds()](
                   storage::Transaction& transaction) { withdraw(transaction, id, instance, now); };
  co_await services.store.write(std::move(write));
}

}  // namespace acme
