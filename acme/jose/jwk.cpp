#include "acme/jose/jwk.h"

#include <array>
#include <stdexcept>
#include <utility>

#include "acme/in_quotes.h"
#include "acme/jose/algorithms.h"
#include "acme/problem_from.h"
#include "acme/wire/strict_json.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "ca/der/reader.h"

namespace acme {
namespace {

// RFC 7518 §6.2.2, §6.3.2, §6.4.1. Whoever sends one of these has shown the key to the world.
constexpr std::array<std::string_view, 8> kPrivateMembers{"d",  "p",  "q",   "dp",
                                                          "dq", "qi", "oth", "k"};

struct Curve {
  std::string_view name;  // RFC 7518 §6.2.1.1
  ca::KeyKind kind;
  std::size_t width;
};
constexpr std::array<Curve, 3> kCurves{{
    {"P-256", ca::KeyKind::ec_p256, 32},
    {"P-384", ca::KeyKind::ec_p384, 48},
    {"P-521", ca::KeyKind::ec_p521, 66},
}};

Result<ca::PublicKey> judged(ca::Judged<ca::PublicKey> key) {
  if (!key) return std::unexpected(problem_from(key.error()));
  return *std::move(key);
}

/// Base64urlUInt (RFC 7518 §2): no leading zero octet, and not empty.
Result<std::string> unsigned_integer(const JsonObject& jwk, std::string_view name) {
  auto octets = jwk.base64url(name);
  if (octets && (octets->empty() || octets->front() == '\0')) {
    return jwk.refuse_member(name, "expected an integer without leading zero octets (RFC 7518 §2)");
  }
  return octets;
}

Result<std::string> octets_of_width(const JsonObject& jwk,
                                    std::string_view name,
                                    std::size_t width) {
  auto octets = jwk.base64url(name);
  if (octets && octets->size() != width) {
    return jwk.refuse_member(name, "expected " + std::to_string(width) + " octets, found " +
                                       std::to_string(octets->size()));
  }
  return octets;
}

Result<ca::PublicKey> rsa_key(const JsonObject& jwk) {
  const auto modulus = unsigned_integer(jwk, "n");
  if (!modulus) return std::unexpected(modulus.error());
  const auto exponent = unsigned_integer(jwk, "e");
  if (!exponent) return std::unexpected(exponent.error());
  return judged(ca::PublicKey::from_rsa(*modulus, *exponent));
}

Result<ca::PublicKey> ec_key(const JsonObject& jwk) {
  const auto name = jwk.string("crv");
  if (!name) return std::unexpected(name.error());
  for (const Curve& curve : kCurves) {
    if (curve.name != *name) continue;
    const auto x = octets_of_width(jwk, "x", curve.width);
    if (!x) return std::unexpected(x.error());
    const auto y = octets_of_width(jwk, "y", curve.width);
    if (!y) return std::unexpected(y.error());
    return judged(ca::PublicKey::from_ec(curve.kind, *x, *y));
  }
  return refuse(
      ProblemType::bad_public_key,
      "jwk: the curve " + in_quotes(*name) + " is not supported, expected P-256, P-384 or P-521");
}

Result<ca::PublicKey> octet_key_pair(const JsonObject& jwk) {
  const auto name = jwk.string("crv");
  if (!name) return std::unexpected(name.error());
  if (*name != "Ed25519") {
    return refuse(ProblemType::bad_public_key,
                  "jwk: the curve " + in_quotes(*name) + " is not supported, expected Ed25519");
  }
  const auto x = octets_of_width(jwk, "x", 32);
  if (!x) return std::unexpected(x.error());
  return judged(ca::PublicKey::from_ed25519(*x));
}

Result<ca::PublicKey> key_of(const JsonObject& jwk) {
  const auto type = jwk.string("kty");
  if (!type) return std::unexpected(type.error());
  if (*type == "RSA") return rsa_key(jwk);
  if (*type == "EC") return ec_key(jwk);
  if (*type == "OKP") return octet_key_pair(jwk);
  return refuse(ProblemType::bad_public_key, "jwk: the key type " + in_quotes(*type) +
                                                 " is not supported, expected RSA, EC or OKP");
}

/// `use` and `alg` restrict what a key is for (RFC 7517 §4.2, §4.4); a key for something else signs
/// nothing here.
Result<void> check_purpose(const JsonObject& jwk, ca::KeyKind kind) {
  const auto use = jwk.optional_string("use");
  if (!use) return std::unexpected(use.error());
  if (*use && **use != "sig")
    return jwk.refuse_member("use", "expected \"sig\", found " + in_quotes(**use));
  const auto algorithm = jwk.optional_string("alg");
  if (!algorithm) return std::unexpected(algorithm.error());
  const std::string_view fitting = jose_algorithm(kind).name;
  if (*algorithm && **algorithm != fitting) {
    return jwk.refuse_member("alg", "expected " + in_quotes(fitting) +
                                        " for this kind of key, found " + in_quotes(**algorithm));
  }
  return {};
}

/// Content of the BIT STRING of an SPKI that PublicKey made, so that its shape is known.
std::string_view subject_public_key(const ca::PublicKey& key) {
  ca::der::Reader spki(ca::der::only(key.spki(), ca::der::Tag::sequence).value().content);
  spki.next();  // AlgorithmIdentifier
  return ca::der::octets_of_bit_string(spki.next(ca::der::Tag::bit_string).value()).value();
}

std::string canonical_rsa(const ca::PublicKey& key) {
  ca::der::Reader numbers(
      ca::der::only(subject_public_key(key), ca::der::Tag::sequence).value().content);
  const auto modulus =
      ca::der::unsigned_integer(numbers.next(ca::der::Tag::integer).value()).value();
  const auto exponent =
      ca::der::unsigned_integer(numbers.next(ca::der::Tag::integer).value()).value();
  return R"({"e":")" + ca::base64url(exponent) + R"(","kty":"RSA","n":")" + ca::base64url(modulus) +
         R"("})";
}

std::string canonical_ec(const ca::PublicKey& key, const Curve& curve) {
  const std::string_view point = subject_public_key(key).substr(1);  // behind 04, uncompressed
  return R"({"crv":")" + std::string(curve.name) + R"(","kty":"EC","x":")" +
         ca::base64url(point.substr(0, curve.width)) + R"(","y":")" +
         ca::base64url(point.substr(curve.width)) + R"("})";
}

}  // namespace

Result<ca::PublicKey> parse_jwk(std::string_view json) {
  const auto jwk = parse_json_object("jwk", json);
  if (!jwk) return std::unexpected(jwk.error());
  for (const std::string_view name : kPrivateMembers) {
    if (jwk->has(name))
      return jwk->refuse_member(name, "is part of a private key, expected a public one");
  }
  auto key = key_of(*jwk);
  if (!key) return key;
  if (const auto fits = check_purpose(*jwk, key->kind()); !fits)
    return std::unexpected(fits.error());
  return key;
}

std::string canonical_jwk(const ca::PublicKey& key) {
  switch (key.kind()) {
    case ca::KeyKind::rsa:
      return canonical_rsa(key);
    case ca::KeyKind::ec_p256:
      return canonical_ec(key, kCurves[0]);
    case ca::KeyKind::ec_p384:
      return canonical_ec(key, kCurves[1]);
    case ca::KeyKind::ec_p521:
      return canonical_ec(key, kCurves[2]);
    case ca::KeyKind::ed25519:
      return R"({"crv":"Ed25519","kty":"OKP","x":")" + ca::base64url(subject_public_key(key)) +
             R"("})";
    case ca::KeyKind::sm2:
      throw std::logic_error("a JWK cannot hold an SM2 key");
  }
  std::unreachable();
}

std::string thumbprint(const ca::PublicKey& key) {
  return ca::base64url(ca::sha256(canonical_jwk(key)));
}

}  // namespace acme
