#include "acme/review/bound_clients.h"

#include <string_view>

#include "acme/records/account_record.h"
#include "acme/records/external_key_record.h"

namespace acme {

namespace {

std::optional<AccountId> valid_account_of(const storage::Snapshot& snapshot, std::string_view kid) {
  std::optional<AccountId> found;
  visit_accounts_of(snapshot, kid, "", [&](std::string_view, const AccountId& id) {
    const auto account = kAccounts.get(snapshot, id.octets());
    if (!account || account->status != AccountStatus::valid) return storage::Scan::proceed;
    found = id;
    return storage::Scan::stop;
  });
  return found;
}

}  // namespace

std::optional<std::string> client_bound_to(const storage::Snapshot& snapshot,
                                           const policy::OrganizationId& organization,
                                           ca::Time now) {
  std::optional<std::string> found;
  kExternalKeys.scan_prefix(snapshot, "", [&](std::string_view kid, const ExternalKeyRecord& key) {
    if (!key.binding || key.binding->organization != organization) {
      return storage::Scan::proceed;
    }
    if (state_of(key, now) == ExternalKeyState::open) {
      found = "the key " + std::string(kid);
    } else if (const auto account = valid_account_of(snapshot, kid)) {
      found = "the account " + account->text() + " of the key " + std::string(kid);
    }
    return found ? storage::Scan::stop : storage::Scan::proceed;
  });
  return found;
}

}  // namespace acme
