#include "ca/crypto/key_policy.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <string>
#include <vector>

#include "ca/broken_rule.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/fermat.h"

namespace ca {
namespace {

constexpr std::uint32_t kSmallFactorLimit = 752;  // BR 6.1.6
constexpr std::uint32_t kRocaLimit = 167;  // BR 6.1.1.3, the ROCA fingerprint's largest prime
constexpr std::string_view kExponent65537("\x01\x00\x01", 3);
constexpr std::size_t kMaxQuotedOctets = 8;

constexpr std::size_t kSmallPrimeCount = 132;

constexpr std::array<std::uint32_t, kSmallPrimeCount> odd_primes_below_limit() {
  std::array<std::uint32_t, kSmallPrimeCount> primes{};
  std::size_t count = 0;
  for (std::uint32_t candidate = 3; candidate < kSmallFactorLimit; candidate += 2) {
    bool prime = true;
    for (std::uint32_t d = 3; d * d <= candidate; d += 2) prime = prime && candidate % d != 0;
    if (prime) primes[count++] = candidate;
  }
  return primes;
}

constexpr std::array<std::uint32_t, kSmallPrimeCount> kOddPrimes = odd_primes_below_limit();
static_assert(kOddPrimes.front() == 3 && kOddPrimes.back() == 751);

/// The modulus as 32-bit words, most significant first. Sizes that pass the policy are whole words.
std::vector<std::uint32_t> words_of(std::string_view big_endian) {
  std::vector<std::uint32_t> words(big_endian.size() / 4);
  for (std::size_t i = 0; i < big_endian.size(); ++i) {
    words[i / 4] = words[i / 4] << 8U | static_cast<unsigned char>(big_endian[i]);
  }
  return words;
}

std::uint32_t remainder(const std::vector<std::uint32_t>& words, std::uint32_t divisor) {
  std::uint64_t rest = 0;
  for (const std::uint32_t word : words) rest = (rest << 32U | word) % divisor;
  return static_cast<std::uint32_t>(rest);
}

/// The remainders by every prime of the table, dividing the long number once per group of primes
/// whose product fits 32 bits instead of once per prime.
std::array<std::uint32_t, kSmallPrimeCount> remainders(const std::vector<std::uint32_t>& words) {
  std::array<std::uint32_t, kSmallPrimeCount> result{};
  for (std::size_t first = 0; first < kOddPrimes.size();) {
    std::uint64_t product = 1;
    std::size_t last = first;
    while (last < kOddPrimes.size() && product * kOddPrimes[last] <= UINT32_MAX) {
      product *= kOddPrimes[last++];
    }
    const std::uint32_t rest = remainder(words, static_cast<std::uint32_t>(product));
    for (; first < last; ++first) result[first] = rest % kOddPrimes[first];
  }
  return result;
}

/// True if 65537^k = `value` modulo `prime` for some k.
bool is_power_of_65537(std::uint32_t value, std::uint32_t prime) {
  std::uint32_t power = 1;
  do {
    if (power == value) return true;
    power = power * (65537 % prime) % prime;
  } while (power != 1);
  return false;
}

/// Keys of the Infineon library are 65537^k modulo many small primes at once (BR 6.1.1.3, "ROCA").
/// A random modulus looks like that once in about 2^28.
bool has_roca_fingerprint(const std::array<std::uint32_t, kSmallPrimeCount>& rests) {
  for (std::size_t i = 0; i < rests.size() && kOddPrimes[i] <= kRocaLimit; ++i) {
    if (!is_power_of_65537(rests[i], kOddPrimes[i])) return false;
  }
  return true;
}

std::size_t bit_length(std::string_view big_endian) {
  if (big_endian.empty()) return 0;
  const auto top = static_cast<unsigned char>(big_endian.front());
  return big_endian.size() * 8 - static_cast<std::size_t>(std::countl_zero(top));
}

std::string quoted_number(std::string_view big_endian) {
  if (big_endian.size() > kMaxQuotedOctets) {
    return "a number of " + std::to_string(bit_length(big_endian)) + " bits";
  }
  std::uint64_t value = 0;
  for (const char c : big_endian) value = value << 8U | static_cast<unsigned char>(c);
  return std::to_string(value);
}

std::unexpected<Rejection> bad_key(BrokenRule rule, std::string detail) {
  return reject(RejectionKind::bad_public_key, under(rule, std::move(detail)));
}

/// Encodings of the points of order 1, 2, 4 and 8, and of the same points with y not reduced; the
/// sign bit is masked before the comparison.
constexpr std::array<std::string_view, 7> kSmallOrderPoints = {
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
};

}  // namespace

Judged<void> judge_rsa(std::string_view modulus, std::string_view exponent) {
  const std::size_t bits = bit_length(modulus);
  if (modulus.empty() || modulus.front() == '\0') {
    return bad_key(BrokenRule::rsa_modulus_form,
                   "The RSA modulus has leading zero octets or is empty; write it without them");
  }
  if (bits != 2048 && bits != 3072 && bits != 4096) {
    return bad_key(BrokenRule::rsa_modulus_size, "The RSA modulus has " + std::to_string(bits) +
                                                     " bits; 2048, 3072 or 4096 are accepted");
  }
  if (exponent != kExponent65537) {
    return bad_key(
        BrokenRule::rsa_exponent,
        "The RSA public exponent is " + quoted_number(exponent) + "; only 65537 is accepted");
  }
  if ((static_cast<unsigned char>(modulus.back()) & 1U) == 0) {
    return bad_key(BrokenRule::rsa_modulus_even, "The RSA modulus is even");
  }
  const auto rests = remainders(words_of(modulus));
  const auto* const factor = std::ranges::find(rests, 0U);
  if (factor != rests.end()) {
    const auto index = static_cast<std::size_t>(factor - rests.begin());
    return bad_key(BrokenRule::rsa_small_factor, "The RSA modulus is divisible by " +
                                                     std::to_string(kOddPrimes[index]) +
                                                     "; no factor may be smaller than 752");
  }
  if (has_roca_fingerprint(rests)) {
    return bad_key(BrokenRule::rsa_roca,
                   "The RSA modulus carries the ROCA fingerprint of a broken key generator");
  }
  if (is_factored_by_fermat(modulus)) {
    return bad_key(
        BrokenRule::rsa_close_primes,
        "The primes of the RSA modulus are so close that 100 rounds of Fermat's method factor it");
  }
  return {};
}

Judged<void> judge_ed25519(std::string_view octets) {
  if (octets.size() != 32) {
    return bad_key(
        BrokenRule::key_small_order,
        "The Ed25519 key has " + std::to_string(octets.size()) + " octets; 32 are expected");
  }
  std::string without_sign(octets);
  without_sign.back() = static_cast<char>(static_cast<unsigned char>(without_sign.back()) & 0x7FU);
  if (std::ranges::find(kSmallOrderPoints, hex(without_sign)) != kSmallOrderPoints.end()) {
    return bad_key(BrokenRule::key_small_order,
                   "The Ed25519 key is a point of small order, which anyone can sign for");
  }
  return {};
}

}  // namespace ca
