// From what a client asks to be certified to names that policy allows: newOrder and newAuthz alike.
#pragma once

#include <map>
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

/// Names that may be ordered.
struct RequestedNames {
  std::vector<ca::Identifier> identifiers;  // sorted, without repeats: as_set()
  /// The domain above a name that the client can prove instead of it (RFC 9444 §4.3).
  std::map<ca::Identifier, ca::DnsName> ancestors;
};

/// Judges all of `wanted`. Refuses with everything that is wrong, malformed names and forbidden
/// ones, each as the client wrote it.
Result<RequestedNames> judge_identifiers(const Services& services,
                                         const policy::Product& product,
                                         const std::vector<RequestedIdentifier>& wanted);

/// A pending authorization with a challenge for every method of `product` that can prove control
/// of `identifier`, each with a token of its own.
AuthorizationRecord fresh_authorization(Services& services,
                                        const AccountId& account,
                                        const policy::Product& product,
                                        const ca::Identifier& identifier,
                                        policy::Coverage coverage,
                                        ca::Time now);

}  // namespace acme
