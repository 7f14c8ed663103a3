// The DNS record that stays (BR 3.2.2.4.22, draft-ietf-acme-dns-persist): judged here for orders of
// ACME and for applications alike. No look-ups.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "ca/time.h"
#include "policy/domain_control/claims.h"

namespace policy {

/// What a record has to say.
struct PersistentTerms {
  std::vector<std::string> issuers;   // our names, in lower case; any of them
  std::vector<std::string> accounts;  // the values of `accounturi` that mean the account; any
  PersistentReach reach = PersistentReach::domain_itself;
  ca::Time now{};
};

/// Why a record does not permit.
struct PersistentRefusal {
  enum class Kind {
    unfit,      // it is for somebody or something else, or has ended
    malformed,  // it is for us, and breaks the format
  } kind = Kind::unfit;
  std::string detail;  // the end of a sentence: "is for another CA"
};

/// Judges one TXT record: the value of `accounturi` that permits, or why it does not.
std::expected<std::string, PersistentRefusal> judge_persistent_record(std::string_view record,
                                                                      const PersistentTerms& terms);

}  // namespace policy
