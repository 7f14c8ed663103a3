// Whom the server takes where an applicant names nobody: orders of ACME clients, and validations.
#pragma once

#include <optional>

#include "policy/ids.h"
#include "policy/organizations/contact.h"
#include "storage/transaction.h"

namespace policy {

/// The contact of the tenant with that role that was made first.
std::optional<ContactId> first_contact_with(const storage::Snapshot& snapshot,
                                            const TenantId& tenant,
                                            ContactRole role);

}  // namespace policy
