#include "server/api/bearer.h"

#include <algorithm>

namespace server::api {
namespace {

using policy::TokenRefusal;

/// Only who has the token learns what is wrong with it.
std::string detail_of(TokenRefusal refusal) {
  switch (refusal) {
    case TokenRefusal::malformed:
    case TokenRefusal::unknown:
      return "This token opens nothing here.";
    case TokenRefusal::disabled:
      return "The token was revoked.";
    case TokenRefusal::expired:
      return "The token has expired.";
    case TokenRefusal::person_disabled:
      return "The person of this token is disabled.";
    case TokenRefusal::elsewhere:
      return "The token does not count from this address.";
  }
  return {};
}

}  // namespace

std::optional<std::string_view> bearer_token(std::string_view authorization) {
  constexpr std::string_view kScheme = "bearer ";
  if (authorization.size() <= kScheme.size()) return std::nullopt;
  const bool is_bearer =
      std::ranges::equal(kScheme, authorization.substr(0, kScheme.size()), [](char a, char b) {
        return a == (b >= 'A' && b <= 'Z' ? static_cast<char>(b - 'A' + 'a') : b);
      });
  if (!is_bearer) return std::nullopt;
  const std::string_view token = authorization.substr(kScheme.size());
  // RFC 6750 §2.1, b64token
  const bool is_token = std::ranges::all_of(token, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           std::string_view("-._~+/=").contains(c);
  });
  if (!is_token) return std::nullopt;
  return token;
}

std::expected<policy::TokenHolder, NotAuthentic> holder_of(const storage::Snapshot& snapshot,
                                                           std::string_view authorization,
                                                           const std::optional<ca::IpAddress>& from,
                                                           ca::Time now) {
  const auto token = bearer_token(authorization);
  if (!token) {
    return std::unexpected(NotAuthentic{
        "Send the field \"Authorization: Bearer TOKEN\"; `chancery token create` makes one."});
  }
  auto holder = policy::holder_of(snapshot, *token, from, now);
  if (!holder) return std::unexpected(NotAuthentic{detail_of(holder.error()), true});
  return *std::move(holder);
}

std::string challenge_for(const NotAuthentic& refusal) {
  return refusal.is_token_shown ? R"(Bearer realm="chancery", error="invalid_token")"
                                : R"(Bearer realm="chancery")";
}

}  // namespace server::api
