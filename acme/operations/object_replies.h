// Replies that carry an account, an order, an authorization or a challenge: the same everywhere
// they appear.
#pragma once

#include <chrono>
#include <string_view>

#include "acme/operations/ownership.h"
#include "acme/records/account_record.h"
#include "acme/reply.h"

namespace acme {

/// How soon to ask again while the server works; and while it waits for the client. Short, because
/// clients sleep for exactly this long.
inline constexpr std::chrono::seconds kWorkingWait{1};
inline constexpr std::chrono::seconds kPendingWait{3};

/// RFC 8555 §7.1.2.
Reply account_reply(const Services& services, const AccountId& id, const AccountRecord& account);

/// RFC 8555 §7.1.3. Always with Location, since clients look for it on every reply that shows an
/// order, and with Retry-After while the order is not final and not ready.
Reply order_reply(const Services& services, const LoadedOrder& order);

/// RFC 8555 §7.1.4, with Retry-After while it is pending.
Reply authorization_reply(const Services& services, const LoadedAuthorization& authorization);

/// RFC 8555 §7.5.1: linked `up` to its authorization.
Reply challenge_reply(const Services& services,
                      const LoadedAuthorization& authorization,
                      const ChallengeRecord& challenge);

}  // namespace acme
