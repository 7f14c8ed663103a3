// CAA once more before a certificate is signed, for the names whose check has aged.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <optional>
#include <vector>

#include "acme/order.h"
#include "acme/services.h"

namespace acme {

/// The places in the order of the names whose CAA evidence is missing, as it is for every name that
/// is authorized by a domain above it (RFC 9444), or no longer counts at `now`. Addresses have no
/// CAA.
std::vector<std::size_t> names_with_old_caa(const LoadedOrder& order, ca::Time now);

/// Checks the names at `places`, all at once. Either notes the evidence in the order, if this
/// process still holds its claim, or returns the problem: of type caa, with a subproblem for every
/// name that fails if the order has several. Why, and who saw what, is in the audit log then.
/// Throws for faults of ours.
boost::asio::awaitable<std::optional<Problem>> recheck_caa(Services& services,
                                                           LoadedOrder order,
                                                           std::vector<std::size_t> places);

}  // namespace acme
