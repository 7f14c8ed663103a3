// A configuration becomes settings, or a list of what is wrong with it, each with its place.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "server/config/load.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto settings = server::settings_from(text, "chancery.toml", "/nowhere", {});
  if (settings) return 0;
  if (settings.error().empty()) std::abort();
  for (const server::ConfigFault& fault : settings.error()) {
    if (fault.where.empty() || fault.sentence.empty()) std::abort();
  }
  return 0;
}
