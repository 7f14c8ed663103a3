#include "acme/authorization.h"

#include <algorithm>

namespace acme {

AuthorizationStatus status_of(const AuthorizationRecord& authorization, ca::Time now) {
  if (authorization.revoked_at) return AuthorizationStatus::revoked;
  if (authorization.deactivated_at) return AuthorizationStatus::deactivated;
  const ChallengeRecord* decided = deciding_challenge(authorization);
  if (decided != nullptr && decided->status == ChallengeStatus::invalid) {
    return AuthorizationStatus::invalid;
  }
  if (now > authorization.expires && !is_being_validated(authorization)) {
    return AuthorizationStatus::expired;
  }
  return decided == nullptr ? AuthorizationStatus::pending : AuthorizationStatus::valid;
}

ChallengeRecord* find_challenge(AuthorizationRecord& authorization, std::string_view method) {
  const auto found = std::ranges::find_if(
      authorization.challenges,
      [&](const ChallengeRecord& each) { return policy::text_of(each.method) == method; });
  return found == authorization.challenges.end() ? nullptr : &*found;
}

const ChallengeRecord* deciding_challenge(const AuthorizationRecord& authorization) {
  const ChallengeRecord* failed = nullptr;
  for (const ChallengeRecord& challenge : authorization.challenges) {
    if (challenge.status == ChallengeStatus::valid) return &challenge;
    if (challenge.status == ChallengeStatus::invalid) failed = &challenge;
  }
  return failed;
}

bool is_being_validated(const AuthorizationRecord& authorization) {
  return std::ranges::any_of(authorization.challenges, [](const ChallengeRecord& each) {
    return each.status == ChallengeStatus::processing;
  });
}

}  // namespace acme
