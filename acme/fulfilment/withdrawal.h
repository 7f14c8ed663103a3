// Serials that an order gives back.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "acme/ids.h"
#include "acme/records/order_record.h"
#include "acme/services.h"
#include "ca/time.h"

namespace acme {

/// Revokes the serial that `order` notes, whether or not there is a certificate, and asks for a
/// CRL. Does nothing for an order without one.
void revoke_noted_serial(storage::Transaction& transaction,
                         const OrderId& id,
                         const OrderRecord& order,
                         ca::Time now);

/// Takes back an intent whose certificate was certainly not signed (ca::SignatureNotMade): its
/// serial is revoked and never used again, and the order is as before the intent, to be tried again
/// with another serial until its claim ends. One write, with the audit entry
/// `order.intent_withdrawn`. Does nothing unless the order is still this process's to issue for.
boost::asio::awaitable<void> withdraw_intent(Services& services, OrderId id);

}  // namespace acme
