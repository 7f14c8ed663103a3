#include "policy/reviews/evidence.h"

#include "storage/key_codec.h"

namespace policy {

std::string step_key(const ApplicationId& application,
                     std::uint32_t revision,
                     std::string_view step) {
  return application.octets() + storage::KeyWriter().number(revision).tail(step).take();
}

std::vector<StepResult> steps_of(const storage::Snapshot& snapshot,
                                 const ApplicationId& application,
                                 std::uint32_t revision) {
  std::vector<StepResult> steps;
  kStepResults.scan_prefix(snapshot, step_key(application, revision, ""),
                           [&](std::string_view, StepResult result) {
                             steps.push_back(std::move(result));
                             return storage::Scan::proceed;
                           });
  return steps;
}

std::vector<CallRecord> calls_of(const storage::Snapshot& snapshot,
                                 const ApplicationId& application) {
  std::vector<CallRecord> calls;
  kCalls.scan_prefix(snapshot, application.octets(), [&](std::string_view, CallRecord call) {
    calls.push_back(std::move(call));
    return storage::Scan::proceed;
  });
  return calls;
}

}  // namespace policy
