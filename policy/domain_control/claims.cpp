#include "policy/domain_control/claims.h"

#include <algorithm>
#include <chrono>

#include "ca/audit_log.h"
#include "ca/same_name.h"
#include "policy/domain_control/methods.h"
#include "policy/domain_control/signing_age.h"
#include "policy/reuse.h"
#include "storage/key_codec.h"

namespace policy {

namespace {

/// Where the trust is private nothing but the product limits the age; this is what identity has
/// (BR 4.2.1), and 13 months lie within it.
constexpr std::chrono::days kLongestPrivateAge{398};

std::string domain_prefix(const TenantId& tenant,
                          std::string_view family,
                          std::string_view domain) {
  return tenant.octets() + storage::KeyWriter().text(family).text(domain).take();
}

bool is_public(const Product& product) {
  return product.trust == Trust::publicly;
}

bool fits(const DomainClaim& claim, const ClaimUse& use, const ca::Identifier& identifier) {
  if (claim.revoked_at || claim.tenant != use.tenant || claim.family != use.product->family) {
    return false;
  }
  const auto& key = use.product->control_reuse.key;
  const bool asks_for_organization =
      std::ranges::find(key, ReuseField::organization_name) != key.end();
  if (asks_for_organization && claim.organization_name != use.organization_name) return false;
  const bool asks_for_others =
      corroborators_for(*use.product, use.corroborators) == Corroborators::perspectives;
  if (asks_for_others && !claim.corroborated) return false;
  return reaches(claim, identifier);
}

/// BR 3.2.2.4.22: shown by a record that stays.
bool is_persistent(ControlMethod method) {
  return method == ControlMethod::auto_dns || method == ControlMethod::dns_persist_01;
}

}  // namespace

bool reaches(const DomainClaim& claim, const ca::Identifier& identifier) {
  const bool is_alone =
      is_persistent(claim.method) && claim.reach == PersistentReach::domain_itself;
  if (is_alone && claim.domain != ca::value_of(identifier)) return false;
  const std::vector<std::string> domains = control_domains(identifier, claim.method);
  return std::ranges::find(domains, claim.domain) != domains.end();
}

std::string same_name(std::string_view organization_name) {
  return ca::same_name(organization_name);
}

void record_claim(storage::Transaction& transaction, const DomainClaim& claim) {
  const std::string& id = claim.id.octets();
  kDomainClaims.put(transaction, id, claim);
  transaction.put(kClaimsByDomain, domain_prefix(claim.tenant, claim.family, claim.domain) + id,
                  "");
  if (claim.organization) {
    transaction.put(
        kClaimsByOrganization,
        claim.organization->octets() + storage::KeyWriter().text(claim.domain).take() + id, "");
  }
  ca::AuditEvent event{claim.validated_at, "domain.validated", "server", claim.id.text(), {}};
  event.facts.emplace_back("domain", claim.domain);
  event.facts.emplace_back("method", text_of(claim.method));
  if (claim.application) event.facts.emplace_back("application", claim.application->text());
  for (const std::string& each : claim.evidence) event.facts.emplace_back("evidence", each);
  ca::append_audit(transaction, event);
}

Allowed<void> revoke_claim(storage::Transaction& transaction,
                           const Actor& actor,
                           const ClaimId& id,
                           std::string reason,
                           ca::Time now) {
  auto claim = kDomainClaims.get(transaction, id.octets());
  if (!claim || (actor.tenant && *actor.tenant != claim->tenant)) {
    return Refused({FaultCode::not_found, "there is no domain claim " + id.text()});
  }
  const bool may = actor.has(Role::org_admin) || actor.has(Role::specialist) ||
                   actor.has(Role::supervisor) || actor.has(Role::system);
  if (!may) {
    return Refused({FaultCode::forbidden,
                    "a domain claim is revoked by an administrator of its organization or by the "
                    "authority's specialists"});
  }
  if (claim->revoked_at) {
    return Refused(
        {FaultCode::state_conflict, "the claim for \"" + claim->domain + "\" was revoked before"});
  }
  claim->revoked_at = now;
  claim->revoked_because = std::move(reason);
  kDomainClaims.put(transaction, id.octets(), *claim);
  ca::AuditEvent event{now, "domain.claim_revoked", actor.audit_name(), id.text(), {}};
  event.facts.emplace_back("domain", claim->domain);
  event.facts.emplace_back("reason", claim->revoked_because);
  ca::append_audit(transaction, event);
  return {};
}

ca::Time last_signing(const DomainClaim& claim, const Product& product) {
  if (!is_public(product)) return claim.validated_at + kLongestPrivateAge;
  return last_signing(claim, ca::Trust::web);
}

ca::Time last_signing(const DomainClaim& claim, ca::Trust trust) {
  if (trust != ca::Trust::web) return claim.validated_at + kLongestPrivateAge;
  return last_use(
      is_persistent(claim.method) ? ValidationMethod::dns_persist_01 : ValidationMethod::dns_01,
      claim.validated_at, kLongestPrivateAge);
}

ca::Time last_reuse(const DomainClaim& claim, const Product& product) {
  constexpr std::chrono::seconds kOne{1};
  const ca::Time end = after(claim.validated_at, product.control_reuse.period);
  return std::min(end - kOne, last_signing(claim, product));
}

std::optional<DomainClaim> claim_that_proves(const storage::Snapshot& snapshot,
                                             const ClaimUse& use,
                                             const ca::Identifier& identifier,
                                             ca::Time now) {
  std::optional<DomainClaim> newest;
  // The widest search: what a method does not reach is sorted out by fits().
  std::vector<std::string> domains = control_domains(identifier, ControlMethod::dns_txt);
  if (domains.empty()) domains = control_domains(identifier, ControlMethod::file);
  for (const std::string& domain : domains) {
    const std::string prefix = domain_prefix(use.tenant, use.product->family, domain);
    snapshot.scan(kClaimsByDomain, prefix, [&](std::string_view key, std::string_view) {
      if (!key.starts_with(prefix)) return storage::Scan::stop;
      auto claim = kDomainClaims.get(snapshot, key.substr(prefix.size()));
      if (!claim || !fits(*claim, use, identifier)) return storage::Scan::proceed;
      if (now > last_reuse(*claim, *use.product)) return storage::Scan::proceed;
      if (!newest || claim->validated_at >= newest->validated_at) newest = std::move(claim);
      return storage::Scan::proceed;
    });
  }
  return newest;
}

bool is_good_for_signing(const DomainClaim& claim,
                         const ClaimUse& use,
                         const ca::Identifier& identifier,
                         ca::Time now) {
  return fits(claim, use, identifier) && now <= last_signing(claim, *use.product);
}

std::vector<DomainClaim> claims_of(const storage::Snapshot& snapshot,
                                   const OrganizationId& organization) {
  std::vector<DomainClaim> claims;
  const std::string& prefix = organization.octets();
  snapshot.scan(kClaimsByOrganization, prefix, [&](std::string_view key, std::string_view) {
    if (!key.starts_with(prefix)) return storage::Scan::stop;
    if (auto claim = kDomainClaims.get(snapshot, key.substr(key.size() - kIdOctets))) {
      claims.push_back(*std::move(claim));
    }
    return storage::Scan::proceed;
  });
  return claims;
}

}  // namespace policy
