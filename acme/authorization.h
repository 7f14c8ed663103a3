// What an authorization is right now (RFC 8555 §7.1.4, §7.1.6).
#pragma once

#include <optional>
#include <string_view>

#include "acme/records/authorization_record.h"
#include "acme/status.h"

namespace acme {

/// An authorization with its id.
struct LoadedAuthorization {
  AuthorizationId id;
  AuthorizationRecord record;
};

/// The status at `now`. What the client or the server took back comes first, then what a challenge
/// ended in, then time: an attempt that failed stays `invalid` for ever, and one that is under way
/// is not overtaken by the expiry.
AuthorizationStatus status_of(const AuthorizationRecord& authorization, ca::Time now);

/// The challenge of the method with this spelling ("http-01"), or null.
ChallengeRecord* find_challenge(AuthorizationRecord& authorization, std::string_view method);

/// The challenge whose attempt decided the authorization, or null while none did.
const ChallengeRecord* deciding_challenge(const AuthorizationRecord& authorization);

/// Whether a challenge waits for its attempt to end.
bool is_being_validated(const AuthorizationRecord& authorization);

}  // namespace acme
