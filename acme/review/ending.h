// Orders whose review has come to a bad end, or that nobody asked for in time. `invalid` is final
// (RFC 8555 §7.1.6), whatever becomes of the review later: whoever tells a client of it has stored
// it before.
#pragma once

#include "acme/order.h"
#include "acme/review/application.h"
#include "storage/transaction.h"

namespace acme {

/// Whether `order` has ended by its review, or by its expiry while it was held, and that is not
/// stored yet.
bool has_ended(const LoadedOrder& order);

/// Stores the end of such an order, with its audit entry; nothing for any other.
void note_end(storage::Transaction& transaction,
              const ReviewHouse& house,
              const OrderId& order,
              ca::Time now);

/// Ends an order with `problem`, with its audit entry. It must have neither certificate nor error.
void end_order(storage::Transaction& transaction,
               const OrderId& id,
               OrderRecord order,
               const Problem& problem,
               ca::Time now);

}  // namespace acme
