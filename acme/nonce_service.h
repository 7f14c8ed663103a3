// Replay nonces without a disk (RFC 8555 §6.5).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "ca/crypto/random.h"

namespace acme {

/// Issues and redeems nonces. A nonce is an AEAD-sealed counter under a key of this process, so nonces from before a
/// restart are refused and clients retry; a ring of bits remembers which of the last `window` counters were redeemed, so
/// memory is bounded. Safe from any thread.
class NonceService {
 public:
  explicit NonceService(ca::RandomSource& random, std::uint64_t window = 1 << 20);
  ~NonceService();
  /// A fresh nonce: base64url, nothing else.
  std::string issue();
  /// True the first time a live nonce is shown; false for any other text.
  bool redeem(std::string_view nonce);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace acme
