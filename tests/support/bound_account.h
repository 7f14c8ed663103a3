// Accounts of ACME as a key for external accounts leaves them that has opened them.
#pragma once

#include <string>

#include "acme/records/account_record.h"
#include "acme/records/external_key_record.h"
#include "storage/transaction.h"

namespace tests {

/// Makes `id` an account that the key opened, which must be there. An account that is not there yet
/// gets a key of its own that nobody has.
inline void bind_account(storage::Transaction& transaction,
                         const acme::AccountId& id,
                         const std::string& kid) {
  acme::ExternalKeyRecord key = acme::kExternalKeys.get(transaction, kid).value();
  ++key.uses;
  acme::kExternalKeys.put(transaction, kid, key);
  acme::AccountRecord fresh;
  fresh.spki = "key of " + id.text();
  fresh.created_at = key.created_at;
  acme::AccountRecord account = acme::kAccounts.get(transaction, id.octets()).value_or(fresh);
  account.external = acme::ExternalAccount{kid, "{}"};
  acme::kAccounts.put(transaction, id.octets(), account);
  transaction.put(acme::kExternalKeyAccounts, acme::external_key_account(kid, id), "");
}

}  // namespace tests
