// Lists of keys whose private keys everybody can have, because a broken generator made them: those
// of Debian's OpenSSL of 2006 to 2008 first of all (BR 6.1.1.3 (5)). Operators fetch or make them;
// none is part of this program.
#pragma once

#include <array>
#include <cstddef>
#include <expected>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "ca/crypto/public_key.h"
#include "ca/rejection.h"

namespace ca {

/// The keys that certificates of the web hold, as the names of lists have them: a file named
/// blacklist.RSA-2048 is the list for keys of that size.
inline constexpr std::array<std::string_view, 6> kKeysWithLists = {
    "RSA-2048", "RSA-3072", "RSA-4096", "P-256", "P-384", "P-521"};

/// Fingerprints of weak keys: 10 or 16 octets of memory for each.
class WeakKeys {
 public:
  /// All lists together.
  static constexpr std::size_t kMost = 8'000'000;

  /// Adds the list `text`, one key in each line, as one of
  ///  - 20 hex digits: the last ten octets of the SHA-1 of what `openssl rsa -noout -modulus`
  ///    prints, "Modulus=", upper-case hex and a line feed (the former package openssl-blacklist);
  ///  - 64 hex digits: the SHA-256 of the SubjectPublicKeyInfo, for keys of every kind; a name may
  ///    stand behind it as `sha256sum` writes it.
  /// Empty lines and those that begin with # say nothing. `name` tells which keys it is for, if it
  /// holds one of kKeysWithLists. Says in one sentence, with the line, what is wrong; also that it
  /// is the SHA-256 of nothing, which a failing command leaves in a list, that there is no key in
  /// it, or that there are more than kMost together. After a fault nothing of this object may be
  /// used.
  std::expected<void, std::string> add(std::string_view name, std::string_view text);

  [[nodiscard]] bool has(const PublicKey& key) const;
  [[nodiscard]] std::size_t size() const { return moduli_.size() + keys_.size(); }
  /// Those of kKeysWithLists that no list is for.
  [[nodiscard]] std::vector<std::string_view> without_list() const;

 private:
  using ModulusDigest = std::array<char, 10>;
  using KeyDigest = std::array<char, 16>;  // half a SHA-256 tells keys apart as well

  std::vector<ModulusDigest> moduli_;  // sorted
  std::vector<KeyDigest> keys_;        // sorted
  std::set<std::string_view> listed_;  // of kKeysWithLists
};

/// From now on every key that is judged in this process is held against `lists`, which may be null.
/// They belong to the process as what OpenSSL offers does: keys are judged where no settings reach.
/// Safe from any thread.
void hold_keys_against(std::shared_ptr<const WeakKeys> lists);

/// Rejects with bad_public_key a key that is on a list. For keys that are new to the CA: of
/// certificate requests, before every signature, and of accounts. Not for reading back what is
/// stored, nor for keys that ask for a revocation.
Judged<void> judge_against_lists(const PublicKey& key);

}  // namespace ca
