// Certificates as bytes with the few facts we need beside them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ca/crypto/public_key.h"
#include "ca/extension_list.h"
#include "ca/names/identifier.h"
#include "ca/rejection.h"
#include "ca/time.h"

namespace ca {

/// What is read back from a certificate's DER: for revocation requests, for `verify`, for comparing
/// what was signed.
struct CertificateView {
  std::string serial;   // raw content octets of the INTEGER, without a leading zero octet
  std::string tbs;      // the whole TBSCertificate element
  std::string issuer;   // Name, DER
  std::string subject;  // Name, DER
  std::string spki;     // SubjectPublicKeyInfo, DER
  Time not_before;
  Time not_after;
  std::vector<Identifier> identifiers;   // of the subjectAltName, as_set()
  std::string authority_key_identifier;  // keyIdentifier octets, may be empty
  std::vector<Extension> extensions;     // all of them, in their order
};

/// Reads a DER certificate strictly (canonical lengths, nothing trailing). Rejects with
/// bad_certificate.
Judged<CertificateView> view_certificate(std::string_view der);

}  // namespace ca
