// What TLS costs a server at the least: handshakes and record protection with OpenSSL alone.
#pragma once

#include <cstddef>

namespace tests {

/// CPU microseconds of the server's side of one TLS 1.3 handshake (X25519, P-256 certificate,
/// AES-256-GCM), without a network.
double tls_handshake_microseconds();

/// CPU microseconds to open a record of `request_bytes` and to seal one of `response_bytes` with
/// AES-256-GCM.
double tls_records_microseconds(std::size_t request_bytes, std::size_t response_bytes);

}  // namespace tests
