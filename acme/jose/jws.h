// The strict subset of flattened JWS that RFC 8555 §6.2 allows.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "acme/problem.h"
#include "ca/crypto/public_key.h"

namespace acme {

/// A parsed but not yet verified request.
struct Jws {
  std::string signing_input;  // protected "." payload, as received
  std::string signature;      // decoded
  std::string payload;        // decoded; empty for POST-as-GET
  std::string alg;            // as written in the protected header
  std::string url;
  std::string nonce;  // empty if absent, which is badNonce and not malformed (RFC 8555 §6.5)
  std::optional<std::string> kid;
  std::optional<std::string> jwk;  // the member's JSON text
};

/// Parses a flattened JSON serialization: exactly `protected`, `payload`, `signature` (no `header`,
/// no `signatures`), strict base64url, a protected header without `crit`, `b64`, `jku`, `x5u`,
/// `x5c`, without duplicate members, with exactly one of `jwk` and `kid`. Refuses with malformed,
/// or bad_signature_algorithm for an `alg` we never take.
Result<Jws> parse_jws(std::string_view body);

/// The algorithms accepted, in the order told to clients: ES256, ES384, ES512, RS256, EdDSA.
const std::vector<std::string>& signature_algorithms();

/// Checks that `alg` fits the key's kind, then the signature. Refuses an algorithm that does not
/// fit with bad_public_key when the key came in `jwk` (RFC 8555 §6.2 says so) and with
/// bad_signature_algorithm, listing `algorithms`, when it is an account's; a bad signature is
/// malformed (RFC 8555 §6.2 names no other type).
Result<void> verify_jws(const Jws& jws, const ca::PublicKey& key);

}  // namespace acme
