#include "server/perspectives/configured.h"

#include <algorithm>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "ca/rulebook.h"
#include "policy/quorum.h"

namespace server {
namespace {

bool is_public_trust_offered(const policy::Catalog& catalog, ca::Time now) {
  return std::ranges::any_of(catalog.versions(), [&](const policy::Product& product) {
    return product.trust == policy::Trust::publicly && product.is_in_force(now);
  });
}

/// One perspective under two names would vote twice.
void require_distinct(const std::vector<RemotePerspective>& remotes) {
  std::set<std::string> names;
  std::set<std::string> places;
  std::set<Fingerprint> certificates;
  for (const RemotePerspective& each : remotes) {
    const bool is_new = names.insert(each.name).second && places.insert(each.place()).second &&
                        certificates.insert(each.certificate).second;
    if (!is_new) {
      throw std::runtime_error("perspectives.remotes: \"" + each.name +
                               "\" has the name, the address or the certificate of another one; "
                               "expected as many machines as entries");
    }
  }
}

/// The first instant from `now` on at which BR 3.2.2.9 demands more than these, if there is one.
std::optional<ca::Time> too_few_from(const std::vector<RemotePerspective>& remotes, ca::Time now) {
  std::set<std::string> regions;
  for (const RemotePerspective& each : remotes) regions.insert(each.region);
  const auto is_too_few = [&](ca::Time time) {
    const policy::QuorumPhase demanded = policy::quorum_phase(time);
    return remotes.size() < demanded.least_remotes || regions.size() < demanded.least_regions;
  };
  if (is_too_few(now)) return now;
  for (const ca::RulebookRow& row : ca::rulebook()) {
    if (row.from > now && is_too_few(row.from)) return row.from;
  }
  return std::nullopt;
}

/// Only public trust needs a quorum (BR 3.2.2.9).
void warn_of_too_few(const std::vector<RemotePerspective>& remotes,
                     const policy::Catalog& catalog,
                     ca::Time now,
                     Logger& log) {
  if (!is_public_trust_offered(catalog, now)) return;
  const std::optional<ca::Time> from = too_few_from(remotes, now);
  if (!from) return;
  const policy::QuorumPhase demanded = policy::quorum_phase(*from);
  std::set<std::string> regions;
  for (const RemotePerspective& each : remotes) regions.insert(each.region);
  log.record(acme::Severity::warning,
             *from > now ? "perspectives.too_few_soon" : "perspectives.too_few",
             {{"setting", "perspectives.remotes"},
              {"from", ca::rfc3339(*from)},
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
  require_distinct(options.remotes);
  warn_of_too_few(options.remotes, catalog, now, log);
  if (options.remotes.empty()) return nullptr;
  const bool has_own = !settings.perspectives_certificate.empty();
  options.certificate = has_own ? settings.perspectives_certificate : settings.tls_certificate;
  options.private_key = has_own ? settings.perspectives_key : settings.tls_key;
  options.timeout = settings.perspectives_timeout;
  return std::make_unique<RemotePerspectives>(std::move(options), random);
}

}  // namespace server
