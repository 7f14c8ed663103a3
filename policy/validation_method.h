// Ways to prove control of a name that ACME can carry.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "ca/names/identifier.h"

namespace policy {

/// The numbers are stored: new ones go to the end.
enum class ValidationMethod : std::uint8_t {
  http_01 = 0,
  dns_01 = 1,
  tls_alpn_01 = 2,
  dns_account_01 = 3,
  dns_persist_01 = 4,
  onion_csr_01 = 5,
};

/// What an authorization is for: the name alone, or every name under it too (RFC 9444).
enum class Coverage : std::uint8_t { name, subdomains };

/// What a method can prove beside control of one DNS name (BR 3.2.2.4 and 3.2.2.5, per method).
struct MethodReach {
  bool wildcards;        // a name that begins with `*.`
  bool subdomains;       // all names under the one proven: labels may be pruned (BR 3.2.2.4)
  bool addresses;        // an IP address (RFC 8738 §4)
  bool aliases = false;  // what is proven may be where a CNAME leads (BR 3.2.2.4)
  // Names under `.onion` and no others. Without it, the DNS or the Internet has to know the name.
  bool onions = false;
};

/// One row of the table of methods.
struct MethodFacts {
  ValidationMethod method;
  std::string_view text;  // the spelling of the IANA registry: "http-01"
  MethodReach reach;
  std::string_view tbr_label;  // the other label that CAA records may have for it (BR 4.2.2.1)
};

/// All methods, in the order of the enumerators.
std::span<const MethodFacts> validation_methods();
const MethodFacts& facts_of(ValidationMethod method);
std::string_view text_of(ValidationMethod method);  // "http-01"
/// The method with this spelling.
std::optional<ValidationMethod> validation_method(std::string_view text);

/// Whether `method` can prove control of `identifier`, and of all names under it if `coverage` says
/// so, whatever a product offers. There are no names under a wildcard or an address.
bool can_prove(ValidationMethod method,
               const ca::Identifier& identifier,
               Coverage coverage = Coverage::name);

}  // namespace policy
