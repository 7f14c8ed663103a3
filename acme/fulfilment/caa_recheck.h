// CAA once more before a certificate is signed, for the names whose check has aged.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "acme/order.h"
#include "acme/services.h"

namespace acme {

/// The places in the order of the names whose CAA evidence is missing, as it is for every name that
/// is authorized by a domain above it (RFC 9444), or no longer counts at `now`. Addresses have no
/// CAA.
std::vector<std::size_t> names_with_old_caa(const LoadedOrder& order, ca::Time now);

/// What the CAA of a name said, by its place in the order.
using PlacedEvidence = std::vector<std::pair<std::size_t, CaaEvidence>>;

/// Checks the names at `places`, all at once. Refuses with caa, with a subproblem for every name
/// that fails if the order has several. Stores nothing. Throws for faults of ours.
boost::asio::awaitable<Result<PlacedEvidence>> look_up_caa(Services& services,
                                                           LoadedOrder order,
                                                           std::vector<std::size_t> places);

/// Writes the audit entry of a check of names of `order`.
void audit_caa(storage::Transaction& transaction,
               const OrderId& id,
               const OrderRecord& order,
               const PlacedEvidence& evidence,
               ca::Time now);

/// Checks the names at `places` as look_up_caa does. Either notes the evidence in the order, if
/// this process still holds its claim, or returns the problem. Throws for faults of ours.
boost::asio::awaitable<std::optional<Problem>> recheck_caa(Services& services,
                                                           LoadedOrder order,
                                                           std::vector<std::size_t> places);

}  // namespace acme
