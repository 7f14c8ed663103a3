// Values that records of every kind store: ids, identifiers, enumerators. Decoding is total:
// whatever the bytes, the result is a value or storage::CorruptRecord. Safe from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "ca/names/identifier.h"

namespace policy {

/// Octets in an id (policy/ids.h).
inline constexpr std::size_t kIdOctets = 16;

/// Throws CorruptRecord naming `what` unless `succeeded`.
void require_field(bool succeeded, std::string_view what);

/// An id as stored. Throws CorruptRecord unless it is 16 octets long.
template <class Id>
Id decode_id(std::string_view octets) {
  require_field(octets.size() == kIdOctets, "id");
  return Id::from_octets(std::string(octets));
}

/// An enumerator stored as its number; `last` is the greatest one known. Throws CorruptRecord
/// beyond it.
template <class Enumeration>
Enumeration decode_enumerator(std::uint64_t number, Enumeration last) {
  require_field(number <= static_cast<std::uint64_t>(last), "enumerator");
  return static_cast<Enumeration>(number);
}

/// Type and value, as RFC 8555 §9.7.7 spells them. Decoding throws CorruptRecord for others.
std::string encode_identifier(const ca::Identifier& identifier);
ca::Identifier decode_identifier(std::string_view bytes);

}  // namespace policy
