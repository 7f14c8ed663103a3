#include "acme/operations/account_key.h"

#include <string>

#include "acme/problem_from.h"
#include "ca/broken_rule.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/weak_keys.h"
#include "ca/ledger.h"

namespace acme {

Result<void> require_unblocked_key(const storage::Snapshot& snapshot, const ca::PublicKey& key) {
  if (auto unlisted = ca::judge_against_lists(key); !unlisted) {
    return std::unexpected(problem_from(unlisted.error()));
  }
  const std::string key_hash = key.spki_sha256();
  if (!ca::Ledger::is_key_blocked(snapshot, key_hash)) return {};
  return refuse(
      ProblemType::bad_public_key,
      ca::under(ca::BrokenRule::key_blocked,
                "the key with SHA-256 " + ca::hex(key_hash) +
                    " was reported compromised and speaks for no account; use a fresh key"));
}

}  // namespace acme
