// Who sent this request? RFC 8555 §6, in this order: algorithm, key policy, signature, nonce, url.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "acme/ids.h"
#include "acme/problem.h"
#include "acme/services.h"
#include "ca/crypto/public_key.h"
#include "ca/names/ip_address.h"

namespace acme {

/// Which kind of key a resource expects (RFC 8555 §6.2).
enum class Authentication { jwk, kid, jwk_or_kid };

/// A request whose signature, nonce and URL have been checked.
struct AuthenticatedRequest {
  std::string payload;                     // decoded; empty for POST-as-GET
  ca::PublicKey key;                       // the account's key, or the one in `jwk`
  std::optional<AccountId> account;        // set for `kid`; the account exists and is valid
  std::string url = {};                    // as in the protected header, which is where it arrived
  std::optional<ca::IpAddress> peer = {};  // who sent it, where the server knows
  [[nodiscard]] bool is_post_as_get() const { return payload.empty(); }
};

/// Checks `body`, received at `url`, and spends its nonce only after the signature is good, so that
/// an unsigned body cannot burn nonces. Refuses with the problem types of RFC 8555 §6; an unknown
/// account is account_does_not_exist, one that is deactivated or whose key is
/// blocked (BR 6.1.1.3) unauthorized.
Result<AuthenticatedRequest> authenticate(Services& services,
                                          Authentication expected,
                                          std::string_view url,
                                          std::string_view body);

}  // namespace acme
