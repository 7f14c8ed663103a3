// A plan is taken apart and judged, or refused with sentences; never anything else.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "server/ceremony/plan_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto plan = server::parse_plan({reinterpret_cast<const char*>(data), size});
  if (!plan) {
    if (plan.error().empty() || plan.error().front().empty()) std::abort();
    return 0;
  }
  for (const ca::PlanFault& fault : ca::plan_faults(*plan)) {
    if (fault.rule.empty() || fault.source.empty() || fault.sentence.empty()) std::abort();
  }
  return 0;
}
