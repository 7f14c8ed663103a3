// Keys of external accounts (RFC 8555 §7.3.4): what the operator gave to whom, and which accounts
// came of it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "acme/hold_mode.h"
#include "acme/ids.h"
#include "ca/time.h"
#include "policy/ids.h"
#include "storage/table.h"

namespace acme {

/// The organization that the accounts of a key act for.
struct OrganizationBinding {
  policy::TenantId tenant = policy::TenantId::from_octets({});
  policy::OrganizationId organization = policy::OrganizationId::from_octets({});
  HoldMode hold = HoldMode::processing;
  bool operator==(const OrganizationBinding&) const = default;
};

/// A MAC key with the terms under which it opens accounts, and within which those accounts order.
struct ExternalKeyRecord {
  std::string secret;  // at least kLeastMacKeyOctets octets; never shown after it was made
  std::string label;   // for people: who got it
  ca::Time created_at{};
  std::optional<ca::Time> expires_at;     // opens no account from then on
  std::optional<std::uint64_t> max_uses;  // accounts it may open
  std::uint64_t uses = 0;                 // accounts it has opened
  std::vector<std::string> profiles;      // which its accounts may order; none: all
  std::vector<std::string> domains;     // its accounts may order names at or under these; none: all
  std::optional<ca::Time> disabled_at;  // opens no account from then on
  std::string
      default_profile;  // what its accounts get that name none; empty: see default_profile()
  std::optional<OrganizationBinding> binding;  // without it, products with a review are refused
  std::optional<ca::Time> rotated_at;  // when it got its present secret, if that is not its first

  [[nodiscard]] std::string encode() const;
  static ExternalKeyRecord decode(std::string_view bytes);
  bool operator==(const ExternalKeyRecord&) const = default;
};

/// What a key is at some instant.
enum class ExternalKeyState { open, disabled, expired, used_up };
ExternalKeyState state_of(const ExternalKeyRecord& key, ca::Time now);
/// "open", "disabled", "expired", "used up".
std::string_view text_of(ExternalKeyState state);

/// Key identifier -> key.
inline constexpr storage::Table<ExternalKeyRecord> kExternalKeys{"external_keys"};
/// Key identifier as text, AccountId octets -> nothing. The accounts a key has opened.
inline constexpr storage::TableName kExternalKeyAccounts{"external_key_accounts"};

/// The row of `account` in kExternalKeyAccounts.
std::string external_key_account(std::string_view kid, const AccountId& account);

/// Visits the accounts that the key has opened, in order of their making, with their rows in
/// kExternalKeyAccounts; begins after the row `behind`, or with the first. Rows of keys sort as
/// their identifiers. The visitor must not write.
void visit_accounts_of(
    const storage::Snapshot& snapshot,
    std::string_view kid,
    std::string_view behind,
    const std::function<storage::Scan(std::string_view row, const AccountId&)>& visit);
/// The same for all of them.
void for_each_account_of(const storage::Snapshot& snapshot,
                         std::string_view kid,
                         const std::function<void(const AccountId&)>& visit);

/// Adds a key, with its audit entry. False, and nothing is written, if `kid` is taken.
bool add_external_key(storage::Transaction& transaction,
                      const std::string& kid,
                      const ExternalKeyRecord& key,
                      const std::string& actor);

/// Gives the key another secret, of at least kLeastMacKeyOctets octets, with the audit entry: from
/// then on only that one opens accounts. Those it has opened stay as they are. False, and nothing
/// is written, unless there is such a key and it is open.
bool rotate_external_key(storage::Transaction& transaction,
                         const std::string& kid,
                         std::string secret,
                         const std::string& actor,
                         ca::Time now);

/// Ends a key, with its audit entry; accounts that it has opened stay as they are. Changes nothing
/// if it is disabled already. False if there is no such key.
bool disable_external_key(storage::Transaction& transaction,
                          const std::string& kid,
                          const std::string& actor,
                          ca::Time now);

}  // namespace acme
