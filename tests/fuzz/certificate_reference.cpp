// A reference that is read is spelled exactly as it was, and names a positive serial.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "acme/renewal.h"
#include "tests/fuzz/check.h"

using tests::check;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto reference = acme::CertificateReference::parse(text);
  if (!reference) return 0;
  check(reference->text() == text);
  check(!reference->key_identifier.empty());
  check(!reference->serial.empty() && reference->serial.front() != '\0');
  return 0;
}
