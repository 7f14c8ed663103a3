// Which claims stood for a name when a certificate was signed, as whoever proves a store sees it.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>

#include "ca/certificate_profile.h"
#include "ca/names/identifier.h"
#include "ca/time.h"
#include "policy/domain_control/claims.h"
#include "policy/ids.h"
#include "storage/transaction.h"

namespace policy {

/// Every domain claim of a store, read once.
class ProvenNames {
 public:
  explicit ProvenNames(const storage::Snapshot& snapshot);

  /// The methods of the claims of `tenant` that counted for `name` at `signed_at`: of a method that
  /// reaches the name, not revoked before, not too old (BR 4.2.1). Empty: control was not proven.
  [[nodiscard]] std::set<ControlMethod> methods(const TenantId& tenant,
                                                const ca::Identifier& name,
                                                ca::Trust trust,
                                                ca::Time signed_at) const;

 private:
  std::multimap<std::pair<TenantId, std::string>, DomainClaim> claims_;  // by tenant and domain
};

}  // namespace policy
