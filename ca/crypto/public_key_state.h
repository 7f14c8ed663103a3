// What a PublicKey holds. For the .cpp files of ca/crypto/ only.
#pragma once

#include <string>

#include "ca/crypto/openssl_handle.h"
#include "ca/crypto/p256_table.h"
#include "ca/crypto/public_key.h"

namespace ca {

struct PublicKey::State {
  KeyKind kind;
  unsigned bits;
  std::string spki;
  KeyHandle key;
  /// Of keys that verify by ECDSA: ready to verify a digest. Only ever copied, so that any thread
  /// may do so; making one anew costs OpenSSL a walk over all its names of algorithms.
  KeyContext verification;
  /// Empty until expect_many_signatures().
  P256TableSlot table = {};
};

/// Octets of a coordinate, and of r and s in the fixed-width form (RFC 7518 §3.4). 0 for keys that
/// are not on a curve with ECDSA.
std::size_t field_width(KeyKind kind);

}  // namespace ca
