// An issuing key in a device behind PKCS#11 (docs/custody.md).
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "ca/crypto/signer.h"
#include "ca/custody/pkcs11_uri.h"

namespace ca {

/// How a key in a device stands.
enum class HsmStanding {
  ready,
  /// It does not answer, or not in time; it is looked for again and again, by a module that is
  /// initialized anew if nothing else works in it, and used as soon as a new session finds the key.
  away,
  /// It answered with something that is no signature of this key, or with a fault that only a
  /// person can end (a wrong PIN, which would lock the token when tried again). Nothing is asked of
  /// it any more in this process.
  halted,
};

struct HsmOptions {
  /// Threads, each with a session of its own: how many signatures may be computed at one time.
  std::size_t sessions = 2;
  /// How long a signature may take, waiting for a session included.
  std::chrono::milliseconds deadline{10'000};
  /// Between two looks for a device that is away.
  std::chrono::milliseconds look_again{2'000};
  /// Told of every change, with a sentence for the operator, from any thread and without a lock
  /// held.
  std::function<void(HsmStanding, const std::string& why)> on_change = {};
};

/// A signer for the private key that `uri` names, whose public key is `key`, as the issuing
/// certificate says: every signature is verified with it before anybody sees it. Blocks until the
/// key was found or `deadline` has passed; a device that is away then is waited for in the
/// background. Throws std::runtime_error with one sentence for what is halted from the beginning: a
/// module that cannot be loaded, a PIN that is wrong, a key that is not in the token, an algorithm
/// that PKCS#11 does not know. Of a token that was away, a key that is not in it is waited for.
///
/// sign() and async_sign() throw SigningFailed while the device is not ready, when it does not
/// answer in time, and for an answer that is not taken. An answer that comes late is thrown away. A
/// call that has reached C_Sign is never repeated; the failure of one that has not, and never will,
/// is SignatureNotMade (ca/crypto/signature_not_made.h).
std::unique_ptr<Signer> open_hsm_signer(Pkcs11Uri uri, PublicKey key, HsmOptions options);

/// A key pair that was just made in a token, which it never leaves. It is destroyed again unless it
/// is to be kept: what it was made for may fail.
class FreshHsmKey {
 public:
  /// Throws std::runtime_error with one sentence, for a key of that name too.
  FreshHsmKey(const Pkcs11Uri& uri, KeyAlgorithm algorithm);
  ~FreshHsmKey();
  FreshHsmKey(const FreshHsmKey&) = delete;
  FreshHsmKey& operator=(const FreshHsmKey&) = delete;
  [[nodiscard]] const PublicKey& public_key() const;
  void keep();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The same in one step, kept.
PublicKey generate_hsm_key(const Pkcs11Uri& uri, KeyAlgorithm algorithm);

/// Logs in and looks whether such a key could be made. Throws std::runtime_error with one sentence
/// if not.
void require_free_hsm_key(const Pkcs11Uri& uri);

}  // namespace ca
