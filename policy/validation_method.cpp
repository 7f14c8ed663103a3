#include "policy/validation_method.h"

#include <array>
#include <cstddef>
#include <variant>

namespace policy {

namespace {

// BR 3.2.2.4.19 and .20: what one host shows is "not suitable for validating Wildcard Domain Names"
// nor other FQDNs that end with the same labels; BR 3.2.2.4.7: changes to DNS are both.
constexpr std::array<MethodFacts, 3> kMethods{{
    {ValidationMethod::http_01,
     "http-01",
     {.wildcards = false, .subdomains = false, .addresses = true},
     "ca-tbr-19"},
    {ValidationMethod::dns_01,
     "dns-01",
     {.wildcards = true, .subdomains = true, .addresses = false},
     "ca-tbr-7"},
    {ValidationMethod::tls_alpn_01,
     "tls-alpn-01",
     {.wildcards = false, .subdomains = false, .addresses = true},
     "ca-tbr-20"},
}};

}  // namespace

std::span<const MethodFacts> validation_methods() {
  return kMethods;
}

const MethodFacts& facts_of(ValidationMethod method) {
  return kMethods.at(static_cast<std::size_t>(method));
}

std::string_view text_of(ValidationMethod method) {
  return facts_of(method).text;
}

bool can_prove(ValidationMethod method, const ca::Identifier& identifier, Coverage coverage) {
  const MethodReach& reach = facts_of(method).reach;
  const auto* name = std::get_if<ca::DnsName>(&identifier);
  if (coverage == Coverage::subdomains) {
    return name != nullptr && !name->is_wildcard() && reach.subdomains;
  }
  if (name == nullptr) return reach.addresses;
  return !name->is_wildcard() || reach.wildcards;
}

}  // namespace policy
