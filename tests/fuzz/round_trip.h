// What every stored record promises to a reader of any bytes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "storage/storage_error.h"

namespace tests {

/// Ends the process unless `bytes` are a record that encodes to something equal, or CorruptRecord.
template <class Record>
void round_trip(std::string_view bytes) {
  try {
    const std::string once = Record::decode(bytes).encode();
    if (Record::decode(once).encode() != once) std::abort();
  } catch (const storage::CorruptRecord&) {
  }
}

/// The same for one of `Records`: the first byte counts which, the record is behind it. New kinds
/// go last, so that what was found before stays what it is.
template <class... Records>
int round_trip_one_of(const std::uint8_t* data, std::size_t size) {
  static constexpr std::array kRoundTrips{&round_trip<Records>...};
  if (size == 0) return 0;
  kRoundTrips[data[0] % kRoundTrips.size()](
      std::string_view(reinterpret_cast<const char*>(data) + 1, size - 1));
  return 0;
}

}  // namespace tests
