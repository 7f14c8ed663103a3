// Domain claims: evidence of control that counts for later applications of the same customer
// (TGM-16, TGM-21, C-02). A claim belongs to one tenant and one organization; nobody else's
// counts (BR 3.2.2.4).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ca/names/identifier.h"
#include "ca/time.h"
#include "policy/fault.h"
#include "policy/ids.h"
#include "policy/people/actor.h"
#include "policy/product.h"
#include "policy/quorum.h"
#include "policy/record_fields.h"
#include "storage/table.h"

namespace policy {

constexpr ControlMethod greatest(ControlMethod /*of*/) {
  return ControlMethod::onion_csr_01;
}

/// For what a record that stays was seen to permit (BR 3.2.2.4.22). What other methods reach, they
/// reach always.
enum class PersistentReach : std::uint8_t {
  domain_itself = 0,
  wider,  // wildcards and names under the domain too: it says `policy=wildcard`
};
constexpr PersistentReach greatest(PersistentReach /*of*/) {
  return PersistentReach::wider;
}

struct DomainClaim {
  ClaimId id = ClaimId::from_octets({});
  TenantId tenant = TenantId::from_octets({});
  std::optional<OrganizationId> organization;
  std::string organization_name;  // as same_name() writes it; empty: of a person
  std::string family;             // of the product it was proven for
  std::string domain;             // at which control was shown; an address for what is one
  ControlMethod method = ControlMethod::dns_txt;
  ca::Time validated_at{};
  std::vector<std::string> evidence;         // every step of the look
  std::optional<ApplicationId> application;  // none: proven before any
  std::optional<ca::Time> revoked_at;
  std::string revoked_because;
  PersistentReach reach = PersistentReach::domain_itself;  // of a method whose record stays
  bool corroborated = false;                               // others saw it too (BR 3.2.2.9)

  template <class Self, class Walk>
  static void fields(Self& self, Walk& walk) {
    walk(1, self.id);
    walk(2, self.tenant);
    walk(3, self.organization);
    walk(4, self.organization_name);
    walk(5, self.family);
    walk(6, self.domain);
    walk(7, self.method);
    walk(8, self.validated_at);
    walk(9, self.evidence);
    walk(10, self.application);
    walk(11, self.revoked_at);
    walk(12, self.revoked_because);
    walk(13, self.reach);
    walk(14, self.corroborated);
  }
  [[nodiscard]] std::string encode() const { return encode_record(*this); }
  static DomainClaim decode(std::string_view bytes) {
    return decode_record<DomainClaim>("domain claim", bytes);
  }
  bool operator==(const DomainClaim&) const = default;
};

/// ClaimId octets -> claim.
inline constexpr storage::Table<DomainClaim> kDomainClaims{"domain_claims"};
/// TenantId octets, family, domain, ClaimId octets -> nothing.
inline constexpr storage::TableName kClaimsByDomain{"claims_by_domain"};
/// OrganizationId octets, domain, ClaimId octets -> nothing.
inline constexpr storage::TableName kClaimsByOrganization{"claims_by_organization"};

/// An organization's name as claims compare it: ASCII in lower case, white space at the ends away
/// and within as one space.
std::string same_name(std::string_view organization_name);

/// Stores `claim`, whose id is fresh, with its indexes and its audit entry "domain.validated".
void record_claim(storage::Transaction& transaction, const DomainClaim& claim);

/// From now on it counts for nothing. Refuses with not_found what `actor` may not see, with
/// forbidden an actor who only reads or only asks, with state_conflict what was revoked before.
Allowed<void> revoke_claim(storage::Transaction& transaction,
                           const Actor& actor,
                           const ClaimId& id,
                           std::string reason,
                           ca::Time now);

/// For whom and for what a claim is to count.
struct ClaimUse {
  TenantId tenant;
  std::string organization_name;  // as same_name() writes it
  const Product* product;         // never null
  Corroborators corroborators = Corroborators::nobody;
};

/// Whether control shown as `claim` says stands for `identifier`, of whomever and however old.
bool reaches(const DomainClaim& claim, const ca::Identifier& identifier);

/// The last second in which a certificate may be signed by what was validated then, for the
/// application it was validated for: the rulebook where the trust is public (BR 4.2.1), and 398
/// days elsewhere.
ca::Time last_signing(const DomainClaim& claim, const Product& product);
/// The last second in which a further application may rest on it: what the product's reuse and
/// last_signing both allow. Before the validation for a product without reuse.
ca::Time last_reuse(const DomainClaim& claim, const Product& product);

/// The newest claim that a further application may rest on for `identifier` at `now`: of the same
/// tenant and family, of the same organization where the product's key has it, at a domain that may
/// stand for it by the claim's method, not revoked, not too old, and corroborated where that is
/// asked for.
std::optional<DomainClaim> claim_that_proves(const storage::Snapshot& snapshot,
                                             const ClaimUse& use,
                                             const ca::Identifier& identifier,
                                             ca::Time now);

/// Whether `claim` may be signed by for `identifier` at `now`, by whichever application rests on
/// it: the last look before the signature (rule A-9).
bool is_good_for_signing(const DomainClaim& claim,
                         const ClaimUse& use,
                         const ca::Identifier& identifier,
                         ca::Time now);

/// All claims of an organization by domain, oldest first within one, also revoked and old ones.
std::vector<DomainClaim> claims_of(const storage::Snapshot& snapshot,
                                   const OrganizationId& organization);

}  // namespace policy
