// Which JWS algorithm goes with which key. One table for JWS and JWK.
#pragma once

#include <array>
#include <string_view>

#include "ca/crypto/public_key.h"

namespace acme {

struct JoseAlgorithm {
  std::string_view name;  // RFC 7518 §3.1, RFC 8037 §3.1
  ca::KeyKind key;
  ca::SignatureAlgorithm signature;
  ca::SignatureForm form;
};

/// In the order told to clients. One row per kind of key: no key can be used with two algorithms.
inline constexpr std::array<JoseAlgorithm, 5> kJoseAlgorithms{{
    {"ES256", ca::KeyKind::ec_p256, ca::SignatureAlgorithm::ecdsa_sha256,
     ca::SignatureForm::fixed_width},
    {"ES384", ca::KeyKind::ec_p384, ca::SignatureAlgorithm::ecdsa_sha384,
     ca::SignatureForm::fixed_width},
    {"ES512", ca::KeyKind::ec_p521, ca::SignatureAlgorithm::ecdsa_sha512,
     ca::SignatureForm::fixed_width},
    {"RS256", ca::KeyKind::rsa, ca::SignatureAlgorithm::rsa_pkcs1_sha256, ca::SignatureForm::der},
    {"EdDSA", ca::KeyKind::ed25519, ca::SignatureAlgorithm::ed25519, ca::SignatureForm::der},
}};

/// The row with this exact name, or null.
const JoseAlgorithm* jose_algorithm(std::string_view name);
/// The row for this kind of key; every kind has one.
const JoseAlgorithm& jose_algorithm(ca::KeyKind key);

}  // namespace acme
