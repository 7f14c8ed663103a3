// What a new run of the process does with the work an earlier one left (docs/issuance-cycle.md).
#pragma once

#include <boost/asio/awaitable.hpp>

#include "acme/services.h"

namespace acme {

/// Takes over every claim of an earlier run. An order without a serial goes on where it was; one
/// with a serial but without a certificate fails and its serial is revoked, because whether it was
/// signed is unknown and it is never signed again. An order that cannot be recovered is logged and
/// left to its row, which does the same. Call once, before any due work runs. Throws if the store
/// can be neither read nor written.
boost::asio::awaitable<void> recover(Services& services);

/// Sees to it that every issuer has a CRL. Changes nothing for one that has, nor for one that ended
/// and whose CRLs were given up. Throws if the store refuses.
boost::asio::awaitable<void> ensure_crl(Services& services);

}  // namespace acme
