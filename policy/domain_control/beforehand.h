// Domains that an organization proves before any application. What is placed and looked for is that
// of policy/domain_control/control.h; what comes of it is a claim, which later applications rest on
// as far as their product and the dated rules let it (policy/domain_control/claims.h).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "policy/applications/commands.h"
#include "policy/domain_control/control.h"

namespace policy {

/// Of an organization, a family of products and a name there is one; asking again finds it again.
DomainId domain_id(const OrganizationId& organization,
                   std::string_view family,
                   const ca::Identifier& name);

struct DomainWish {
  OrganizationId organization;
  std::string product;
  ca::Identifier name;
  std::optional<ControlMethod> method = {};  // none: the first that the product offers for it
};

/// Opens it for the product's days, or finds it open; another method takes the place of the one
/// before. A name for which a claim counts already is proven at once. Refuses with not_found what
/// is not the caller's organization, entitlement_required a product that is not on offer,
/// validation a product that lets nothing count again, the faults of the name under the product,
/// and with dcv_method_not_available. By administrators of the tenant.
Allowed<DomainControl> prove_beforehand(const Here& here,
                                        const ControlHouse& house,
                                        const DomainWish& wish,
                                        ca::RandomSource& random);

/// Open or closed. Refuses with not_found what is not the organization's.
Allowed<DomainControl> find_beforehand(const storage::Snapshot& snapshot,
                                       const OrganizationId& organization,
                                       const DomainId& id);

/// A name that the organization is proving now, in text; nothing if there is none. Looks through
/// every open look for control.
std::optional<std::string> name_under_proof(const storage::Snapshot& snapshot,
                                            const OrganizationId& organization);

}  // namespace policy
