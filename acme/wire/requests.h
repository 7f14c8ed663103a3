// What clients send: the payload of each request, typed. Every function refuses with malformed and
// says where.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "acme/problem.h"
#include "ca/time.h"

namespace acme {

/// RFC 8555 §7.3. The contacts are not judged yet (acme/contact.h).
struct NewAccount {
  std::optional<std::vector<std::string>> contact;
  bool terms_of_service_agreed = false;
  bool only_return_existing = false;
  std::optional<std::string> external_account_binding;  // RFC 8555 §7.3.4, JSON text of an object
};
Result<NewAccount> parse_new_account(std::string_view payload);

/// RFC 8555 §7.3.2 and §7.3.6. `status` as written.
struct AccountUpdate {
  std::optional<std::vector<std::string>> contact;
  std::optional<std::string> status;
  bool terms_of_service_agreed = false;  // RFC 8555 §7.3.3
};
Result<AccountUpdate> parse_account_update(std::string_view payload);

/// RFC 8555 §7.3.5: the payload of the inner JWS. `old_key` is the text of a JWK, not judged.
struct KeyChange {
  std::string account;
  std::string old_key;
};
Result<KeyChange> parse_key_change(std::string_view payload);

/// An identifier as written, not judged.
struct RequestedIdentifier {
  std::string type;
  std::string value;
  std::optional<std::string> ancestor_domain = {};  // RFC 9444 §4.3
};

/// RFC 8739 §3.1.1. What may be asked for is judged in acme/auto_renewal.h.
struct WantedAutoRenewal {
  std::optional<ca::Time> start_date;
  ca::Time end_date{};
  std::chrono::seconds lifetime{};         // positive
  std::chrono::seconds lifetime_adjust{};  // not negative
  bool allow_certificate_get = false;
};

/// RFC 8555 §7.4; `profile` from draft-ietf-acme-profiles §4, `replaces` from RFC 9773 §5,
/// `auto-renewal` from RFC 8739 §3.1.1, which stands beside none of the two times.
struct NewOrder {
  std::vector<RequestedIdentifier> identifiers;  // never empty
  std::optional<ca::Time> not_before;
  std::optional<ca::Time> not_after;
  std::optional<std::string> profile;
  std::optional<std::string> replaces;
  std::optional<WantedAutoRenewal> auto_renewal = {};
};
Result<NewOrder> parse_new_order(std::string_view payload);

/// RFC 8555 §7.4.1; `subdomainAuthAllowed` from RFC 9444 §4.2.
struct NewAuthorization {
  RequestedIdentifier identifier;
  bool subdomain_auth_allowed = false;
};
Result<NewAuthorization> parse_new_authorization(std::string_view payload);

/// RFC 8739 §3.1.2. `status` as written.
struct OrderUpdate {
  std::string status;
};
Result<OrderUpdate> parse_order_update(std::string_view payload);

/// RFC 8555 §7.5.2. `status` as written.
struct AuthorizationUpdate {
  std::string status;
};
Result<AuthorizationUpdate> parse_authorization_update(std::string_view payload);

/// RFC 9799 §6.4: the CAA records that an onion service signed for itself.
struct OnionCaa {
  std::string records;      // lines as in a descriptor; empty where there are none
  std::int64_t expiry = 0;  // seconds since 1970
  std::string signature;    // octets
  bool operator==(const OnionCaa&) const = default;
};

/// RFC 8555 §7.4. The padding of a CSR and of signatures is forgiven, as clients in the field send
/// it and RFC 9799 shows it; nothing else is.
struct Finalize {
  std::string csr;                            // DER
  std::map<std::string, OnionCaa> onion_caa;  // by onion name, as written
};
Result<Finalize> parse_finalize(std::string_view payload);

/// RFC 8555 §7.6.
struct RevokeCert {
  std::string certificate;  // DER
  std::optional<std::int64_t> reason;
};
Result<RevokeCert> parse_revoke_cert(std::string_view payload);

/// RFC 8555 §7.5.1: the response to http-01 is an object without members of its own; others are to
/// be ignored.
Result<void> parse_challenge_response(std::string_view payload);

/// RFC 9799 §3.2: the response to onion-csr-01 is a certificate request, DER, of 2 KiB at most.
Result<std::string> parse_onion_response(std::string_view payload);

}  // namespace acme
