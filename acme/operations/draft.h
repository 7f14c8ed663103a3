// Applications that begin as a draft for the applicant to complete: by newApplication, and for
// orders that are not to wait (HoldMode::fail).
#pragma once

#include <boost/asio/awaitable.hpp>

#include "acme/operations/ownership.h"
#include "acme/problem.h"
#include "acme/records/order_record.h"
#include "acme/services.h"
#include "policy/ids.h"

namespace acme {

/// The draft for what `order` is for, with its review; made if there is none. It is judged like an
/// order: refuses what the account may not, what is stopped and whose organization is suspended.
/// One that is made counts as a new order (docs/limits.md).
boost::asio::awaitable<Result<policy::ApplicationId>> place_draft(Services& services,
                                                                  Signatory signatory,
                                                                  OrderRecord order);

/// HoldMode::fail: refuses an order whose review has not passed, with userActionRequired and the
/// application that the applicant has to complete (rule A-3). Passes every other order.
boost::asio::awaitable<Result<void>> require_review_passed(Services& services,
                                                           Signatory signatory,
                                                           OrderRecord order);

}  // namespace acme
