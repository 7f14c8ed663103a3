// From what a client asks to be certified to names that policy allows: newOrder and newAuthz alike.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "acme/problem.h"
#include "acme/records/authorization_record.h"
#include "acme/services.h"
#include "acme/wire/requests.h"

namespace acme {

/// The product of that name, or the default one. Refuses with invalid_profile, listing those on
/// offer.
Result<const policy::Product*> find_product(const Services& services,
                                            const std::optional<std::string>& profile);

/// Sorted and without repeats: a name listed twice is one name. Refuses with everything that is
/// wrong, malformed names and forbidden ones, each as the client wrote it.
Result<std::vector<ca::Identifier>> judge_identifiers(
    const Services& services,
    const policy::Product& product,
    const std::vector<RequestedIdentifier>& wanted);

/// A pending authorization with a challenge for every method of `product` that can prove control
/// of `identifier`, each with a token of its own.
AuthorizationRecord fresh_authorization(Services& services,
                                        const AccountId& account,
                                        const policy::Product& product,
                                        const ca::Identifier& identifier,
                                        ca::Time now);

}  // namespace acme
