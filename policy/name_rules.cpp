#include "policy/name_rules.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "policy/name_scope.h"
#include "policy/public_suffix.h"

namespace policy {

namespace {

/// A domain under which names are not ordinary. `lab` says whether a laboratory may order them.
enum class InLab { allowed, refused };
struct SpecialDomain {
  std::string_view suffix;
  InLab lab;
  std::string_view why;
};

constexpr SpecialDomain kSpecialDomains[] = {
    {"in-addr.arpa", InLab::refused, "reverse-mapping names are not certified (BR 4.2.2)"},
    {"ip6.arpa", InLab::refused, "reverse-mapping names are not certified (BR 4.2.2)"},
    {"onion", InLab::refused,
     "onion names need the validation of BR Appendix B, which is not offered"},
    {"home.arpa", InLab::allowed, "it is reserved for home networks (RFC 8375)"},
    {"test", InLab::allowed, "it is reserved for tests (RFC 6761)"},
    {"example", InLab::allowed, "it is reserved for documentation (RFC 6761)"},
    {"invalid", InLab::allowed, "it is reserved as never valid (RFC 6761)"},
    {"localhost", InLab::allowed, "it is reserved for the loopback interface (RFC 6761)"},
    {"local", InLab::allowed, "it is reserved for multicast DNS (RFC 6762)"},
    {"internal", InLab::allowed, "it is reserved for private networks"},
    {"alt", InLab::allowed, "it is reserved for names outside the DNS (RFC 9476)"},
};

std::optional<std::string> fault_of(const ca::DnsName& name, SpecialUseNames special_use) {
  for (const SpecialDomain& domain : kSpecialDomains) {
    if (!is_at_or_under(name.text(), domain.suffix)) continue;
    if (domain.lab == InLab::allowed && special_use == SpecialUseNames::allowed_in_lab) continue;
    return "\"" + name.text() + "\" is under ." + std::string(domain.suffix) + ": " +
           std::string(domain.why);
  }
  return std::nullopt;
}

/// A name that a wildcard of the same order covers would make the certificate say one thing twice.
const ca::DnsName* wildcard_covering(const ca::DnsName& name,
                                     const std::vector<ca::Identifier>& identifiers) {
  if (name.is_wildcard()) return nullptr;
  const std::string_view parent = std::string_view(name.text()).substr(name.text().find('.') + 1);
  for (const ca::Identifier& other : identifiers) {
    const auto* wildcard = std::get_if<ca::DnsName>(&other);
    if (wildcard != nullptr && wildcard->is_wildcard() &&
        wildcard->without_wildcard().text() == parent) {
      return wildcard;
    }
  }
  return nullptr;
}

/// BR 4.2.2: an address that is nobody's alone is not certified.
std::optional<Violation> judge_address(const ca::IpAddress& address, SpecialUseNames special_use) {
  const auto block = ca::special_purpose_block(address);
  if (!block || special_use == SpecialUseNames::allowed_in_lab) return std::nullopt;
  return Violation(
      ViolationKind::rejected_identifier,
      "\"" + address.text() + "\" is not a public address: " + std::string(*block) + " (BR 4.2.2)",
      address);
}

std::optional<Violation> judge(const Product& product,
                               const ca::Identifier& identifier,
                               const std::vector<ca::Identifier>& identifiers,
                               SpecialUseNames special_use) {
  const auto* name = std::get_if<ca::DnsName>(&identifier);
  if (name == nullptr && methods_for(product, identifier).empty()) {
    return Violation(ViolationKind::unsupported_identifier,
                     "\"" + ca::value_of(identifier) + "\" is an IP address; product \"" +
                         product.name + "\" certifies DNS names only",
                     identifier);
  }
  if (name == nullptr) return judge_address(std::get<ca::IpAddress>(identifier), special_use);
  if (std::optional<std::string> fault = fault_of(*name, special_use)) {
    return Violation(ViolationKind::rejected_identifier, std::move(*fault), identifier);
  }
  if (methods_for(product, identifier).empty()) {
    return Violation(ViolationKind::rejected_identifier,
                     "\"" + name->text() + "\" is a wildcard; no method that product \"" +
                         product.name + "\" offers can prove control of one",
                     identifier);
  }
  // BR 3.2.2.6: nobody controls all names under a public suffix.
  if (name->is_wildcard() &&
      is_public_suffix(name->without_wildcard().text(), SuffixDivision::icann)) {
    return Violation(ViolationKind::rejected_identifier,
                     "\"" + name->text() + "\" is a wildcard directly under the public suffix \"" +
                         name->without_wildcard().text() +
                         "\"; expected one under a registered domain",
                     identifier);
  }
  if (const ca::DnsName* wildcard = wildcard_covering(*name, identifiers)) {
    return Violation(ViolationKind::rejected_identifier,
                     "\"" + name->text() + "\" is covered by \"" + wildcard->text() +
                         "\" of the same order already; leave one of them out",
                     identifier);
  }
  return std::nullopt;
}

}  // namespace

std::optional<Violations> check_names(const Product& product,
                                      const std::vector<ca::Identifier>& identifiers,
                                      SpecialUseNames special_use) {
  if (identifiers.size() > product.names.max) {
    return Violations{Violation(ViolationKind::too_many_names,
                                "the order has " + std::to_string(identifiers.size()) +
                                    " names; product \"" + product.name + "\" allows at most " +
                                    std::to_string(product.names.max))};
  }
  Violations violations;
  for (const ca::Identifier& identifier : identifiers) {
    if (auto violation = judge(product, identifier, identifiers, special_use)) {
      violations.push_back(std::move(*violation));
    }
  }
  if (violations.empty()) return std::nullopt;
  return violations;
}

std::vector<ValidationMethod> methods_for(const Product& product,
                                          const ca::Identifier& identifier,
                                          Coverage coverage) {
  // BR 3.2.2.4 prunes labels down to the Base Domain Name at most: what strangers register under a
  // public suffix is not its owner's.
  const auto* name = std::get_if<ca::DnsName>(&identifier);
  if (coverage == Coverage::subdomains && name != nullptr &&
      is_public_suffix(name->text(), SuffixDivision::all)) {
    return {};
  }
  std::vector<ValidationMethod> methods;
  for (const ValidationMethod method : product.methods) {
    if (can_prove(method, identifier, coverage)) methods.push_back(method);
  }
  return methods;
}

bool offers_subdomains(const Catalog& catalog) {
  return std::ranges::any_of(catalog.products(), [](const Product& product) {
    return std::ranges::any_of(
        product.methods, [](ValidationMethod method) { return facts_of(method).reach.subdomains; });
  });
}

}  // namespace policy
