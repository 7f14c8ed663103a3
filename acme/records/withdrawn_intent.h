// Serials that an order was given and gave back, because nothing was signed under them.
#pragma once

#include <string>
#include <string_view>

#include "acme/ids.h"
#include "storage/transaction.h"

namespace acme {

/// withdrawn_intent_key() -> nothing. The serial is revoked, the ledger has no certificate for it
/// and never will; the order goes on with another one. Rows stay as long as the ledger does.
inline constexpr storage::TableName kWithdrawnIntents{"withdrawn_intents"};

/// OrderId octets, then the serial_key of the serial (ca/revocation_index.h).
std::string withdrawn_intent_key(const OrderId& order,
                                 std::string_view issuer_id,
                                 std::string_view serial);

}  // namespace acme
