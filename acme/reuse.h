// What an account did before and need not do again (RFC 8555 §7.4).
#pragma once

#include <optional>

#include "acme/authorization.h"
#include "acme/order.h"
#include "acme/services.h"
#include "policy/product.h"
#include "policy/quorum.h"

namespace acme {

/// An authorization that counts for an order, and until when.
struct ReusableAuthorization {
  LoadedAuthorization authorization;
  ca::Time last_use;  // under the product it was asked for
};

/// The valid authorization of `account` that covers `identifier`: the one for exactly that name, or
/// else the one for the nearest domain above it with all names under it (RFC 9444).
std::optional<LoadedAuthorization> find_valid_authorization(const storage::Snapshot& snapshot,
                                                            const AccountId& account,
                                                            const ca::Identifier& identifier,
                                                            ca::Time now);

/// The valid authorization of `account` that proves control of `identifier` by a method of
/// `product` that is not stopped, and has policy::least_life_left left under that product
/// (BR 4.2.1). Never that of another account (BR 3.2.2.4), nor one that lacks_quorum.
std::optional<ReusableAuthorization> find_reusable_authorization(const storage::Snapshot& snapshot,
                                                                 const AccountId& account,
                                                                 const policy::Product& product,
                                                                 const ca::Identifier& identifier,
                                                                 policy::Corroborators others,
                                                                 ca::Time now);

/// The order that is like `wanted` in account, product and identifiers, is pending or ready, and
/// has policy::least_life_left left, and none of whose authorizations needs a method that is
/// stopped, or is valid and lacks_quorum. Never one that was finalized: its certificate is for
/// another key than the client now has.
std::optional<LoadedOrder> find_open_order(const storage::Snapshot& snapshot,
                                           const OrderRecord& wanted,
                                           const policy::Product& product,
                                           policy::Corroborators others,
                                           ca::Time now);

/// Whether what a valid authorization rests on is too old to sign for at `now` (BR 4.2.1), whatever
/// the rulebook said when it was validated.
bool is_too_old(const AuthorizationRecord& authorization, ca::Trust trust, ca::Time now);

/// Whether a valid authorization was never corroborated although others are asked now: it was
/// proven before that was set up, or for private trust, and proves nothing for a `product` that
/// needs them (BR 3.2.2.9).
bool lacks_quorum(const AuthorizationRecord& authorization,
                  const policy::Product& product,
                  policy::Corroborators others);

/// Whom this server asks.
policy::Corroborators corroborators(const Services& services);

}  // namespace acme
