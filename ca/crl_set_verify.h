// That the CRLs in the store are those that the audit log says were published last. A part of
// verify_crls (ca/verify.h).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ca/crl.h"
#include "ca/ledger_history.h"
#include "storage/transaction.h"

namespace ca {

/// A stored CRL with the part of the serials that it is for.
struct StoredCrl {
  std::string name;  // crl_name
  CrlFacts facts;
  std::string issuer_id;
  std::uint32_t parts = 1, part = 0;
};

/// Every CRL that is noted in the store.
std::vector<StoredCrl> stored_crls(const storage::Snapshot& snapshot);

/// One sentence for each CRL that is older than what was published last, is missing, is another, or
/// was never published; for each that is stored without its note; and for each issuer whose counter
/// of CRL numbers is not where the audit log left it. A CRL over everything that the last
/// publication left out may be older, and so may all parts of a scheme together, if it had ended.
std::vector<std::string> verify_published_crls(const storage::Snapshot& snapshot,
                                               const LedgerHistory& history,
                                               const std::vector<StoredCrl>& crls);

}  // namespace ca
