// The certificate request by which an onion service shows that it has its key (BR Appendix B.2.b,
// RFC 9799 onion-csr-01). It asks for no certificate.
#pragma once

#include <string>
#include <string_view>

#include "ca/crypto/public_key.h"
#include "ca/rejection.h"

namespace ca {

/// What the request says. Its subject and its other attributes mean nothing.
struct OnionRequest {
  PublicKey key;                // Ed25519, and the request is signed with it
  std::string ca_nonce;         // octets of caSigningNonce
  std::string applicant_nonce;  // octets of applicantSigningNonce
};

/// Reads a request as strictly as parse_certificate_request, verifies its signature, and takes both
/// nonces, each one OCTET STRING in a SET of one (BR Appendix B). Rejects with bad_csr, or
/// bad_public_key for the key.
Judged<OnionRequest> parse_onion_request(std::string_view der);

}  // namespace ca
