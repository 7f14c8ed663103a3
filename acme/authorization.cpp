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

bool covers(const AuthorizationRecord& authorization, const ca::Identifier& identifier) {
  if (authorization.identifier() == identifier) return true;
  if (authorization.coverage != policy::Coverage::subdomains) return false;
  const std::vector<std::string> above = domains_above(identifier);
  return std::ranges::find(above, ca::value_of(authorization.identifier())) != above.end();
}

std::vector<std::string> domains_above(const ca::Identifier& identifier) {
  std::vector<std::string> domains;
  if (!std::holds_alternative<ca::DnsName>(identifier)) return domains;
  std::string rest = ca::value_of(identifier);
  for (std::size_t dot = rest.find('.'); dot != std::string::npos; dot = rest.find('.')) {
    rest.erase(0, dot + 1);
    // A top-level domain is nobody's name.
    if (rest.contains('.')) domains.push_back(rest);
  }
  return domains;
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
