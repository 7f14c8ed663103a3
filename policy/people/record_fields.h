// Ids, roles and enumerators as fields of records. Decoding is total: whatever the bytes, the
// result is a value or storage::CorruptRecord.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "policy/people/actor.h"
#include "storage/record_codec.h"

namespace policy {

/// Throws CorruptRecord naming `what` unless `succeeded`.
void require_field(bool succeeded, std::string_view what);

/// An id as stored. Throws CorruptRecord unless it is 16 octets long.
template <class Id>
Id id_of(std::string_view octets) {
  constexpr std::size_t kOctets = 16;
  require_field(octets.size() == kOctets, "id");
  return Id::from_octets(std::string(octets));
}

/// A role as stored, by its spelling.
Role role_of(std::string_view text);

}  // namespace policy
