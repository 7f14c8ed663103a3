#include "acme/records/verify.h"

#include "acme/records/verify_parts.h"
#include "storage/storage_error.h"

namespace acme {

std::vector<std::string> verify_records(const storage::Snapshot& snapshot,
                                        const std::vector<const ca::Issuer*>& issuers) {
  verification::Faults faults;
  const auto guarded = [&](auto&& check) {
    try {
      check();
    } catch (const storage::CorruptRecord& damage) {
      faults.emplace_back(damage.what());
    }
  };
  guarded([&] { verification::check_orders(snapshot, faults); });
  guarded([&] { verification::check_auto_renewals(snapshot, faults); });
  guarded([&] { verification::check_references(snapshot, issuers, faults); });
  guarded([&] { verification::check_work(snapshot, faults); });
  guarded([&] { verification::check_stops(snapshot, faults); });
  guarded([&] { verification::check_history(snapshot, faults); });
  guarded([&] { verification::check_authority(snapshot, faults); });
  guarded([&] { verification::check_incidents(snapshot, faults); });
  return faults;
}

}  // namespace acme
