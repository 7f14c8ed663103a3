// Names of what this floor writes into the audit log. The other floors name their own events beside
// their code.
#pragma once

#include <string_view>

namespace ca::audit_event {

inline constexpr std::string_view kCertificateIntended = "certificate.intended";
inline constexpr std::string_view kCertificateIssued = "certificate.issued";
inline constexpr std::string_view kCertificateRevoked = "certificate.revoked";
inline constexpr std::string_view kCrlNumbered = "crl.numbered";
inline constexpr std::string_view kCrlPublished = "crl.published";
inline constexpr std::string_view kKeyBlocked = "key.blocked";

}  // namespace ca::audit_event
