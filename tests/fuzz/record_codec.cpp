// Any bytes either are one record, and then they are the only form of it, or are refused as
// corrupt.
#include "storage/record_codec.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "storage/storage_error.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  try {
    storage::RecordReader reader{"fuzzed", bytes, 255};
    storage::RecordWriter writer{reader.version()};
    while (const auto field = reader.next()) {
      if (field->is_number) {
        writer.number(field->field, field->as_number());
      } else {
        writer.bytes(field->field, field->as_bytes());
      }
    }
    if (writer.take() != bytes) std::abort();
  } catch (const storage::CorruptRecord&) {
    return 0;
  }
  return 0;
}
