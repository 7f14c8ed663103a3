// What an application's names rest on, as it counts now.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "ca/names/identifier.h"
#include "ca/time.h"
#include "policy/applications/application.h"
#include "policy/domain_control/claims.h"
#include "policy/domain_control/methods.h"
#include "policy/product.h"
#include "storage/transaction.h"

namespace policy {

/// For whom the claims of `application` count: its tenant, and its organization by name.
ClaimUse claim_use_of(const storage::Snapshot& snapshot,
                      const ControlHouse& house,
                      const Application& application,
                      const Product& product);

/// The claim that the certificate before rests on, if `application` is a reissue of it and the
/// claim may still be signed by: it is the same certificate, with another key.
std::optional<DomainClaim> claim_taken_over(const storage::Snapshot& snapshot,
                                            const Application& application,
                                            const ClaimUse& use,
                                            const ca::Identifier& name,
                                            ca::Time now);

/// What the evidence of a claim says, before the id, where an order of ACME proved it.
inline constexpr std::string_view kByAuthorization = "ACME authorization ";

struct NameEvidence {
  ca::Identifier name;
  std::optional<DomainClaim> claim;  // none: it has to be proven anew
};
/// One for each name its certificate will have: the claim that its domain control left, while it is
/// young enough to sign by, or a newer one that may be used again. Empty if the product is gone.
std::vector<NameEvidence> evidence_of(const storage::Snapshot& snapshot,
                                      const Catalog& catalog,
                                      const ControlHouse& house,
                                      const Application& application,
                                      ca::Time now);

}  // namespace policy
