// Digests, MACs and sealing. All take and return raw bytes. Safe from any thread. Throw
// OpenSslError on library failure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ca {

/// For names that a protocol fixes (the CertID of OCSP), never for what a signature rests on.
std::string sha1(std::string_view bytes);
std::string sha256(std::string_view bytes);
std::string sha384(std::string_view bytes);
std::string sha512(std::string_view bytes);
/// For the checksum in the name of an onion service.
std::string sha3_256(std::string_view bytes);
std::string hmac_sha256(std::string_view key, std::string_view bytes);
std::string hmac_sha384(std::string_view key, std::string_view bytes);
std::string hmac_sha512(std::string_view key, std::string_view bytes);

/// Compares in time that depends on the lengths only.
bool equal_in_constant_time(std::string_view a, std::string_view b);

/// AES-128-GCM with a 16-byte key and a 12-byte IV that is never used twice under one key; returns
/// ciphertext and tag.
std::string seal(std::string_view key, std::string_view iv, std::string_view plain);
/// The plain text, or nothing if the tag does not match.
std::optional<std::string> open_sealed(std::string_view key,
                                       std::string_view iv,
                                       std::string_view sealed);

}  // namespace ca
