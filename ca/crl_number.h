// The counter of CRL numbers (RFC 5280 §5.2.3).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "storage/transaction.h"

namespace ca {

/// The last CRL number that was given out for that issuer, whether its CRL came to be or not;
/// nothing if none was. Throws storage::CorruptRecord.
std::optional<std::uint64_t> last_crl_number(const storage::Snapshot& snapshot,
                                             std::string_view issuer_id);

}  // namespace ca
