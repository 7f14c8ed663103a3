// Certificates of OCSP responders that an issuing CA authorizes (RFC 6960 §4.2.2.2, BR 7.1.2.8).
#pragma once

#include <chrono>
#include <string_view>

#include "ca/certificate.h"

namespace ca::ocsp {

/// What the ledger calls them, in place of a subscriber's profile. The certificate is prepared by
/// Issuer::prepare_responder.
inline constexpr std::string_view kResponderProfile = "ocsp-responder";

/// How long they live. They are not checked for revocation (id-pkix-ocsp-nocheck), so not for long.
inline constexpr std::chrono::days kResponderLife{30};
/// How much of that must be left for a new answer: the longest life of one, and as much again.
inline constexpr std::chrono::days kResponderRenewal{20};

/// True if a certificate is for OCSP signing and for nothing else.
bool is_for_ocsp_signing(const CertificateView& certificate);

}  // namespace ca::ocsp
