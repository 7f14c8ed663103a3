// What an authorization is right now (RFC 8555 §7.1.4, §7.1.6).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

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

/// Whether `authorization` is for `identifier`: for exactly that, or for all names under a domain
/// that holds it (RFC 9444). A wildcard is held by its own base (BR 3.2.2.4). The status is not
/// looked at.
bool covers(const AuthorizationRecord& authorization, const ca::Identifier& identifier);

/// The domains above a name, nearest first: "b.c" and, if there were one, "c" of "a.b.c". A
/// wildcard begins with its base. Empty for an address.
std::vector<std::string> domains_above(const ca::Identifier& identifier);

/// The challenge of the method with this spelling ("http-01"), or null.
ChallengeRecord* find_challenge(AuthorizationRecord& authorization, std::string_view method);

/// The challenge whose attempt decided the authorization, or null while none did.
const ChallengeRecord* deciding_challenge(const AuthorizationRecord& authorization);

/// Whether a challenge waits for its attempt to end.
bool is_being_validated(const AuthorizationRecord& authorization);

}  // namespace acme
