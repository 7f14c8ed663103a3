// Whether an approved application may be signed for now, and which CA signs it. Safe from any
// thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ca/crypto/public_key.h"
#include "ca/issuer_set.h"
#include "ca/time.h"
#include "policy/applications/application.h"
#include "policy/issuing/application_issuance.h"
#include "policy/product.h"
#include "storage/transaction.h"

namespace policy {

/// What becomes of an attempt that may not go on.
enum class RefusalKind {
  passing,  // approved still; tried again later
  final,    // never as it is: the application is rejected with the cause
};
struct IssuanceRefusal {
  RefusalKind kind;
  std::string code;                     // "caa", "key_blocked", "dcv_expired", …
  std::string detail;                   // one sentence
  std::vector<std::string> votes = {};  // what perspectives said, a line each
};

IssuanceRefusal final_refusal(std::string code, std::string detail);
IssuanceRefusal passing_refusal(std::string code, std::string detail);
/// Passing: one may be added, or become valid.
IssuanceRefusal no_issuer_refusal();

/// Rule A-9, the part that lies in the store: the product is there, nothing is stopped, every name
/// has evidence of this customer that is young enough, the key is not blocked, and the approval
/// counts: the organization is not suspended, too old or changed, and whoever had to agree has
/// (approval_counts).
std::optional<IssuanceRefusal> issuance_refusal(const storage::Snapshot& snapshot,
                                                const IssuingServices& services,
                                                const Application& application,
                                                ca::Time now);

/// The key of the application's request; of the request nothing else is taken, its names were
/// judged when it was submitted. Throws storage::CorruptRecord if the stored one is not acceptable.
ca::PublicKey requested_key(const Application& application);

/// The CA that signs for `application` at `now`, or null if none can. An application for ACME has
/// no request: the family of its key then counts for nothing.
const ca::Issuer* issuer_for(const ca::IssuerSet& issuers,
                             const Application& application,
                             const Product& product,
                             ca::Time now);

}  // namespace policy
