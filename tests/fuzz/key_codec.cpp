// Keys read back as they were written and sort as their parts do; any other bytes are refused as
// corrupt.
#include "storage/key_codec.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "storage/storage_error.h"

namespace {

std::string key(std::string_view text, std::uint64_t number) {
  return storage::KeyWriter{}.text(text).number(number).take();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  const std::string_view one = bytes.substr(0, size / 2);
  const std::string_view two = bytes.substr(size / 2);
  if ((one < two) != (key(one, 1) < key(two, 0)) && one != two) std::abort();
  try {
    storage::KeyReader reader{bytes};
    const std::string text = reader.text();
    const std::uint64_t number = reader.number();
    const std::string tail = reader.tail();
    if (!reader.at_end() || key(text, number) + tail != bytes) std::abort();
  } catch (const storage::CorruptRecord&) {
    return 0;
  }
  return 0;
}
