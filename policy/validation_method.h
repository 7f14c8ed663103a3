// Ways to prove control of a name that ACME can carry.
#pragma once

#include <cstdint>
#include <string_view>

namespace policy {

/// The numbers are stored: new ones go to the end.
enum class ValidationMethod : std::uint8_t { http_01, dns_01, tls_alpn_01 };
inline constexpr ValidationMethod kLastValidationMethod = ValidationMethod::tls_alpn_01;

/// The spelling of the IANA registry: "http-01".
std::string_view text_of(ValidationMethod method);

/// What a method can prove beside control of one DNS name (BR 3.2.2.4 and 3.2.2.5, per method).
struct MethodReach {
  bool wildcards;   // a name that begins with `*.`
  bool subdomains;  // all names under the one proven: labels may be pruned (BR 3.2.2.4)
  bool addresses;   // an IP address (RFC 8738 §4)
};
MethodReach reach_of(ValidationMethod method);

}  // namespace policy
