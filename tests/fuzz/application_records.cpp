// Decoding what is stored is total: any bytes are a record that encodes to something equal, or
// CorruptRecord.
#include <cstdint>
#include <string_view>

#include "policy/applications/application.h"
#include "policy/applications/revision.h"
#include "policy/applications/waivers.h"
#include "policy/organizations/org_validation.h"
#include "policy/organizations/standing_approval.h"
#include "policy/reviews/decision.h"
#include "policy/reviews/evidence.h"
#include "policy/reviews/review_task.h"
#include "tests/fuzz/round_trip.h"

using tests::round_trip;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 9) {
    case 0:
      round_trip<policy::Application>(bytes);
      break;
    case 1:
      round_trip<policy::Decision>(bytes);
      break;
    case 2:
      round_trip<policy::Revision>(bytes);
      break;
    case 3:
      round_trip<policy::ReviewTask>(bytes);
      break;
    case 4:
      round_trip<policy::StepResult>(bytes);
      break;
    case 5:
      round_trip<policy::CallRecord>(bytes);
      break;
    case 6:
      round_trip<policy::OrgValidation>(bytes);
      break;
    case 7:
      round_trip<policy::StandingApproval>(bytes);
      break;
    default:
      round_trip<policy::SameInformation>(bytes);
      break;
  }
  return 0;
}
