#include "acme/fulfilment/star_attempts.h"

#include "ca/audit_log.h"

namespace acme {

WorkKey renewal_work(const OrderId& order, ca::Time due) {
  return WorkKey{due, WorkKind::renew_certificate, order.octets()};
}

void put_attempt(storage::Transaction& transaction,
                 const OrderId& order,
                 AutoRenewalRecord& renewal,
                 const StarCertificateRecord& attempt) {
  kStarCertificates.put(transaction, star_certificate_key(order, renewal.attempts), attempt);
  ++renewal.attempts;
  kAutoRenewals.put(transaction, order.octets(), renewal);
}

void conclude_attempt(storage::Transaction& transaction,
                      const OrderId& order,
                      AutoRenewalRecord& renewal,
                      ca::Time now) {
  const std::uint32_t last = renewal.attempts - 1;
  const std::string key = star_certificate_key(order, last);
  StarCertificateRecord attempt = kStarCertificates.get(transaction, key).value();
  attempt.issued = true;
  kStarCertificates.put(transaction, key, attempt);
  renewal.current = last;
  renewal.current_end = attempt.not_after;
  kAutoRenewals.put(transaction, order.octets(), renewal);
  if (const auto next = next_slot(renewal, attempt.index, now)) {
    put_work(transaction, renewal_work(order, next->due));
  }
}

void note_first_attempt(storage::Transaction& transaction,
                        const OrderId& order,
                        const std::string& issuer_id,
                        const std::string& serial,
                        const ca::ValidityWindow& validity,
                        ca::Time now) {
  auto renewal = kAutoRenewals.get(transaction, order.octets());
  if (!renewal) return;
  renewal->first_due = first_slot(*renewal, now).due;
  put_attempt(transaction, order, *renewal,
              {.index = 0,
               .issuer_id = issuer_id,
               .serial = serial,
               .not_before = validity.not_before,
               .not_after = validity.not_after,
               .caa = {}});
}

void withdraw_first_attempt(storage::Transaction& transaction, const OrderId& order) {
  auto renewal = kAutoRenewals.get(transaction, order.octets());
  if (!renewal) return;
  kStarCertificates.erase(transaction, star_certificate_key(order, 0));
  renewal->attempts = 0;
  renewal->first_due.reset();
  kAutoRenewals.put(transaction, order.octets(), *renewal);
}

void begin_renewing(storage::Transaction& transaction, const OrderId& order, ca::Time now) {
  auto renewal = kAutoRenewals.get(transaction, order.octets());
  if (!renewal) return;
  conclude_attempt(transaction, order, *renewal, now);
}

Result<void> cancel_renewing(storage::Transaction& transaction,
                             const LoadedOrder& order,
                             ca::Time now) {
  if (!may_become(order.status, OrderStatus::canceled)) {
    return refuse(ProblemType::auto_renewal_cancellation_invalid,
                  "the order is " + std::string(text_of(order.status)) +
                      "; it can be canceled only while it is valid");
  }
  AutoRenewalRecord renewal = order.auto_renewal.value();
  renewal.canceled_at = now;
  kAutoRenewals.put(transaction, order.id.octets(), renewal);
  ca::append_audit(transaction,
                   {now, "order.canceled", order.record.account.text(), order.id.text(), {}});
  return {};
}

}  // namespace acme
