// One piece of due work: the issuance of one order, step by step as in docs/issuance-cycle.md.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <string>

#include "acme/order.h"
#include "acme/records/due_work_record.h"
#include "acme/review/application.h"
#include "acme/services.h"

namespace acme {

/// How long a claim may stay without a result. Past it the order fails instead of being tried
/// again.
inline constexpr std::chrono::minutes kClaimLife{10};

/// The row that asks for the issuance of a claimed order at once.
WorkKey issuance_work(const OrderId& order);

/// Takes the order that `key` names as far as it goes: to a certificate, or to an error. The
/// result, its audit entry and the end of the row are one write. May run again after any failure:
/// what was done before is found in the store, and a serial that was noted is never signed again.
/// Throws for faults of ours; the row then stays.
boost::asio::awaitable<void> run_issuance(Services& services, WorkKey key);

/// Ends a claimed order with `problem`, unless it has its certificate or an error already. A serial
/// without a certificate is revoked, because a signature over it may exist. `instance` must own the
/// claim. Writes the audit entry. Returns whether the order was ended.
bool fail_order(storage::Transaction& transaction,
                const ReviewHouse& house,
                const OrderId& order,
                const std::string& instance,
                const Problem& problem,
                ca::Time now);

/// Makes `instance` the owner of the claim of an order that has neither certificate nor error, with
/// the audit entry. Returns false, and does nothing, if there is no such order.
bool take_over_claim(storage::Transaction& transaction,
                     const OrderId& order,
                     const std::string& instance,
                     ca::Time now);

/// What the subscriber reads when the outcome of a signature is unknown.
Problem unknown_signature_problem();

}  // namespace acme
