// CAA records of a service descriptor that are read say the same when they are written plainly.
#include <cstddef>
#include <cstdint>
#include <string>

#include "acme/validation/onion_caa.h"
#include "tests/fuzz/check.h"

using tests::check;

namespace {

std::string written(const std::vector<acme::CaaRecord>& records) {
  std::string text;
  for (const acme::CaaRecord& each : records) {
    text += "caa " + std::to_string(each.flags) + " " + each.tag + " \"";
    for (const char octet : each.value) {
      const auto code = static_cast<unsigned char>(octet);
      text += '\\';
      for (const unsigned place : {100U, 10U, 1U}) {
        text += static_cast<char>('0' + code / place % 10);
      }
    }
    text += "\"\n";
  }
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto records = acme::parse_descriptor_caa(text);
  if (records) check(acme::parse_descriptor_caa(written(*records)) == records);
  return 0;
}
