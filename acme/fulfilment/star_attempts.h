// What is written of the certificates of an order that renews itself (RFC 8739), step by step. To
// be called inside the transaction of the step.
#pragma once

#include <string>

#include "acme/auto_renewal.h"
#include "acme/order.h"
#include "acme/records/due_work_record.h"
#include "ca/validity.h"

namespace acme {

/// The row that asks for the next certificate of an order.
WorkKey renewal_work(const OrderId& order, ca::Time due);

/// Writes the next attempt of `order`, and counts it in `renewal`.
void put_attempt(storage::Transaction& transaction,
                 const OrderId& order,
                 AutoRenewalRecord& renewal,
                 const StarCertificateRecord& attempt);
/// The last attempt has its certificate, which is the one to be shown from now on; the due work for
/// the one that follows, if any does.
void conclude_attempt(storage::Transaction& transaction,
                      const OrderId& order,
                      AutoRenewalRecord& renewal,
                      ca::Time now);

/// Notes the attempt at the first certificate, with the intent to sign it. Does nothing for an
/// order that does not renew itself.
void note_first_attempt(storage::Transaction& transaction,
                        const OrderId& order,
                        const std::string& issuer_id,
                        const std::string& serial,
                        const ca::ValidityWindow& validity,
                        ca::Time now);
/// The same taken back, for an order whose serial is: it is as if it had not been tried. Does
/// nothing for an order that does not renew itself.
void withdraw_first_attempt(storage::Transaction& transaction, const OrderId& order);
/// The first certificate is there: renewing begins, with its due work. Does nothing for an order
/// that does not renew itself.
void begin_renewing(storage::Transaction& transaction, const OrderId& order, ca::Time now);

/// Cancels what renews itself, with the audit entry (RFC 8739 §3.1.2). Refuses with
/// auto_renewal_cancellation_invalid unless the order is valid.
Result<void> cancel_renewing(storage::Transaction& transaction,
                             const LoadedOrder& order,
                             ca::Time now);

}  // namespace acme
