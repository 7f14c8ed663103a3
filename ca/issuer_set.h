// The issuing CAs of one installation: which of them signs what.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "ca/certificate_profile.h"
#include "ca/crypto/signer.h"
#include "ca/issuer.h"
#include "ca/names/identifier.h"
#include "ca/time.h"

namespace ca {

/// A retired issuer signs no more certificates; its CRLs go on, and what it signed stays revocable.
enum class IssuerDuty { signs, retired };

/// The hash of a signature, for products that let the subscriber choose it.
enum class SignatureHash { sha256, sha384, sha512, sm3 };
/// The hash that this algorithm uses; nothing for Ed25519.
std::optional<SignatureHash> hash_of(SignatureAlgorithm algorithm);

/// Refers to the issuers, which outlive it. Immutable; safe from any thread.
class IssuerSet {
 public:
  struct Member {
    const Issuer* issuer;
    IssuerDuty duty = IssuerDuty::signs;
  };

  /// An installation with one issuer. Not explicit: one issuer is a set of one.
  IssuerSet(const Issuer& only);  // NOLINT(google-explicit-constructor)
  /// Never none. Throws std::logic_error otherwise.
  explicit IssuerSet(std::vector<Member> members);

  [[nodiscard]] const Issuer& first() const { return *members_.front().issuer; }
  [[nodiscard]] std::span<const Member> members() const { return members_; }
  /// By Issuer::id(), or null.
  [[nodiscard]] const Issuer* find(std::string_view id) const;
  /// By the subjectKeyIdentifier of the issuing certificate, or null.
  [[nodiscard]] const Issuer* find_by_key(std::string_view key_identifier) const;

  /// The one that signs such a certificate at `now`, or null. Its scope must hold the profile and
  /// the names (ca/certification_scope.h): SM2 profiles are for SM2 issuers and for no others. A
  /// hash that is asked for must be the issuer's. Among those that fit, one whose key is in reach
  /// comes first, then, for a profile with a subject, which is not known here, one that may certify
  /// any, then one with a key of the subscriber's family (RSA or elliptic curve), then the newest:
  /// a new issuer takes over from the old one. `spki` is the subscriber's key, or empty while there
  /// is none; `names` are empty while there are none.
  [[nodiscard]] const Issuer* choose(const CertificateProfile& profile,
                                     std::string_view spki,
                                     Time now,
                                     std::optional<SignatureHash> hash = std::nullopt,
                                     std::span<const Identifier> names = {}) const;

 private:
  std::vector<Member> members_;
};

}  // namespace ca
