// Writing OCSP responses (RFC 6960 §4.2).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ca/crypto/signer.h"
#include "ca/time.h"

namespace ca::ocsp {

/// OCSPResponseStatus.
enum class ResponseStatus : std::uint8_t {
  successful = 0,
  malformed_request = 1,
  internal_error = 2,
  try_later = 3,
  unauthorized = 6,
};

/// An answer that says nothing of any certificate and is not signed.
std::string bare_response(ResponseStatus status);

/// When and why a certificate was revoked.
struct RevokedStatus {
  Time at;
  std::uint8_t reason;  // 0 leaves it out

  bool operator==(const RevokedStatus&) const = default;
};

/// What is said of one certificate.
struct SingleResponse {
  std::string_view certificate_id;       // CertID, DER
  std::optional<RevokedStatus> revoked;  // nothing: good
  Time this_update;
  Time next_update;
};

/// A signed response of one SingleResponse: byKey, producedAt = thisUpdate, with the responder's
/// certificate (RFC 5019 §2.2.1). The signature has been verified. BR 4.9.9: nextUpdate is 8 hours
/// to 10 days after thisUpdate, else std::logic_error. Throws OpenSslError if the key fails.
std::string sign_response(Signer& responder,
                          std::string_view responder_certificate,
                          const SingleResponse& single,
                          const std::optional<std::string>& nonce);

}  // namespace ca::ocsp
