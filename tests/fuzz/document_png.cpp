// What is taken for a PNG stays what it is when it is read again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "policy/documents/inspection.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  const auto once = policy::inspect_document(policy::DocumentFormat::png, bytes);
  if (!once) return 0;
  // An orientation of its own may be longer than the notes it was in.
  if (once->bytes.size() > bytes.size() + 36 || once->pages == 0) std::abort();
  const auto twice = policy::inspect_document(policy::DocumentFormat::png, once->bytes);
  if (!twice || twice->bytes != once->bytes) std::abort();
  return 0;
}
