// What the application behind an order is told while the order is signed (rules ). Only
// an application that an order opened moves with its orders; what people or programs filled in is
// issued by itself (policy/issuing/), and an order uses no more than its approval.
#pragma once

#include <string>
#include <string_view>

#include "acme/order.h"
#include "acme/problem.h"
#include "acme/review/application.h"
#include "storage/transaction.h"

namespace acme {

/// The signing act begins: everything that ages is looked at again, by the engine (rule A-9).
/// Refuses with unauthorized what may not be signed any more, with invalidProfile what is not
/// offered any more. Does nothing for an order without a review.
Result<void> begin_signing(storage::Transaction& transaction,
                           const ReviewHouse& house,
                           const OrderRecord& order,
                           ca::Time now);
/// The order has the certificate `der`, with this serial of this issuer.
void note_certificate(storage::Transaction& transaction,
                      const ReviewHouse& house,
                      const OrderRecord& order,
                      std::string_view der,
                      ca::Time now);
/// The order, whose error is stored, ended without a certificate; the approval stays (rule A-7).
/// While another order of the application is being signed, so does everything else.
void note_failure(storage::Transaction& transaction,
                  const ReviewHouse& house,
                  const OrderRecord& order,
                  const std::string& reason,
                  ca::Time now);

}  // namespace acme
