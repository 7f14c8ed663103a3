// Public keys: parsed once, judged before first use, then shared.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "ca/rejection.h"

namespace ca {

/// The kinds of key this CA knows.
enum class KeyKind { rsa, ec_p256, ec_p384, ec_p521, ed25519, sm2 };

/// Signature algorithms by what they mean, not by how a protocol spells them.
enum class SignatureAlgorithm {
  rsa_pkcs1_sha256,
  rsa_pkcs1_sha384,
  rsa_pkcs1_sha512,
  ecdsa_sha256,
  ecdsa_sha384,
  ecdsa_sha512,
  ed25519,
  sm2_sm3,        // distinguishing identifier 1234567812345678 (GM/T 0009 §10)
  sm2_sm3_no_id,  // an empty one, as a plain `openssl req` writes it; accepted in requests only
};

/// How an ECDSA signature is written: a DER SEQUENCE (X.509) or r and s side by side (JWS, RFC 7518
/// §3.4).
enum class SignatureForm { der, fixed_width };

/// True if a key of this kind makes such signatures in X.509: any hash with any curve. (JWS ties
/// each curve to one hash, RFC 7518 §3.4; PublicKey::verify looks after that in the fixed-width
/// form.)
bool fits(KeyKind kind, SignatureAlgorithm algorithm);

/// An immutable public key that has passed the key policy. Cheap to copy; safe from any thread.
class PublicKey {
 public:
  /// Each factory judges the key *before* anything is verified with it (an odd exponent or a
  /// 16,384-bit modulus is a CPU attack): RSA of 2048, 3072 or 4096 bits with e = 65537, odd
  /// modulus without a small factor (BR 6.1.6); points on P-256, P-384 or P-521 in uncompressed
  /// named-curve form; the same on the curve of SM2; Ed25519. Rejects with bad_public_key.
  ///
  /// `from_spki` also demands the exact AlgorithmIdentifier bytes of BR 7.1.3.1, or those of
  /// Ed25519 and SM2, and nothing behind the structure.
  static Judged<PublicKey> from_spki(std::string_view der);
  static Judged<PublicKey> from_rsa(std::string_view modulus,
                                    std::string_view exponent);  // big endian
  static Judged<PublicKey> from_ec(KeyKind curve,
                                   std::string_view x,
                                   std::string_view y);  // field-width octets
  static Judged<PublicKey> from_ed25519(std::string_view octets);

  [[nodiscard]] KeyKind kind() const;
  /// Modulus bits, or the curve's size.
  [[nodiscard]] unsigned bits() const;
  /// The SubjectPublicKeyInfo, DER, exactly as it goes into a certificate. Equal keys have equal
  /// bytes.
  [[nodiscard]] const std::string& spki() const;
  /// SHA-256 of the SPKI: what key blocklists and the audit log use.
  [[nodiscard]] std::string spki_sha256() const;

  /// True if `signature` over `message` is good. False for any mismatch of algorithm, form, length
  /// or range.
  [[nodiscard]] bool verify(SignatureAlgorithm algorithm,
                            SignatureForm form,
                            std::string_view message,
                            std::string_view signature) const;

  /// The key itself: same kind, same value.
  bool operator==(const PublicKey& other) const { return spki() == other.spki(); }

  struct State;
  explicit PublicKey(std::shared_ptr<const State> state) : state_(std::move(state)) {}
  [[nodiscard]] const State& state() const { return *state_; }

 private:
  std::shared_ptr<const State> state_;
};

}  // namespace ca
