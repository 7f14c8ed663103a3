// The rules that keys, certificate requests and requests to revoke are refused by, each with its id
// and the text that demands it. Those for certificates to be signed are lints (ca/lint_rules.h);
// those for ceremonies stand in ca/ceremony_rules.cpp.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace ca {

enum class BrokenRule : std::uint8_t {
  key_form,
  key_algorithm,
  key_coordinates,
  key_point,
  key_small_order,
  rsa_key_form,
  rsa_modulus_form,
  rsa_modulus_size,
  rsa_exponent,
  rsa_modulus_even,
  rsa_small_factor,
  rsa_roca,
  rsa_close_primes,
  weak_key_list,
  gm_key,
  web_key,
  key_of_account,
  key_blocked,
  request_size,
  request_form,
  request_version,
  request_subject,
  request_attributes,
  request_extensions,
  request_alternative_names,
  request_common_name,
  request_nameless,
  request_names_differ,
  request_algorithm,
  request_signature,
  onion_request,
  revocation_reason,
  revoked_before,
  not_issued_here,
};

struct BrokenRuleFacts {
  BrokenRule rule;
  std::string_view id;      // "br_rsa_exponent"
  std::string_view source;  // "BR 6.1.6"
};
/// Every rule, in the order of the enumerators.
std::span<const BrokenRuleFacts> broken_rules();

/// `sentence` with the rule behind it: "The RSA public exponent is 3; … (br_rsa_exponent, BR
/// 6.1.6)".
std::string under(BrokenRule rule, std::string sentence);

}  // namespace ca
