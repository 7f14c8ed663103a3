// The stored shape of an authorization with its challenges.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "acme/ids.h"
#include "acme/problem.h"
#include "acme/records/caa_evidence.h"
#include "acme/status.h"
#include "ca/names/identifier.h"
#include "ca/time.h"
#include "policy/name_rules.h"
#include "storage/table.h"

namespace acme {

/// One way to prove control (RFC 8555 §8), and the record of its attempt (BR 5.4.1).
struct ChallengeRecord {
  policy::ValidationMethod method = policy::ValidationMethod::http_01;
  // base64url of 256 random bits (§8.1 asks for 128). In onion-csr-01 the nonce are these bits.
  std::string token;
  ChallengeStatus status = ChallengeStatus::pending;
  // RFC 7638, of the key that asked for the attempt; empty before. RFC 8555 §7.3.5 lets no change
  // of the account's key spoil an attempt that has begun.
  std::string key_thumbprint;
  std::optional<ca::Time> validated_at;
  std::optional<Problem> error;    // of the failed attempt
  std::vector<std::string> hops;   // what was fetched from which address
  std::optional<CaaEvidence> caa;  // of the attempt that succeeded
  std::string onion_request;       // DER; of onion-csr-01, from the response on
  bool corroborated = false;       // that attempt, by a quorum of other perspectives (BR 3.2.2.9)

  [[nodiscard]] std::string encode() const;
  static ChallengeRecord decode(std::string_view bytes);
};

/// An authorization (RFC 8555 §7.1.4). Its status is computed by acme/authorization.h.
struct AuthorizationRecord {
  AccountId account = AccountId::from_octets({});
  std::optional<OrderId> order;  // the one it was made for; none if it was made by newAuthz
  std::string product;           // decides its methods, and how long a valid one counts
  std::vector<ca::Identifier>
      identifiers;  // exactly one, as ordered: with its `*.` if it is a wildcard
  ca::Time created{};
  ca::Time expires{};                       // pushed forward once, when it becomes valid
  std::vector<ChallengeRecord> challenges;  // never empty
  policy::Coverage coverage = policy::Coverage::name;
  std::optional<ca::Time> deactivated_at;
  std::optional<ca::Time> revoked_at;

  [[nodiscard]] const ca::Identifier& identifier() const { return identifiers.front(); }
  [[nodiscard]] std::string encode() const;
  static AuthorizationRecord decode(std::string_view bytes);
};

/// AuthorizationId octets -> authorization.
inline constexpr storage::Table<AuthorizationRecord> kAuthorizations{"authorizations"};
/// AuthorizationId octets, OrderId octets -> nothing: the orders that use an authorization again,
/// beside the one it was made for.
inline constexpr storage::TableName kAuthorizationOrders{"authorization_orders"};
/// AccountId octets, identifier type ':' value -> octets of the authorization that was validated
/// last for it. Answers "does this account hold authorizations for all of these names?" (RFC 8555
/// §7.6), and finds what a new order can use again (§7.4).
inline constexpr storage::TableName kAccountNames{"account_names"};

/// Every order that uses the authorization `id`, whose record is `authorization`.
std::vector<OrderId> orders_using(const storage::Snapshot& snapshot,
                                  const AuthorizationId& id,
                                  const AuthorizationRecord& authorization);

/// The key of `identifier` in kAccountNames.
std::string account_name_key(const AccountId& account, const ca::Identifier& identifier);
/// The key in kAccountNames under which an authorization for all names under `domain` is found.
/// With an empty `domain`, the beginning of all such keys.
std::string account_domain_key(const AccountId& account, std::string_view domain);
/// Every key under which `authorization` is found once it is valid.
std::vector<std::string> account_keys_of(const AuthorizationRecord& authorization);

}  // namespace acme
