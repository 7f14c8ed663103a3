#include "policy/domain_control/diagnosis.h"

#include <algorithm>
#include <utility>

#include "ca/names/public_suffix.h"
#include "policy/catalog/dns_providers.h"
#include "policy/domain_control/look.h"

namespace policy {

namespace {

namespace asio = boost::asio;

/// From the registered domain down to the name itself.
std::vector<std::string> domains_down_to(const ca::DnsName& name) {
  std::vector<std::string> domains = control_domains(ca::Identifier(name), ControlMethod::dns_txt);
  std::ranges::reverse(domains);
  return domains;
}

}  // namespace

std::string_view provider_of(const std::vector<std::string>& name_servers) {
  for (const std::string& server : name_servers) {
    if (server.find(kNumberedDnsProvider.suffix) != std::string::npos) {
      return kNumberedDnsProvider.name;
    }
    for (const DnsProvider& each : kDnsProviders) {
      const bool is_below = server.ends_with(each.suffix) && server.size() > each.suffix.size() &&
                            server[server.size() - each.suffix.size() - 1] == '.';
      if (is_below) return each.name;
    }
  }
  return {};
}

asio::awaitable<DnsHosting> find_hosting(ZoneReader& zones, ca::DnsName name) {
  DnsHosting hosting;
  for (const std::string& domain : domains_down_to(name)) {
    const LookupResult<LookedUp> found = co_await zones.name_servers(domain);
    ZoneStep step{domain, {}, {}};
    if (found) {
      step.name_servers = found->values;
      step.detail = "NS of " + domain + ": " + std::to_string(found->values.size()) + ", " +
                    (found->proof == LookedUp::Proof::secure ? "DNSSEC secure" : "not signed");
      if (!found->values.empty()) {
        hosting.zone = domain;
        hosting.name_servers = found->values;
      }
    } else {
      step.detail = found.error().detail;
      if (found.error().failure == LookupFailure::bogus) hosting.code = ControlCode::dnssec_bogus;
    }
    hosting.delegation.push_back(std::move(step));
  }
  if (!hosting.code && hosting.zone.empty()) hosting.code = ControlCode::ns_missing;
  hosting.provider = provider_of(hosting.name_servers);
  co_return hosting;
}

std::string_view Diagnosis::hint() const {
  return verdict ? facts_of(*verdict).hint : std::string_view{};
}

asio::awaitable<Diagnosis> diagnose(ControlPorts ports,
                                    ca::Identifier name,
                                    std::optional<ControlItem> item,
                                    ControlHouse house,
                                    TenantId tenant,
                                    ca::Time now) {
  Diagnosis diagnosis;
  const auto* dns = std::get_if<ca::DnsName>(&name);
  if (dns != nullptr) {
    diagnosis.hosting = co_await find_hosting(ports.zones, *dns);
    diagnosis.verdict = diagnosis.hosting->code;
  }
  if (item) {
    NameLook look = co_await look_for(ports, *item, house, tenant, now);
    if (!diagnosis.verdict) diagnosis.verdict = look.finding.code;
    diagnosis.finding = std::move(look.finding);
    diagnosis.caa = std::move(look.caa);
  }
  if (dns != nullptr && !diagnosis.caa) {
    const ControlMethod method = item ? item->method : ControlMethod::dns_txt;
    diagnosis.caa = co_await check_caa_for(ports.caa, *dns, method, house, tenant);
  }
  const bool is_forbidden = diagnosis.caa && !diagnosis.caa->is_permitted;
  if (!diagnosis.verdict && is_forbidden) diagnosis.verdict = ControlCode::caa_forbids;
  co_return diagnosis;
}

}  // namespace policy
