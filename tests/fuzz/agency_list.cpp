// A list of registration agencies becomes versions that can be stored, or faults with their places.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "policy/agencies/load.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto lists = policy::load_agencies({"agencies.toml", text});
  if (!lists) {
    if (lists.error().empty()) std::abort();
    for (const policy::CatalogFault& fault : lists.error()) {
      if (fault.file.empty() || fault.sentence.empty()) std::abort();
    }
    return 0;
  }
  std::uint64_t last = 0;
  for (const policy::AgencyList& list : *lists) {
    if (list.version <= last || list.agencies.empty()) std::abort();
    last = list.version;
    if (policy::AgencyList::decode(list.encode()) != list) std::abort();
  }
  return 0;
}
