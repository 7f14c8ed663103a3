// The end of an account (RFC 8555 §7.3.6), whoever asks for it.
#pragma once

#include <string>

#include "acme/ids.h"
#include "acme/records/account_record.h"
#include "ca/time.h"
#include "storage/transaction.h"

namespace acme {

/// Stores `record`, which has to be valid, as deactivated, with the audit entry. From then on
/// nobody speaks for the account; its key stays taken, and its certificates stay as they are.
void deactivate_account(storage::Transaction& transaction,
                        const AccountId& id,
                        AccountRecord& record,
                        const std::string& actor,
                        ca::Time now);

}  // namespace acme
