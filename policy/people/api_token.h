// API tokens: what a program shows to act as a person.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ca/crypto/random.h"
#include "ca/names/ip_address.h"
#include "ca/time.h"
#include "policy/fault.h"
#include "policy/ids.h"
#include "policy/network.h"
#include "policy/people/actor.h"
#include "storage/table.h"

namespace policy {

/// What is stored of a token: never its text, only the hash of it.
struct ApiTokenRecord {
  std::string text_sha256;
  PersonId person;
  std::vector<Role> roles;  // of the person's roles, those it may use
  std::string label;
  std::vector<Network> networks;  // it counts from there alone; none: from everywhere
  ca::Time created_at{};
  std::optional<ca::Time> expires_at;  // from then on it opens nothing
  std::optional<ca::Time> disabled_at;
  std::uint64_t version = 1;

  [[nodiscard]] std::string encode() const;
  static ApiTokenRecord decode(std::string_view bytes);
  bool operator==(const ApiTokenRecord&) const = default;
};

/// TokenId octets -> token.
inline constexpr storage::Table<ApiTokenRecord> kApiTokens{"api_tokens"};
/// SHA-256 of a token's text -> TokenId octets.
inline constexpr storage::TableName kApiTokensByHash{"api_tokens_by_hash"};

enum class ApiTokenState { open, disabled, expired };
ApiTokenState state_of(const ApiTokenRecord& token, ca::Time now);
std::string_view text_of(ApiTokenState state);  // "open"

/// A fresh token: `cht_` and 32 random octets in base64url. Whoever has it acts as its person.
std::string fresh_token_text(ca::RandomSource& random);
/// Whether `text` is spelled as fresh_token_text spells it.
bool is_token_text(std::string_view text);

struct NewApiToken {
  PersonId person;
  std::vector<Role> roles;  // none: all that the person has
  std::string label;
  std::vector<Network> networks;
  std::optional<ca::Time> expires_at;
};

/// Stores the token whose text is `text` under `id`. Refuses with every field at fault: a person
/// who is not there or disabled, a role the person has not, a label that is no line of text, an end
/// that is past.
Allowed<ApiTokenRecord> create_token(storage::Transaction& transaction,
                                     const std::string& by,
                                     const TokenId& id,
                                     std::string_view text,
                                     NewApiToken wanted,
                                     ca::Time now);

/// Ends a token for good. Refuses with not_found.
Allowed<ApiTokenRecord> disable_token(storage::Transaction& transaction,
                                      const std::string& by,
                                      const TokenId& id,
                                      ca::Time now);

/// Who shows a token.
struct TokenHolder {
  Actor actor;
  TokenId token;
};
/// Why a token opens nothing. Everything behind `unknown` is said only to who has the token.
enum class TokenRefusal { malformed, unknown, disabled, expired, person_disabled, elsewhere };

/// Who shows `text`, from the address `from`. The roles are those the token and its person have
/// now.
std::expected<TokenHolder, TokenRefusal> holder_of(const storage::Snapshot& snapshot,
                                                   std::string_view text,
                                                   const std::optional<ca::IpAddress>& from,
                                                   ca::Time now);

/// Whether `text` is a token that has not ended. For what is decided before a request is read:
/// where it is shown from and what it may do are looked at later.
bool is_open_token(const storage::Snapshot& snapshot, std::string_view text, ca::Time now);

}  // namespace policy
