// Any answer of a registry is refused, or names people in few short lines.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "policy/plain_text.h"
#include "server/outbound/rdap_answer.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto names = server::parse_rdap_registrant(text, "city.gov");
  if (!names) return 0;
  if (names->size() > 8) std::abort();
  for (const std::string& name : *names) {
    if (name.empty() || policy::fault_of_line(name, 200)) std::abort();
  }
  return 0;
}
