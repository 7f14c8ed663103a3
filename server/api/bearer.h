// The Authorization field: `Bearer cht_…` (RFC 6750 §2.1).
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "ca/names/ip_address.h"
#include "ca/time.h"
#include "policy/people/api_token.h"

namespace server::api {

/// The token in `authorization`, or nothing. The scheme is compared without regard to case; one
/// space, then the token and nothing else.
std::optional<std::string_view> bearer_token(std::string_view authorization);

/// Why there is nobody: a sentence, and whether a token was shown at all (RFC 6750 §3.1).
struct NotAuthentic {
  std::string detail;
  bool is_token_shown = false;
};

/// Who sends `authorization` from the address `from`.
std::expected<policy::TokenHolder, NotAuthentic> holder_of(const storage::Snapshot& snapshot,
                                                           std::string_view authorization,
                                                           const std::optional<ca::IpAddress>& from,
                                                           ca::Time now);

/// The value of WWW-Authenticate for a refusal.
std::string challenge_for(const NotAuthentic& refusal);

}  // namespace server::api
