// Reading OCSP requests (RFC 6960 §4.1, RFC 5019 §2.1): bytes from anybody.
#pragma once

#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace ca::ocsp {

/// Longer requests are not looked at. One certificate's takes some 80 octets.
inline constexpr std::size_t kLongestRequest = 4096;

/// Digests that may name an issuer (RFC 5019 §2.1.1 demands SHA-1).
enum class NameDigest { sha1, sha256 };

/// Which certificate is asked about.
struct CertId {
  std::string der;  // as sent; answers repeat it, and two equal ones ask the same
  NameDigest digest = NameDigest::sha1;
  std::string issuer_name_hash;
  std::string issuer_key_hash;
  std::string serial;  // raw octets without a leading zero
};

struct Request {
  CertId certificate;
  std::optional<std::string> nonce;
};

/// Reads a request strictly: DER all the way down, version 1, exactly one certificate
/// (RFC 5019 §2.1.1), its issuer named by SHA-1 or SHA-256, a positive serial of at most 20 octets,
/// no unknown critical extension, a nonce of 1 to 128 octets. A signature by the requestor is not
/// looked at (RFC 5019 §2.1.2). The error is one sentence; the answer to it is malformedRequest.
std::expected<Request, std::string> parse_request(std::string_view der);

}  // namespace ca::ocsp
