// Issuers whose CRLs the server gave up: it has them no more, or they have ended.
#pragma once

#include "storage/transaction.h"

namespace acme {

/// Issuer id -> nothing. A row is there from the publication that was given up until the next one
/// is asked for (request_crl), so that the lost schedule of an issuer can be told from one that
/// ended.
inline constexpr storage::TableName kGivenUpCrls{"crls_given_up"};

}  // namespace acme
