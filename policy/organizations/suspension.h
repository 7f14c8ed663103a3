// Bad news about an organization (III.4.3 row 32 of the specification): dissolved, on a list of
// sanctions, misuse. While it is suspended no certificate names it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "policy/applications/commands.h"
#include "policy/organizations/org_validation.h"

namespace policy {

/// Suspends every validation of the organization: nothing is signed that names it, orders that wait
/// for its review end, and an approval does not lift it. `reason` is for subscribers too: one line
/// of at most 400 characters. For specialists and supervisors. Refuses with not_found, validation,
/// with state_conflict an organization that was never validated (its application is rejected) or is
/// suspended already. With the audit entry "organization.suspended". Returns the validations as
/// they are then.
Allowed<std::vector<OrgValidation>> suspend_organization(const Here& here,
                                                         const OrganizationId& organization,
                                                         const std::string& reason);

/// Refuses with org_validation_expired, the reason and the pointer "/organizationId" what names an
/// organization that is suspended; nothing is refused where none is named.
Allowed<void> must_not_be_suspended(const storage::Snapshot& snapshot,
                                    const std::optional<OrganizationId>& organization);

/// Ends it: the validations count again as far as they are not too old. For supervisors. Refuses
/// with not_found, validation, and with state_conflict an organization that is not suspended. With
/// the audit entry "organization.reinstated". Orders that were refused meanwhile stay refused.
Allowed<std::vector<OrgValidation>> reinstate_organization(const Here& here,
                                                           const OrganizationId& organization,
                                                           const std::string& reason);

}  // namespace policy
