// External account binding (RFC 8555 §7.3.4): a JWS inside newAccount, with a MAC by a key that the
// CA gave to the client by another way.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "acme/problem.h"
#include "ca/crypto/hash.h"
#include "ca/crypto/public_key.h"

namespace acme {

/// A MAC of RFC 7518 §3.2.
struct MacAlgorithm {
  std::string_view name;
  std::size_t least_key_octets;  // "a key of the same size as the hash output or larger"
  std::string (*mac)(std::string_view key, std::string_view bytes);
};
inline constexpr std::array<MacAlgorithm, 3> kMacAlgorithms{{
    {"HS256", 32, ca::hmac_sha256},
    {"HS384", 48, ca::hmac_sha384},
    {"HS512", 64, ca::hmac_sha512},
}};

/// A key that the CA hands out must fit the smallest of them.
inline constexpr std::size_t kLeastMacKeyOctets = kMacAlgorithms.front().least_key_octets;

/// Characters of a key identifier: RFC 8555 §7.3.4 asks for ASCII; we give out and take visible
/// characters only.
inline constexpr std::size_t kMaxKeyIdentifier = 64;
bool is_key_identifier(std::string_view text);

/// A parsed but not yet verified binding.
struct ExternalBinding {
  std::string kid;
  const MacAlgorithm* algorithm = nullptr;  // a row of kMacAlgorithms
  std::string signing_input;
  std::string mac;
  std::string payload;
};

/// Steps 1 and 2 of RFC 8555 §7.3.4: a well-formed JWS whose header has a MAC algorithm, a `kid`,
/// no `jwk`, no nonce, and the `url` of the outer JWS. Refuses with malformed.
Result<ExternalBinding> parse_external_binding(std::string_view json, std::string_view outer_url);

/// Step 4. A key shorter than RFC 7518 §3.2 wants for the algorithm verifies nothing. The time
/// taken does not depend on where the MACs differ.
bool verifies(const ExternalBinding& binding, std::string_view mac_key);

/// Step 5: refuses with malformed unless the payload is the key that signed the outer JWS, by its
/// RFC 7638 thumbprint.
Result<void> require_binding_of(const ExternalBinding& binding, const ca::PublicKey& outer);

}  // namespace acme
