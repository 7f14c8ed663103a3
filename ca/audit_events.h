// Names of what this floor writes into the audit log. Those of acme/ stand where the events are
// written.
#pragma once

#include <string_view>

namespace ca::audit_event {

inline constexpr std::string_view kCertificateIntended = "certificate.intended";
inline constexpr std::string_view kPrecertificateSigned = "precertificate.signed";
inline constexpr std::string_view kCertificateIssued = "certificate.issued";
inline constexpr std::string_view kCertificateRevoked = "certificate.revoked";
inline constexpr std::string_view kCrlNumbered = "crl.numbered";
inline constexpr std::string_view kCrlPublished = "crl.published";
inline constexpr std::string_view kOcspSigned = "ocsp.signed";
inline constexpr std::string_view kKeyBlocked = "key.blocked";

}  // namespace ca::audit_event
