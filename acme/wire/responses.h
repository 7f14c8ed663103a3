// What clients read: JSON texts of the protocol's objects, compact, members always in the same
// order.
//
// Several clients do not parse JSON but search it. Hence: collections are arrays, never null;
// `"status"` stands once in an order; in a challenge `type` comes first, then `status`, `url` and
// `token`, and whatever holds braces comes last;
// `"value"` stands once in an authorization.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "acme/problem.h"
#include "ca/names/identifier.h"

namespace acme {

/// RFC 8555 §7.1.2.
struct AccountView {
  std::string status;
  std::vector<std::string> contact;
  bool terms_of_service_agreed = false;                      // left out when false
  std::string orders;                                        // URL
  std::optional<std::string> external_account_binding = {};  // JSON text, shown as it is
};
std::string account_json(const AccountView& account);

/// RFC 8739 §3.1.1. Dates are RFC 3339 text.
struct AutoRenewalView {
  std::optional<std::string> start_date;
  std::string end_date;
  std::chrono::seconds lifetime{};
  std::chrono::seconds lifetime_adjust{};
  bool allow_certificate_get = false;  // left out when false
};

/// RFC 8555 §7.1.3. Times are RFC 3339 text, the rest URLs.
struct OrderView {
  std::string status;
  std::string expires;
  std::vector<ca::Identifier> identifiers;
  std::optional<std::string> not_before;
  std::optional<std::string> not_after;
  std::optional<std::string> profile;   // draft-ietf-acme-profiles §4
  std::optional<std::string> replaces;  // RFC 9773 §5
  std::optional<AutoRenewalView> auto_renewal = {};
  std::vector<std::string> authorizations;
  std::string finalize;
  std::optional<std::string> certificate;
  std::optional<std::string> star_certificate = {};  // RFC 8739 §3.1.1
  std::optional<Problem> error;
};
std::string order_json(const OrderView& order);

/// RFC 8555 §8.
struct ChallengeView {
  std::string type;
  std::string status;
  std::string url;
  std::optional<std::string> token;      // none for dns-persist-01 and onion-csr-01
  std::optional<std::string> validated;  // RFC 3339
  std::optional<Problem> error;
  /// draft-ietf-acme-dns-persist: what the record that stays has to name. Shown together, under the
  /// names of -01 and of -02.
  std::string account_uri = {};
  std::vector<std::string> issuer_domain_names = {};
  std::optional<std::string> nonce = {};  // RFC 9799 §3.2, base64: for onion-csr-01
};
std::string challenge_json(const ChallengeView& challenge);

/// RFC 8555 §7.1.4.
struct AuthorizationView {
  ca::Identifier identifier;  // without `*.`
  std::string status;
  std::optional<std::string> expires;
  std::vector<ChallengeView> challenges;
  bool wildcard = false;                // left out when false
  bool subdomain_auth_allowed = false;  // RFC 9444 §4.1; left out when false
};
std::string authorization_json(const AuthorizationView& authorization);

/// RFC 9773 §4.2. Times are RFC 3339 text.
struct RenewalInfoView {
  std::string start;
  std::string end;
};
std::string renewal_info_json(const RenewalInfoView& info);

/// The `orders` resource of an account (RFC 8555 §7.1.2.1).
std::string order_list_json(const std::vector<std::string>& orders);

/// A problem document (RFC 9457, RFC 8555 §6.7): `type`, `detail`, `status`, `subproblems`, the
/// problem's own list, and the link of a user_action_required as `instance`. The `identifier`
/// is written in subproblems only (RFC 8555 §6.7.1). Octets that are not UTF-8 are replaced.
std::string problem_json(const Problem& problem, unsigned status);

}  // namespace acme
