// onion-csr-01 (RFC 9799 §3.2, BR Appendix B.2.b): an onion service signs a request with its key.
#pragma once

#include <string>
#include <string_view>

#include "acme/validation/outcome.h"
#include "ca/names/dns_name.h"

namespace acme {

/// The octets of the nonce that a challenge with this token shows: the 256 random bits of which the
/// token is the base64url. Empty for what is no token.
std::string onion_nonce(std::string_view token);

/// Whether `request` (DER) was signed by the service that `name` belongs to, for this very
/// challenge: its key is that of the address and signs it, caSigningNonce has the octets of
/// `nonce`, applicantSigningNonce at least 64 bits that are not all alike (how random they are
/// cannot be seen). Its subject is not judged. Refuses with bad_csr what is no such request, and
/// with unauthorized what is one of another service or for another nonce. Asks nobody.
ValidationOutcome judge_onion_request(const ca::DnsName& name,
                                      std::string_view nonce,
                                      std::string_view request);

}  // namespace acme
