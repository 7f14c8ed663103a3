// Lints on the subject's public key.
#include <array>
#include <bit>
#include <cstdint>
#include <optional>

#include "ca/crypto/encoding.h"
#include "ca/lint_rules.h"
#include "ca/lint_tbs.h"

namespace ca {
namespace {

using der::Reader;
using der::Tag;

/// An AlgorithmIdentifier of BR 7.1.3.1, byte for byte, and how long a key under it is.
struct KeyAlgorithmRow {
  std::string_view identifier;  // hex
  std::size_t point_octets;     // uncompressed point, 0 for RSA
  bool gm = false;              // of the SM2 profiles, which have no other
};
constexpr std::array kKeyAlgorithms = {
    KeyAlgorithmRow{"300d06092a864886f70d0101010500", 0},
    KeyAlgorithmRow{"301306072a8648ce3d020106082a8648ce3d030107", 65},
    KeyAlgorithmRow{"301006072a8648ce3d020106052b81040022", 97},
    KeyAlgorithmRow{"301006072a8648ce3d020106052b81040023", 133},
    KeyAlgorithmRow{"301306072a8648ce3d020106082a811ccf5501822d", 65, true},
};

struct KeyParts {
  std::string algorithm;  // hex of the AlgorithmIdentifier
  std::string_view key;   // octets of the BIT STRING
};

std::optional<KeyParts> parts_of(std::string_view spki) {
  const auto outer = der::only(spki, Tag::sequence);
  if (!outer) return std::nullopt;
  Reader fields(outer->content);
  const auto algorithm = fields.next(Tag::sequence);
  const auto bits = fields.next(Tag::bit_string);
  const auto key = bits ? der::octets_of_bit_string(*bits) : std::nullopt;
  if (!algorithm || !key || !fields.at_end()) return std::nullopt;
  return KeyParts{.algorithm = hex(algorithm->whole), .key = *key};
}

const KeyAlgorithmRow* row_of(const KeyParts& parts) {
  for (const KeyAlgorithmRow& row : kKeyAlgorithms) {
    if (row.identifier == parts.algorithm) return &row;
  }
  return nullptr;
}

struct RsaNumbers {
  std::string_view modulus;
  std::string_view exponent;
};

/// Nothing if this is not an RSA key; both empty if it should be one and cannot be read.
std::optional<RsaNumbers> rsa_numbers(const ParsedTbs& tbs) {
  const auto parts = parts_of(tbs.spki);
  const KeyAlgorithmRow* row = parts ? row_of(*parts) : nullptr;
  if (row == nullptr || row->point_octets != 0) return std::nullopt;
  const auto outer = der::only(parts->key, Tag::sequence);
  if (!outer) return RsaNumbers{};
  Reader fields(outer->content);
  const auto modulus = fields.next(Tag::integer);
  const auto exponent = fields.next(Tag::integer);
  if (!modulus || !exponent || !fields.at_end()) return RsaNumbers{};
  return RsaNumbers{.modulus = der::unsigned_integer(*modulus).value_or(""),
                    .exponent = der::unsigned_integer(*exponent).value_or("")};
}

std::string algorithm_identifier(const LintSubject& subject, const ParsedTbs& tbs) {
  constexpr std::string_view kEd25519 = "300506032b6570";  // RFC 8410 §4
  const auto parts = parts_of(tbs.spki);
  if (!parts) return "the public key is not a SubjectPublicKeyInfo";
  const bool gm = subject.profile.trust == Trust::gm;
  const KeyAlgorithmRow* row = row_of(*parts);
  if (row != nullptr && row->gm == gm) return {};
  if (subject.profile.trust == Trust::privately && parts->algorithm == kEd25519) return {};
  return "the key's AlgorithmIdentifier " + parts->algorithm + " is not one of " +
         (gm ? "GM/T 0006" : "BR 7.1.3.1");
}

std::string differs_from_request(const LintSubject& subject, const ParsedTbs& tbs) {
  return tbs.spki == subject.spki ? "" : "the public key is not the one that was requested";
}

std::string rsa_size(const LintSubject&, const ParsedTbs& tbs) {
  const auto numbers = rsa_numbers(tbs);
  if (!numbers) return {};
  const std::string_view modulus = numbers->modulus;
  const std::size_t bits =
      modulus.empty() ? 0
                      : (modulus.size() * 8) - static_cast<std::size_t>(std::countl_zero(
                                                   static_cast<std::uint8_t>(modulus.front())));
  if (bits >= 2048 && bits % 8 == 0) return {};
  return "the RSA modulus has " + std::to_string(bits) +
         " bits; at least 2048 and a multiple of 8 are needed";
}

std::string rsa_exponent(const LintSubject&, const ParsedTbs& tbs) {
  constexpr std::string_view k65537("\x01\x00\x01", 3);
  const auto numbers = rsa_numbers(tbs);
  if (!numbers || numbers->exponent == k65537) return {};
  return "the RSA exponent is " + hex(numbers->exponent) + ", not 010001";
}

std::string ec_point(const LintSubject&, const ParsedTbs& tbs) {
  const auto parts = parts_of(tbs.spki);
  const KeyAlgorithmRow* row = parts ? row_of(*parts) : nullptr;
  if (row == nullptr || row->point_octets == 0) return {};
  if (parts->key.size() == row->point_octets && parts->key.front() == '\x04') return {};
  return "the point on the curve is not uncompressed and " + std::to_string(row->point_octets) +
         " octets long";
}

constexpr std::array kRows = {
    Lint{"br_key_algorithm_identifier", "BR 7.1.3.1", algorithm_identifier},
    Lint{"own_key_differs_from_request", "BR 3.2.1", differs_from_request},
    Lint{"br_rsa_modulus_size", "BR 6.1.5", rsa_size},
    Lint{"br_rsa_exponent", "BR 6.1.6", rsa_exponent},
    Lint{"br_ec_point_form", "BR 6.1.6", ec_point},
};

}  // namespace

std::span<const Lint> key_lints() {
  return kRows;
}

}  // namespace ca
