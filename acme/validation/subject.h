// What is to be proven by an attempt, and by whom: everything that whoever attempts it has to know.
#pragma once

#include <string>
#include <vector>

#include "ca/names/identifier.h"
#include "policy/validation_method.h"

namespace acme {

struct ValidationSubject {
  policy::ValidationMethod method;
  ca::Identifier identifier;  // one that the method can prove (policy::can_prove)
  policy::Coverage coverage = policy::Coverage::name;
  std::string token;
  std::string thumbprint;   // of the account key (RFC 7638), in base64url
  std::string account_url;  // as in the Location of newAccount
  /// For dns-persist-01: our names, and the beginning of hashed account URIs.
  std::vector<std::string> issuer_domain_names = {};
  std::string account_hash_prefix = {};
  /// For onion-csr-01: what the client sent, DER. No perspective is ever asked about it.
  std::string onion_request = {};
  /// For whoever corroborates dns-persist-01: the value of `accounturi` that was seen first; none
  /// other counts then. Empty: any that means the account.
  std::string account_uri = {};
  bool operator==(const ValidationSubject&) const = default;
};

}  // namespace acme
