#include "policy/domain_control/methods.h"

#include <array>
#include <cstddef>
#include <utility>

#include "ca/names/onion_service.h"
#include "ca/names/public_suffix.h"
#include "policy/applications/application.h"

namespace policy {

namespace {

constexpr std::string_view kWww = "www.";

/// The other name of a pair, or an empty text.
std::string pair_of(const std::string& name) {
  if (ca::registered_domain(name) == name) {
    return ca::is_public_suffix(name, ca::SuffixDivision::all) ? std::string()
                                                               : std::string(kWww) + name;
  }
  if (!name.starts_with(kWww)) return {};
  std::string rest = name.substr(kWww.size());
  return ca::registered_domain(name) == rest ? rest : std::string();
}

}  // namespace

bool can_prove(ControlMethod method, const ca::Identifier& identifier) {
  const MethodReach& reach = facts_of(method).reach;
  const auto* name = std::get_if<ca::DnsName>(&identifier);
  if (name == nullptr) return reach.addresses;
  if (ca::is_onion(*name) != reach.onions) return false;
  return !name->is_wildcard() || reach.wildcards;
}

std::vector<std::string> control_domains(const ca::Identifier& identifier, ControlMethod method) {
  if (!can_prove(method, identifier)) return {};
  const auto* name = std::get_if<ca::DnsName>(&identifier);
  if (name == nullptr) return {ca::value_of(identifier)};
  std::string domain = name->without_wildcard().text();
  std::vector<std::string> domains{domain};
  if (!facts_of(method).reach.subdomains) return domains;
  const std::string registered = ca::registered_domain(domain);
  while (domain.size() > registered.size()) {
    domain.erase(0, domain.find('.') + 1);
    domains.push_back(domain);
  }
  return domains;
}

std::optional<std::string_view> obstacle(ControlMethod method,
                                         const ca::Identifier& identifier,
                                         const ControlHouse& house) {
  const auto* name = std::get_if<ca::DnsName>(&identifier);
  if (!can_prove(method, identifier)) {
    if (name == nullptr) return "is an address, which nothing in the DNS proves";
    if (ca::is_onion(*name)) return "is an onion name, which only its own key proves";
    if (facts_of(method).reach.onions) return "is no onion name";
    return "is a wildcard, which no act of one host proves";
  }
  if (method == ControlMethod::dns_cname && house.cname_zone.empty()) {
    return "has nowhere to point to: this server has no zone for CNAMEs";
  }
  const bool names_us =
      method == ControlMethod::auto_dns || method == ControlMethod::dns_persist_01;
  if (names_us && house.issuer_domains.empty()) {
    return "cannot name this server in a record that stays: it has no name for CAA records";
  }
  return std::nullopt;
}

std::vector<ControlMethod> methods_for(const Product& product,
                                       const ca::Identifier& identifier,
                                       const ControlHouse& house) {
  std::vector<ControlMethod> offered;
  for (const ControlMethod method : product.control_methods) {
    if (!obstacle(method, identifier, house)) offered.push_back(method);
  }
  return offered;
}

std::string account_uri(const TenantId& tenant, const ControlHouse& house) {
  if (house.issuer_domains.empty()) return {};
  return "acct:" + tenant.text() + "@" + house.issuer_domains.front();
}

std::string_view tbr_label(ControlMethod method) {
  // In the order of the enumerators.
  static constexpr std::array<std::string_view, kWords<ControlMethod>.size()> kLabels{
      "ca-tbr-7", "ca-tbr-7",  "ca-tbr-18", "ca-tbr-22", "ca-tbr-18", "ca-tbr-19",
      "ca-tbr-7", "ca-tbr-20", "ca-tbr-21", "ca-tbr-22", ""};
  return kLabels.at(static_cast<std::size_t>(method));
}

std::vector<ca::Identifier> with_www_pairs(std::vector<ca::Identifier> names) {
  std::vector<ca::Identifier> added;
  for (const ca::Identifier& each : names) {
    const auto* name = std::get_if<ca::DnsName>(&each);
    if (name == nullptr || name->is_wildcard()) continue;
    if (auto other = ca::DnsName::parse(pair_of(name->text()))) added.emplace_back(*other);
  }
  names.insert(names.end(), added.begin(), added.end());
  return ca::as_set(std::move(names));
}

bool pairs_www(const Product& product, const Application& application) {
  if (application.source == ApplicationSource::acme) return false;
  switch (product.www_pairing) {
    case WwwPairing::never:
      return false;
    case WwwPairing::unless_declined:
      return application.wish.www_pairing.value_or(true);
    case WwwPairing::always:
      return true;
  }
  std::unreachable();
}

std::vector<ca::Identifier> certified_names(const Product& product,
                                            const Application& application) {
  const std::vector<ca::Identifier>& names = application.wish.identifiers;
  return pairs_www(product, application) ? with_www_pairs(names) : ca::as_set(names);
}

ControlHouse house_for(ControlHouse house, const Product& product) {
  house.corroborators = corroborators_for(product, house.corroborators);
  return house;
}

}  // namespace policy
