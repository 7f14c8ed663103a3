// Reading a signed CRL back before it is shown to anyone.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ca/certificate.h"
#include "ca/crl.h"
#include "ca/issuer.h"
#include "ca/time.h"

namespace ca {

/// What a CRL is meant to say besides its list.
struct CrlClaims {
  std::uint64_t number;
  Time this_update;
  Time next_update;
  /// URLs of the issuingDistributionPoint; none: a CRL over everything, without one.
  std::vector<std::string> urls = {};
};

/// What is wrong with `der`, read anew from its bytes, as a CRL of `issuer` with `claims`: a
/// sentence, or nothing. Looks at the structure, the version, the issuer's name, both times, the
/// CRL number, the authorityKeyIdentifier, the issuingDistributionPoint (RFC 5280 §5.1, §5.2), and
/// at last at the signature, with the key in the issuer's certificate.
std::string crl_fault(std::string_view der, const Issuer& issuer, const CrlClaims& claims);

/// What a CRL says, read back.
struct CrlView {
  Time this_update{}, next_update{};
  std::uint64_t number = 0;
  /// It has an issuingDistributionPoint, which names these places, octet for octet.
  bool is_of_a_part = false;
  std::vector<std::string> urls = {};
  std::vector<RevokedSerial> revoked;
};

/// The URLs of a DistributionPointName with a fullName (RFC 5280 §4.2.1.13, §5.2.5), octet for
/// octet as they stand there; nothing if `name`, the [0] around it, is anything else.
std::optional<std::vector<std::string>> full_name_urls(std::string_view name);

/// The places that a certificate's cRLDistributionPoints names (BR 7.1.2.11.2: one point with a
/// fullName); none if there are none, or in another form, which is for the lints.
std::vector<std::string> crl_places_of(const CertificateView& certificate);

/// Reads a CRL as this program makes them; nothing for anything else.
std::optional<CrlView> view_crl(std::string_view der);

/// Why `der` is not a CRL signed in the name and by the key of `issuer`: a sentence, or nothing.
std::string crl_signature_fault(std::string_view der, const Issuer& issuer);

}  // namespace ca
