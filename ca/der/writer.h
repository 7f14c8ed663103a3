// Writing DER (X.690 §10). Free functions that wrap content in tag and length; compose them from
// the inside out.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace ca::der {

/// Tag octets we write and read. Context-specific tags: context(n) primitive,
/// context_constructed(n).
enum class Tag : std::uint8_t {
  boolean = 0x01,
  integer = 0x02,
  bit_string = 0x03,
  octet_string = 0x04,
  null = 0x05,
  object_identifier = 0x06,
  enumerated = 0x0A,
  utf8_string = 0x0C,
  printable_string = 0x13,
  ia5_string = 0x16,
  utc_time = 0x17,
  generalized_time = 0x18,
  sequence = 0x30,
  set = 0x31,
};
constexpr Tag context(unsigned number) {
  return static_cast<Tag>(0x80U | number);
}
constexpr Tag context_constructed(unsigned number) {
  return static_cast<Tag>(0xA0U | number);
}

/// tag, minimal length, content.
std::string element(Tag tag, std::string_view content);
std::string sequence(std::initializer_list<std::string_view> elements);
std::string sequence(const std::vector<std::string>& elements);
/// SET OF: elements sorted by their encoding (X.690 §11.6).
std::string set_of(std::vector<std::string> elements);
/// Dotted decimal, trusted text: throws std::logic_error if it is not an OID.
std::string object_identifier(std::string_view dotted);
/// Non-negative INTEGER from big-endian octets; leading zeros removed, one added where the top bit
/// is set.
std::string unsigned_integer(std::string_view big_endian);
std::string small_integer(std::uint64_t value);
std::string boolean_true();
/// BIT STRING of whole octets.
std::string bit_string(std::string_view octets);
/// BIT STRING of named bits with trailing zero bits removed (X.690 §11.2.2); bit 0 is the first.
std::string named_bits(std::initializer_list<unsigned> bits);
/// Extension (RFC 5280 §4.1): `value` is the DER inside the OCTET STRING.
enum class Criticality { critical, non_critical };
std::string extension(std::string_view oid, Criticality criticality, std::string_view value);

}  // namespace ca::der
