// Reading a signed CRL back before it is shown to anyone.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

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

}  // namespace ca
