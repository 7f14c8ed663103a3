// An issuing CA: its certificate, its key, and the only way to a signed certificate.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ca/certificate.h"
#include "ca/certificate_profile.h"
#include "ca/crypto/random.h"
#include "ca/crypto/signer.h"
#include "ca/lint.h"
#include "ca/rejection.h"
#include "ca/subject.h"
#include "ca/time.h"
#include "ca/validity.h"

namespace ca {

class CertificationScope;  // ca/certification_scope.h

/// What is to be certified. All of it has been authorized before.
struct IssuanceRequest {
  std::vector<Identifier> identifiers;  // as_set()
  PublicKey public_key;
  const CertificateProfile& profile;
  Time now;
  ReservedAddresses reserved_addresses = ReservedAddresses::refused;
  Subject subject = {};  // empty for DV
  ValidityWish validity = {};
};

/// A signed certificate, its chain position and its serial.
struct IssuedCertificate {
  std::string serial;  // raw octets
  std::string der;
  Time not_before;
  Time not_after;
};

/// A CA certificate with its key. Immutable after construction; safe from any thread.
class Issuer {
 public:
  /// `chain` is the DER of the issuing certificate followed by those above it, without the root.
  /// `urls` go into the certificates it signs. Throws std::runtime_error with a plain sentence if
  /// key and certificate do not fit, or if the certificate is not a CA certificate below a root
  /// that may sign certificates and CRLs, for serverAuth alone, or as CertificationScope does.
  struct Urls {
    // http URLs; an empty one is left out of certificates.
    std::string ca_issuers = {};  // of the issuing certificate
    std::string crl = {};         // of the CRL over everything; ends in .crl
    // How many parts the CRL has that certificates name (ca/crl_scheme.h); 1: they name `crl`.
    std::uint32_t crl_parts = 1;
    std::string ocsp = {};
    enum class OcspIn { long_lived, all };  // BR 7.1.2.11.2: short-lived ones need none
    OcspIn ocsp_in = OcspIn::all;
  };
  /// Each of `alternates` is another chain that leads to another root: it begins with a certificate
  /// for the name and key of the issuing one.
  using Chain = std::vector<std::string>;
  /// `trust` is whose root the chain leads to; an SM2 key is for Trust::gm whatever it says.
  Issuer(Chain chain,
         std::unique_ptr<Signer> signer,
         Urls urls,
         std::vector<Chain> alternates = {},
         Trust trust = Trust::web);
  ~Issuer();

  /// Draws a serial (ca/serial.h), builds the TBSCertificate, puts it under a static value in place
  /// of a signature (BR 4.3.1.2 (2)) and lints it. Nothing is stored and the CA key is not touched.
  /// The validity is the profile's, cut where BR 6.3.2 or the issuing certificate end earlier.
  /// Rejects with bad_validity (ca/validity.h), bad_subject, forbidden_name or bad_public_key for
  /// what the profile does not allow, with issuer_unavailable outside the issuing certificate's
  /// validity or while its key is out of reach, or with lint_failed, which is a fault of ours.
  Judged<LintedCertificate> prepare(const IssuanceRequest& request, RandomSource& random) const;

  /// The same for the certificate of an OCSP responder with this key (BR 7.1.2.8): its own profile,
  /// its own lints (ca/ocsp/). Rejects with lint_failed.
  Judged<LintedCertificate> prepare_responder(const PublicKey& key,
                                              RandomSource& random,
                                              Time now) const;

  /// Signs. The intent must be durable already, which the type proves (docs/issuance-cycle.md). The
  /// signed TBS bytes are compared with the linted ones and the signature is verified. Throws
  /// OpenSslError or SigningFailed if the key fails. The issuer outlives the coroutine.
  boost::asio::awaitable<IssuedCertificate> sign(DurableIntent intent) const;

  /// How many chains there are; never 0.
  [[nodiscard]] std::size_t chains() const;
  /// PEM of `leaf` followed by a chain (RFC 8555 §9.1): 0 is the main one, those behind it are the
  /// alternates. Throws std::out_of_range.
  [[nodiscard]] std::string chain_pem(std::string_view leaf_der, std::size_t chain = 0) const;

  /// SHA-256 of the issuing certificate, in hex: the issuer's name in records.
  [[nodiscard]] const std::string& id() const;
  [[nodiscard]] const Urls& urls() const;
  [[nodiscard]] const CertificateView& certificate() const;
  [[nodiscard]] const std::string& certificate_der() const;
  /// subjectKeyIdentifier octets of the issuing certificate.
  [[nodiscard]] const std::string& key_identifier() const;
  [[nodiscard]] Signer& signer() const;
  /// What it may certify; `prepare` rejects what is beyond it with lint_failed.
  [[nodiscard]] const CertificationScope& scope() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ca
