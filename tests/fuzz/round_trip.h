// What every stored record promises to a reader of any bytes.
#pragma once

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

}  // namespace tests
