// The certificate that answers a tls-alpn-01 challenge (RFC 8737 §3).
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "ca/names/identifier.h"

namespace ca {

/// Judges `der` as strictly as RFC 8737 §3 draws it: one DER certificate, signed with its own key,
/// whose subjectAltName is exactly `identifier` (RFC 8738 §6 for an address) and whose critical
/// acmeIdentifier is exactly `digest`, the SHA-256 of the key authorization. The fault is the end
/// of a sentence about the certificate, fit for the subscriber: "has no acmeIdentifier extension".
std::expected<void, std::string> check_challenge_certificate(std::string_view der,
                                                             const Identifier& identifier,
                                                             std::string_view digest);

}  // namespace ca
