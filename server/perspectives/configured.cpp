#include "server/perspectives/configured.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "policy/quorum.h"

namespace server {
namespace {

bool is_public_trust_offered(const policy::Catalog& catalog, ca::Time now) {
  return std::ranges::any_of(catalog.versions(), [&](const policy::Product& product) {
    return product.trust == policy::Trust::publicly && product.is_in_force(now);
  });
}

void warn_of_too_few(const std::vector<RemotePerspective>& remotes,
                     const policy::Catalog& catalog,
                     ca::Time now,
                     Logger& log) {
  if (!is_public_trust_offered(catalog, now)) return;
  const policy::QuorumPhase demanded = policy::quorum_phase(now);
  std::set<std::string> regions;
  for (const RemotePerspective& each : remotes) regions.insert(each.region);
  if (remotes.size() >= demanded.least_remotes && regions.size() >= demanded.least_regions) return;
  log.record(acme::Severity::warning, "perspectives.too_few",
             {{"setting", "perspectives.remotes"},
              {"remotes", std::to_string(remotes.size())},
              {"expected_remotes", std::to_string(demanded.least_remotes)},
              {"regions", std::to_string(regions.size())},
              {"expected_regions", std::to_string(demanded.least_regions)},
              {"rule", "BR 3.2.2.9"}});
}

}  // namespace

std::unique_ptr<RemotePerspectives> configured_perspectives(const Settings& settings,
                                                            const policy::Catalog& catalog,
                                                            ca::Time now,
                                                            ca::RandomSource& random,
                                                            Logger& log) {
  PerspectiveOptions options;
  for (const std::string& each : settings.perspectives_remotes)
    options.remotes.push_back(RemotePerspective::parse(each).value());
  warn_of_too_few(options.remotes, catalog, now, log);
  if (options.remotes.empty()) return nullptr;
  const bool has_own = !settings.perspectives_certificate.empty();
  options.certificate = has_own ? settings.perspectives_certificate : settings.tls_certificate;
  options.private_key = has_own ? settings.perspectives_key : settings.tls_key;
  options.timeout = settings.perspectives_timeout;
  return std::make_unique<RemotePerspectives>(std::move(options), random);
}

}  // namespace server
