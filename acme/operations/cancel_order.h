// Cancelling an order that renews itself (RFC 8739 §3.1.2): a POST to the order with a status.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "acme/operations/ownership.h"
#include "acme/reply.h"

namespace acme {

/// Cancels `order`, which is the requester's, if the payload says so, and answers with it. Refuses
/// with malformed every other payload and every order that does not renew itself, and with
/// auto_renewal_cancellation_invalid one that is not valid.
boost::asio::awaitable<Result<Reply>> cancel_order(Services& services,
                                                   AuthenticatedRequest request,
                                                   LoadedOrder order);

}  // namespace acme
