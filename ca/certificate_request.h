// PKCS#10 (RFC 2986), read as strictly as it can be.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ca/crypto/public_key.h"
#include "ca/names/identifier.h"
#include "ca/rejection.h"

namespace ca {

/// All that is ever taken from a certificate request: the names and the key. Everything else it
/// asks for is ignored.
struct CertificateRequest {
  std::vector<Identifier>
      identifiers;  // as_set() of the subjectAltName entries and the commonName, if it is a name
  PublicKey public_key;
  // Of the subject, as they stand there: UTF-8 or a part of it, save for odd string types. For
  // comparison only: nothing of a subject goes into a certificate.
  std::vector<std::string> organizations = {};
};

/// Reads a request and verifies its self-signature with its own key.
///
/// The DER must be canonical to the last byte: minimal lengths, nothing trailing, no repeated
/// attribute, no repeated extension, subjectAltName with dNSName and iPAddress only. The common
/// name is looked at only where RFC 8555 §7.4 needs it; a missing subjectAltName is allowed only if
/// a common name gives the name. Rejects with bad_csr, or bad_public_key for the key.
Judged<CertificateRequest> parse_certificate_request(std::string_view der);

}  // namespace ca
