#include "policy/validation_method.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <variant>

#include "ca/names/onion_service.h"

namespace policy {

namespace {

// The table of BR 3.2.2.4: what one host shows (.19, .20) is "not suitable for validating Wildcard
// Domain Names" nor other FQDNs that end with the same labels; changes to DNS (.7, .21, .22) are
// both, and only the first may be made where a CNAME leads. What BR Appendix B lets prove an onion
// name by a connection needs Tor, which this CA does not speak.
constexpr std::array<MethodFacts, 6> kMethods{{
    {ValidationMethod::http_01,
     "http-01",
     {.wildcards = false, .subdomains = false, .addresses = true},
     "ca-tbr-19"},
    {ValidationMethod::dns_01,
     "dns-01",
     {.wildcards = true, .subdomains = true, .addresses = false, .aliases = true},
     "ca-tbr-7"},
    {ValidationMethod::tls_alpn_01,
     "tls-alpn-01",
     {.wildcards = false, .subdomains = false, .addresses = true},
     "ca-tbr-20"},
    {ValidationMethod::dns_account_01,
     "dns-account-01",
     {.wildcards = true, .subdomains = true, .addresses = false},
     "ca-tbr-21"},
    {ValidationMethod::dns_persist_01,
     "dns-persist-01",
     {.wildcards = true, .subdomains = true, .addresses = false},
     "ca-tbr-22"},
    // BR Appendix B.2.b has no number in 3.2.2.4, and hence no second label.
    {ValidationMethod::onion_csr_01,
     "onion-csr-01",
     {.wildcards = true, .subdomains = false, .addresses = false, .onions = true},
     ""},
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

std::optional<ValidationMethod> validation_method(std::string_view text) {
  const auto* const found = std::ranges::find(kMethods, text, &MethodFacts::text);
  if (found == kMethods.end()) return std::nullopt;
  return found->method;
}

bool can_prove(ValidationMethod method, const ca::Identifier& identifier, Coverage coverage) {
  const MethodReach& reach = facts_of(method).reach;
  const auto* name = std::get_if<ca::DnsName>(&identifier);
  if (coverage == Coverage::subdomains) {
    return name != nullptr && !name->is_wildcard() && !ca::is_onion(*name) && reach.subdomains;
  }
  if (name == nullptr) return reach.addresses;
  if (ca::is_onion(*name) != reach.onions) return false;
  return !name->is_wildcard() || reach.wildcards;
}

}  // namespace policy
