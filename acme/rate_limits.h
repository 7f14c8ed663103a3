// Rate limits (RFC 8555 §6.6): what each request counts, and the one place where that is judged,
// spent and given back. Limits and arithmetic are in policy/rate_limit.h; docs/limits.md.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "acme/ids.h"
#include "acme/problem.h"
#include "acme/records/rate_limit_record.h"
#include "ca/names/identifier.h"
#include "policy/network.h"
#include "policy/rate_limit.h"
#include "storage/transaction.h"

namespace acme {

/// What the operator wants. Outlives the store's writer and does not change while that runs.
struct RateLimits {
  std::map<policy::RateLimitId, policy::Rate> rates;  // absent: not limited
  std::set<AccountId> exempt_accounts;                // count nothing
  std::vector<policy::Network> exempt_networks;       // open any number of accounts
  std::string help;                                   // URL of a page for whoever is refused, or ""
};

/// One thing that a limit in force counts.
struct Use {
  policy::RateLimitId limit;
  std::string subject;  // under what it is counted
  std::string shown;    // the same as a refusal says it
};
using Uses = std::vector<Use>;

/// A new account from `peer`: counted for an IPv4 address, or for an IPv6 block of 48 bits, which
/// is what one subscriber gets (RFC 6177). Nothing without a peer.
Uses uses_of_new_account(const RateLimits& limits, const std::optional<ca::IpAddress>& peer);
Uses uses_of_new_order(const RateLimits& limits, const AccountId& account);
/// A certificate for these names: once for every registered domain (or address, or IPv6 block of
/// 64 bits) among them, and once for the set of all.
Uses uses_of_certificate(const RateLimits& limits,
                         const AccountId& account,
                         const std::vector<ca::Identifier>& identifiers);
/// A failed validation.
Uses uses_of_failure(const RateLimits& limits,
                     const AccountId& account,
                     const ca::Identifier& identifier);

/// Refuses with rate_limited if any of `uses` would be one too many; spends nothing. The refusal is
/// about the one that takes longest and says when to come back.
Result<void> require_within(const storage::Snapshot& snapshot,
                            const RateLimits& limits,
                            const Uses& uses,
                            policy::Instant now);

/// Judges all of `uses`, then spends all. Call it inside the write that makes what is counted. What
/// it returns gives them back. A refusal writes nothing.
Result<std::vector<RateCharge>> spend(storage::Transaction& transaction,
                                      const RateLimits& limits,
                                      const Uses& uses,
                                      policy::Instant now);

/// Counts what has happened and cannot be refused any more.
void count_all(storage::Transaction& transaction,
               const RateLimits& limits,
               const Uses& uses,
               policy::Instant now);

/// Takes back what was spent: the fault was ours.
void give_back(storage::Transaction& transaction,
               const std::vector<RateCharge>& charges,
               policy::Instant now);

}  // namespace acme
