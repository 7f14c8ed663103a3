// What stands in place of a signature while a certificate is linted.
#pragma once

#include <string>

#include "ca/crypto/public_key.h"

namespace ca {

/// Octets as long as a signature by `key`. BR 4.3.1.2 (2) allows a static value as the signature of
/// what is linted. It costs nothing, where a signature by a throw-away RSA key would cost as much
/// as the real one, and it can never be mistaken for a signature.
std::string placeholder_signature(const PublicKey& key);

}  // namespace ca
