// What it costs to open an encrypted key file. The file says itself how much work a passphrase is
// to be stretched by, so whoever wrote it could have the server compute for hours.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ca {

/// PBKDF2 (RFC 8018 §5.2): a few seconds. `chancery init` writes 600,000, OpenSSL 2,048 by itself.
inline constexpr std::uint64_t kMostPasswordIterations = 5'000'000;
/// scrypt (RFC 7914 §2): N times r, which is memory in units of 128 octets, 32 MiB as in OpenSSL.
inline constexpr std::uint64_t kMostScryptMemory = 1U << 18U;
/// N times r times p, which is time: under a second.
inline constexpr std::uint64_t kMostScryptWork = 1U << 20U;

/// Why the EncryptedPrivateKeyInfo `der` (RFC 5958 §3) is not to be decrypted: half a sentence that
/// goes on from "the key file", or nothing. Taken is PBES2 with PBKDF2 or scrypt within these
/// limits, in DER throughout; the cipher and the passphrase are not looked at.
std::optional<std::string> decryption_objection(std::string_view der);

}  // namespace ca
