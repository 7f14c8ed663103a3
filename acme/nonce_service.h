// Replay nonces without a disk (RFC 8555 §6.5).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "ca/crypto/random.h"

namespace acme {

/// Issues and redeems nonces. A nonce is an AEAD-sealed counter under a key of this process, so
/// nonces from before a restart are refused and clients retry; a ring of bits remembers which of
/// the last `window` counters were redeemed, so memory is bounded. Safe from any thread.
class NonceService {
 public:
  /// Random IVs are safe for 2^32 uses of one key (NIST SP 800-38D §8.3).
  static constexpr std::uint64_t kMaxPerKey = std::uint64_t{1} << 32;

  /// After `per_key` nonces a fresh key is drawn and all nonces before it are refused.
  explicit NonceService(ca::RandomSource& random,
                        std::uint64_t window = 1 << 20,
                        std::uint64_t per_key = kMaxPerKey);
  ~NonceService();
  /// A fresh nonce: base64url, nothing else. Throws OpenSslError if the random source fails.
  std::string issue();
  /// True the first time a live nonce is shown; false for any other text.
  bool redeem(std::string_view nonce);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace acme
