#include "acme/operations/deactivate_account.h"

#include "ca/audit_log.h"

namespace acme {

void deactivate_account(storage::Transaction& transaction,
                        const AccountId& id,
                        AccountRecord& record,
                        const std::string& actor,
                        ca::Time now) {
  record.status = AccountStatus::deactivated;
  kAccounts.put(transaction, id.octets(), record);
  ca::append_audit(transaction, {now, "account.deactivated", actor, id.text(), {}});
}

}  // namespace acme
