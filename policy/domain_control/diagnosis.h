// Looking into a name from the outside: who serves its zone, what CAA says, and, for a name of an
// application, what of its control is there (P-09, TCG-37, TCG-39).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ca/names/identifier.h"
#include "ca/time.h"
#include "policy/domain_control/control.h"
#include "policy/domain_control/finding.h"
#include "policy/domain_control/methods.h"
#include "policy/domain_control/ports.h"

namespace policy {

/// One domain on the way down from the registered one to the name.
struct ZoneStep {
  std::string domain;
  std::vector<std::string> name_servers;  // none: not a zone of its own
  std::string detail;                     // "NS of example.com: 2 records, DNSSEC secure"
};

/// Who serves a name.
struct DnsHosting {
  std::string zone;                       // the nearest one that was found; empty: none
  std::vector<std::string> name_servers;  // of that zone
  std::string provider;                   // empty: not known
  std::vector<ZoneStep> delegation;
  std::optional<ControlCode> code;  // ns_missing, dnssec_bogus
};
/// Asks for the name servers of `name` and of every domain above it, from the registered one down.
boost::asio::awaitable<DnsHosting> find_hosting(ZoneReader& zones, ca::DnsName name);
/// Whose these name servers are; empty if they are nobody's we know.
std::string_view provider_of(const std::vector<std::string>& name_servers);

struct Diagnosis {
  std::optional<DnsHosting> hosting;      // of a DNS name
  std::optional<CaaAnswer> caa;           // of a DNS name
  std::optional<ControlFinding> finding;  // of a name of an application
  std::optional<ControlCode> verdict;     // the first thing to mend; none: nothing was found wrong
  [[nodiscard]] std::string_view hint() const;
};

/// Everything about `name`; with `item`, what an application was told to place for it. Asks other
/// perspectives no question twice.
boost::asio::awaitable<Diagnosis> diagnose(ControlPorts ports,
                                           ca::Identifier name,
                                           std::optional<ControlItem> item,
                                           ControlHouse house,
                                           TenantId tenant,
                                           ca::Time now);

}  // namespace policy
