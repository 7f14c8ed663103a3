#include "ca/crypto/key_encryption.h"

#include <utility>

#include "ca/der/canonical.h"
#include "ca/der/reader.h"

namespace ca {
namespace {

constexpr std::string_view kPbes2 = "1.2.840.113549.1.5.13";         // RFC 8018 §A.4
constexpr std::string_view kPbkdf2 = "1.2.840.113549.1.5.12";        // RFC 8018 §A.2
constexpr std::string_view kScrypt = "1.3.6.1.4.1.11591.4.11";       // RFC 7914 §7
constexpr std::string_view kDamaged = "is no encrypted PKCS#8 key";  // RFC 5958 §3

struct Algorithm {
  std::string oid;
  std::string_view parameters;  // the element behind the OID, whole
};

/// AlgorithmIdentifier with parameters.
std::optional<Algorithm> algorithm_in(der::Reader& reader) {
  const auto sequence = reader.next(der::Tag::sequence);
  if (!sequence) return std::nullopt;
  der::Reader inner(sequence->content);
  const auto oid = inner.next(der::Tag::object_identifier);
  const auto parameters = inner.next();
  auto dotted = oid ? der::object_identifier(*oid) : std::nullopt;
  if (!dotted || !parameters || !inner.at_end()) return std::nullopt;
  return Algorithm{*std::move(dotted), parameters->whole};
}

/// The INTEGER that is next, if it is not negative and no larger than 2^32: nothing here may be.
std::optional<std::uint64_t> count_in(der::Reader& reader) {
  constexpr std::size_t kMostOctets = 5;
  constexpr std::uint64_t kMost = std::uint64_t{1} << 32U;
  constexpr unsigned kOctet = 8;
  const auto element = reader.next(der::Tag::integer);
  const auto octets = element ? der::unsigned_integer(*element) : std::nullopt;
  if (!octets || octets->size() > kMostOctets) return std::nullopt;
  std::uint64_t value = 0;
  for (const char octet : *octets) value = value << kOctet | static_cast<unsigned char>(octet);
  if (value > kMost) return std::nullopt;
  return value;
}

std::optional<std::string> objection_to_pbkdf2(std::string_view parameters) {
  const auto sequence = der::only(parameters, der::Tag::sequence);
  if (!sequence) return std::string(kDamaged);
  der::Reader reader(sequence->content);
  if (!reader.next(der::Tag::octet_string)) return std::string(kDamaged);  // the salt
  const auto iterations = count_in(reader);
  if (iterations && *iterations > 0 && *iterations <= kMostPasswordIterations) return std::nullopt;
  return "is encrypted with a number of iterations that is not taken: at most " +
         std::to_string(kMostPasswordIterations) + " are";
}

std::optional<std::string> objection_to_scrypt(std::string_view parameters) {
  const auto sequence = der::only(parameters, der::Tag::sequence);
  if (!sequence) return std::string(kDamaged);
  der::Reader reader(sequence->content);
  if (!reader.next(der::Tag::octet_string)) return std::string(kDamaged);  // the salt
  const auto cost = count_in(reader);
  const auto block = count_in(reader);
  const auto parallel = count_in(reader);
  // In this order no product overflows.
  if (cost && block && parallel && *cost <= kMostScryptMemory && *block <= kMostScryptMemory &&
      *parallel <= kMostScryptWork && *cost * *block <= kMostScryptMemory &&
      *cost * *block * *parallel <= kMostScryptWork) {
    return std::nullopt;
  }
  return "is encrypted with scrypt at a cost that is not taken: 32 MiB (N = 16384 and r = 8 are "
         "16), and N times r times p up to " +
         std::to_string(kMostScryptWork) + " are";
}

}  // namespace

std::optional<std::string> decryption_objection(std::string_view der) {
  // What OpenSSL would read in another way than this reader does is not DER.
  const auto outer = der::only(der, der::Tag::sequence);
  if (!outer || !der::is_canonical(der)) return std::string(kDamaged);
  der::Reader reader(outer->content);
  const auto scheme = algorithm_in(reader);
  if (!scheme || !reader.next(der::Tag::octet_string) || !reader.at_end()) {
    return std::string(kDamaged);
  }
  if (scheme->oid != kPbes2) {
    return "is encrypted in a way that is not taken (" + scheme->oid +
           "); PBES2 is, as `openssl pkcs8 -topk8` writes it";
  }
  const auto parameters = der::only(scheme->parameters, der::Tag::sequence);
  if (!parameters) return std::string(kDamaged);
  der::Reader inside(parameters->content);
  const auto stretching = algorithm_in(inside);
  if (!stretching) return std::string(kDamaged);
  if (stretching->oid == kPbkdf2) return objection_to_pbkdf2(stretching->parameters);
  if (stretching->oid == kScrypt) return objection_to_scrypt(stretching->parameters);
  return "has a passphrase that is stretched in a way that is not taken (" + stretching->oid +
         "); PBKDF2 and scrypt are";
}

}  // namespace ca
