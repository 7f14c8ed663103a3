// A pkcs11 URI that is accepted comes back from what it is written as.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "ca/custody/pkcs11_uri.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto uri = ca::parse_pkcs11_uri({reinterpret_cast<const char*>(data), size});
  if (!uri) {
    if (uri.error().empty()) std::abort();
    return 0;
  }
  const std::string text = ca::text_of(*uri);
  // The longest that is read is 4096 octets, and what is written escapes more than it must.
  if (text.size() <= 4096 && ca::parse_pkcs11_uri(text) != *uri) std::abort();
  return 0;
}
