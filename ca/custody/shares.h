// A secret in n shares of which any k give it back, and fewer give nothing (Shamir, "How to share a
// secret", 1979), octet by octet over GF(256).
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "ca/crypto/random.h"
#include "ca/custody/private_file.h"

namespace ca {

/// One of the shares of a set.
struct KeyShare {
  std::string set;          // 8 octets that all shares of one split have in common
  std::uint8_t number = 0;  // 1 to `count`
  std::uint8_t count = 0;
  std::uint8_t threshold = 0;
  std::string data;

  bool operator==(const KeyShare&) const = default;
};

inline constexpr std::size_t kMostShares = 255;

/// Splits `secret`, which comes back with its digest: what join_shares gives is what was split, or
/// nothing. Throws std::invalid_argument unless 2 <= threshold <= count <= 255 and the secret has 1
/// to 64 Ki octets. The shares are as secret as what they are of.
std::vector<KeyShare> split_secret(const SecretText& secret,
                                   std::size_t threshold,
                                   std::size_t count,
                                   RandomSource& random);

/// The secret, or a sentence that names the share that is of another set, comes twice, or is wrong.
/// A share that was changed together with its checksum is named when there is one share more than
/// the threshold; with just as many it is only known that one of them is wrong.
std::expected<SecretText, std::string> join_shares(const std::vector<KeyShare>& shares);

/// A share as a text file, with a checksum over all of it.
std::string share_text(const KeyShare& share);
/// The error is a sentence; it names the share as far as its text says which one it is.
std::expected<KeyShare, std::string> parse_share(std::string_view text);

/// Arithmetic in GF(256) modulo x^8 + x^4 + x^3 + x + 1 (FIPS 197 §4), in time that does not depend
/// on the values.
std::uint8_t gf256_times(std::uint8_t a, std::uint8_t b);
/// 1 / `a`, and 0 for 0.
std::uint8_t gf256_inverse(std::uint8_t a);

}  // namespace ca
