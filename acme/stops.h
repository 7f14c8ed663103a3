// Stop switches (policy/stops/stop.h) as clients meet them: where each is looked for, and what a
// refusal says. Called in the transaction that a stop must not be overtaken by; docs/stopping.md.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "acme/authorization.h"
#include "acme/ids.h"
#include "acme/order.h"
#include "acme/problem.h"
#include "ca/issuer.h"
#include "policy/validation_method.h"
#include "storage/transaction.h"

namespace acme {

/// What somebody is about to order or to be issued. `issuer` and `profile` may be empty: then
/// neither is certain yet.
struct Intention {
  std::string_view issuer;
  std::string_view profile;
  const AccountId& account;
  const std::vector<ca::Identifier>& identifiers;
};

/// Refuses what is stopped. Stops over everything, an issuer or a profile are our matter and come
/// as server_internal; a paused account or name as rate_limited, with a subproblem for each of
/// several names. All say when to come back.
Result<void> require_not_stopped(const storage::Snapshot& snapshot, const Intention& intention);

/// Refuses with unauthorized while an authorization of `order` rests on a method that is stopped,
/// about each name of which that is so. Another order can prove them by another method.
Result<void> require_methods_not_stopped(const storage::Snapshot& snapshot,
                                         const LoadedOrder& order);

/// Refuses with server_internal while the key of `issuer` is known not to sign. Null passes: that
/// there is no issuer is for others to say.
Result<void> require_key_in_reach(const ca::Issuer* issuer);

/// The refusal of an attempt by a method that is stopped: server_internal.
Problem stopped_method_problem(policy::ValidationMethod method);

/// Whether `authorization` was proven by a method that is stopped, or, while it is open, offers
/// one.
bool rests_on_stopped_method(const storage::Snapshot& snapshot,
                             const AuthorizationRecord& authorization);

/// Takes the challenges of stopped methods out of a draft. Refuses with server_internal if none is
/// left.
Result<void> drop_stopped_methods(const storage::Snapshot& snapshot,
                                  AuthorizationRecord& authorization);

}  // namespace acme
