// One line of the ledger that a signer keeps itself (docs/verify.md).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "ca/time.h"

namespace ca {

/// What an issuing key signs. OCSP answers are signed by keys of their own, whose certificates are
/// signed as any other.
enum class SignedKind { certificate, precertificate, crl };
std::string_view text_of(SignedKind kind);

/// What a TBSCertificate or TBSCertList says it is, read from its own octets.
struct SignedContent {
  SignedKind kind = SignedKind::certificate;
  std::string number;  // the serial in hex, or the CRL number in decimal
  /// Of certificates: SHA-256, hex, of the TBSCertificate without poison and list of SCTs, which is
  /// what was intended. Empty for CRLs.
  std::string intended_sha256 = {};
};
/// Nothing for what is neither, so that nothing else is ever signed.
std::optional<SignedContent> signed_content(std::string_view to_be_signed);

/// `2026-11-22T09:30:00Z 4f1a…c2 precertificate 7d0c…19 91be…07 e05b…33`: when, the SHA-256 of what
/// was signed, what it was, its number, the id of the issuer, and for certificates the SHA-256 of
/// what was intended.
struct SignerLedgerLine {
  Time when{};
  std::string tbs_sha256;  // hex
  SignedContent content;
  std::string issuer_id;  // hex

  [[nodiscard]] std::string text() const;  // without the end of the line
  /// Exactly what text() writes, or nothing.
  static std::optional<SignerLedgerLine> parse(std::string_view text);
};

/// The line that says since when the ledger is kept: `2026-11-22T09:30:00Z begin`.
std::string begin_line(Time when);
std::optional<Time> parse_begin_line(std::string_view text);

}  // namespace ca
