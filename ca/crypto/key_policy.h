// Which keys are good enough, judged on their numbers alone and before anything is computed with
// them.
#pragma once

#include <expected>
#include <string_view>

#include "ca/crypto/public_key.h"
#include "ca/rejection.h"

namespace ca {

/// Judges an RSA key, big-endian octets without leading zeros: 2048, 3072 or 4096 bits, e = 65537,
/// odd modulus without a prime factor below 752 (BR 6.1.6), without the ROCA fingerprint and not
/// factored by 100 rounds of Fermat's method (BR 6.1.1.3). A whole check takes well under a
/// millisecond. Rejects with bad_public_key.
Judged<void> judge_rsa(std::string_view modulus, std::string_view exponent);

/// Judges an Ed25519 key: 32 octets that are not a point of small order, for which anyone can make
/// signatures that verify (RFC 8032 §5.1.7 leaves this to the caller). Rejects with bad_public_key.
Judged<void> judge_ed25519(std::string_view octets);

}  // namespace ca
