// Orders for names that people have to look at, whatever is known of their organization: a domain
// whose registrant has to be the applicant, a spelling that may look like another (ALI-08, EVG
// 3.2.2.7).
#pragma once

#include <vector>

#include "acme/review/standing.h"
#include "policy/product.h"

namespace acme {

/// Whether people have looked at whichever of the names has to be looked at, for the organization
/// of `review`, and that counts at `now`.
bool knows_names(const storage::Snapshot& snapshot,
                 const Review& review,
                 const policy::Product& product,
                 const std::vector<ca::Identifier>& names,
                 ca::Time now);

/// standing_of(order), where an order that rests on the validated organization alone waits until
/// people have looked at its names. Asked wherever it is decided whether an order needs an
/// application, and at the signing act; one that has an application stands as that does.
ReviewStanding standing_for_names(const storage::Snapshot& snapshot,
                                  const OrderRecord& order,
                                  const policy::Product& product,
                                  ca::Time now);

}  // namespace acme
