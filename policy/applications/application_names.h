// Which names may be asked for under a product of the catalog.
#pragma once

#include <vector>

#include "policy/applications/ports.h"
#include "policy/fault.h"
#include "policy/name_rules.h"
#include "policy/product.h"

namespace policy {

/// Every fault of `identifiers` (as_set()), each with its pointer into them ("/identifiers/0"):
/// kinds and numbers that the product has, suffixes that it leaves out, names that only a
/// combination of certificates can have, and what is never certified at all (policy/name_rules.h).
/// Whether there are enough of them is asked of the whole only.
std::vector<FaultAt> faults_of_names(const Product& product,
                                     const std::vector<ca::Identifier>& identifiers,
                                     SpecialUseNames special_use,
                                     WishExtent extent);

}  // namespace policy
