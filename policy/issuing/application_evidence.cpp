#include "policy/issuing/application_evidence.h"

#include <string>

#include "policy/applications/succession.h"
#include "policy/organizations/organization.h"

namespace policy {

namespace {

/// What the gate was closed with.
std::vector<DomainClaim> own_claims(const storage::Snapshot& snapshot,
                                    const Application& application) {
  std::vector<DomainClaim> claims;
  const Gate* gate = application.gate(GateName::dcv);
  if (gate == nullptr) return claims;
  for (const std::string& each : gate->evidence) {
    const auto id = ClaimId::parse(each);
    auto claim = id ? kDomainClaims.get(snapshot, id->octets()) : std::nullopt;
    if (claim) claims.push_back(*std::move(claim));
  }
  return claims;
}

}  // namespace

std::optional<DomainClaim> claim_taken_over(const storage::Snapshot& snapshot,
                                            const Application& application,
                                            const ClaimUse& use,
                                            const ca::Identifier& name,
                                            ca::Time now) {
  const auto before = replaced_by(snapshot, application);
  if (!before) return std::nullopt;
  // BR 4.9.1.1 (5): with superseded the CA takes back what was not validated as it should have
  // been.
  constexpr std::uint8_t kSuperseded = 4;
  const auto entry = ledger_entry(snapshot, application.follows->certificate);
  if (!entry || (entry->revoked && entry->revocation_reason == kSuperseded)) return std::nullopt;
  for (DomainClaim& claim : own_claims(snapshot, *before)) {
    if (is_good_for_signing(claim, use, name, now)) return std::move(claim);
  }
  return std::nullopt;
}

ClaimUse claim_use_of(const storage::Snapshot& snapshot,
                      const ControlHouse& house,
                      const Application& application,
                      const Product& product) {
  std::string name;
  if (application.wish.organization) {
    const auto organization = kOrganizations.get(snapshot, application.wish.organization->octets());
    if (organization) name = same_name(organization->fields.legal_name);
  }
  return {application.tenant, std::move(name), &product, house.corroborators};
}

std::vector<NameEvidence> evidence_of(const storage::Snapshot& snapshot,
                                      const Catalog& catalog,
                                      const ControlHouse& house,
                                      const Application& application,
                                      ca::Time now) {
  std::vector<NameEvidence> evidence;
  const Product* product = catalog.version(application.product, application.product_version);
  if (product == nullptr) return evidence;
  const ClaimUse use = claim_use_of(snapshot, house, application, *product);
  const std::vector<DomainClaim> own = own_claims(snapshot, application);
  for (const ca::Identifier& name : certified_names(*product, application)) {
    NameEvidence found{name, std::nullopt};
    for (const DomainClaim& claim : own) {
      if (is_good_for_signing(claim, use, name, now)) found.claim = claim;
    }
    if (!found.claim) found.claim = claim_that_proves(snapshot, use, name, now);
    evidence.push_back(std::move(found));
  }
  return evidence;
}

}  // namespace policy
