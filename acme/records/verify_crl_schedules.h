// Offline proof that the next CRL of every issuer is due.
#pragma once

#include <string>
#include <vector>

#include "ca/issuer.h"
#include "storage/transaction.h"

namespace acme {

/// One sentence for each schedule without its one row of due work, for each such row without its
/// schedule, and for each of `issuers` that published CRLs and has no schedule for the next, unless
/// the server gave its CRLs up (acme/records/given_up_crls.h).
std::vector<std::string> verify_crl_schedules(const storage::Snapshot& snapshot,
                                              const std::vector<const ca::Issuer*>& issuers);

}  // namespace acme
