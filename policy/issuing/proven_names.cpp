#include "policy/issuing/proven_names.h"

#include <chrono>
#include <vector>

#include "policy/domain_control/methods.h"
#include "policy/domain_control/signing_age.h"

namespace policy {

namespace {

/// How far a clock may have been set back between two events that follow each other.
constexpr std::chrono::hours kClockStep{1};

/// Whether the claim was one to sign by then.
bool counted(const DomainClaim& claim,
             const ca::Identifier& name,
             ca::Trust trust,
             ca::Time signed_at) {
  return reaches(claim, name) && claim.validated_at <= signed_at + kClockStep &&
         signed_at <= last_signing(claim, trust) &&
         !(claim.revoked_at && *claim.revoked_at + kClockStep < signed_at);
}

}  // namespace

ProvenNames::ProvenNames(const storage::Snapshot& snapshot) {
  kDomainClaims.scan_prefix(snapshot, "", [&](std::string_view, const DomainClaim& claim) {
    claims_.emplace(std::pair(claim.tenant, claim.domain), claim);
    return storage::Scan::proceed;
  });
}

std::set<ControlMethod> ProvenNames::methods(const TenantId& tenant,
                                             const ca::Identifier& name,
                                             ca::Trust trust,
                                             ca::Time signed_at) const {
  std::vector<std::string> domains = control_domains(name, ControlMethod::dns_txt);
  if (domains.empty()) domains = control_domains(name, ControlMethod::file);
  std::set<ControlMethod> found;
  for (const std::string& domain : domains) {
    const auto [first, last] = claims_.equal_range({tenant, domain});
    for (auto each = first; each != last; ++each) {
      if (counted(each->second, name, trust, signed_at)) found.insert(each->second.method);
    }
  }
  return found;
}

}  // namespace policy
