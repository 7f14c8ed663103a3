// The stored shape of an account, and the index from keys to accounts.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "acme/ids.h"
#include "acme/status.h"
#include "ca/time.h"
#include "storage/table.h"

namespace acme {

/// What bound an account to an external one (RFC 8555 §7.3.4).
struct ExternalAccount {
  std::string kid;      // row of kExternalKeys
  std::string binding;  // the field `externalAccountBinding` as it was sent, JSON
  bool operator==(const ExternalAccount&) const = default;
};

/// An account (RFC 8555 §7.1.2).
struct AccountRecord {
  AccountStatus status = AccountStatus::valid;
  std::string spki;                   // SubjectPublicKeyInfo of the account key, DER
  std::vector<std::string> contacts;  // URLs, as the client wrote them
  std::optional<ca::Time> terms_agreed_at;
  std::string terms_agreed =
      {};  // URL of the terms that were agreed to then; empty if there were none
  ca::Time created_at{};
  std::optional<ExternalAccount> external = {};

  [[nodiscard]] std::string encode() const;
  static AccountRecord decode(std::string_view bytes);
  bool operator==(const AccountRecord&) const = default;
};

/// AccountId octets -> account.
inline constexpr storage::Table<AccountRecord> kAccounts{"accounts"};
/// SHA-256 of the SPKI of its present key -> AccountId octets. One row per account, also of one
/// that was deactivated: no two accounts have the same key. A key that was replaced is nobody's.
inline constexpr storage::TableName kAccountKeys{"account_keys"};

/// The account that has the key with this SPKI hash.
std::optional<AccountId> account_with_key(const storage::Snapshot& snapshot,
                                          std::string_view spki_sha256);

}  // namespace acme
