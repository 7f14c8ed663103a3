// One piece of due work: the next CRL of an issuer.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>

#include "acme/records/due_work_record.h"
#include "acme/services.h"

namespace acme {

/// nextUpdate - thisUpdate. BR 4.9.7 and 7.2 allow 10 days; four leave room for a long weekend
/// without a signer.
inline constexpr std::chrono::hours kCrlLife{96};
/// A CRL is published at least this often (BR 4.9.7: within 7 days), and soon after a
/// revocation (kShortestCrlInterval).
inline constexpr std::chrono::hours kCrlInterval{24};

/// Publishes the CRL of the issuer that `key` names and sets the row to the next regular time, or
/// to an early one if a revocation was recorded meanwhile. For an issuer that has ended or that the
/// server does not have, nothing is published, and the row goes until it is asked for again. Throws
/// for faults of ours; the row then stays.
boost::asio::awaitable<void> run_crl_publication(Services& services, WorkKey key);

}  // namespace acme
