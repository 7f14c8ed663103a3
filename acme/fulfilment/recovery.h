// What a new run of the process does with the work an earlier one left (docs/issuance-cycle.md).
#pragma once

#include <boost/asio/awaitable.hpp>

#include "acme/services.h"

namespace acme {

/// Takes over every claim of an earlier run. An order without a serial goes on where it was; one
/// with a serial but without a certificate fails and its serial is revoked, because whether it was
/// signed is unknown and it is never signed again. Also sees to it that the issuer has a CRL. Call
/// once, before any due work runs.
boost::asio::awaitable<void> recover(Services& services);

}  // namespace acme
