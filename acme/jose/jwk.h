// JSON Web Keys (RFC 7517) of the kinds ACME accounts use.
#pragma once

#include <string>
#include <string_view>

#include "acme/problem.h"
#include "ca/crypto/public_key.h"

namespace acme {

/// Reads the text of a JWK object strictly: RSA with e = 65537, EC on P-256/P-384/P-521, OKP
/// Ed25519; no private members, no duplicates. Refuses with bad_public_key (policy) or malformed
/// (shape).
Result<ca::PublicKey> parse_jwk(std::string_view json);

/// RFC 7638 SHA-256 thumbprint, base64url.
std::string thumbprint(const ca::PublicKey& key);
/// The RFC 7638 canonical JWK text: the members required, in order, without spaces.
std::string canonical_jwk(const ca::PublicKey& key);

}  // namespace acme
