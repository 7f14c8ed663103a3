// One piece of due work: the next certificate of an order that renews itself (RFC 8739), each a
// whole issuance of its own (docs/issuance-cycle.md).
#pragma once

#include <boost/asio/awaitable.hpp>

#include "acme/records/due_work_record.h"
#include "acme/services.h"

namespace acme {

/// Issues what is due for the order that `key` names, to the key of its request, and sets the row
/// to the next date; ends the row if no more follows, and if something forbids it for good, with
/// the reason in the order. What may pass is waited for: a stop until the end date, CAA until the
/// newest certificate ends. Everything is judged anew, in the transaction of the intent too. May
/// run again after any failure: a serial without a certificate is revoked first. Throws for faults
/// of ours; the row then stays.
boost::asio::awaitable<void> run_renewal(Services& services, WorkKey key);

}  // namespace acme
