#include <map>
#include <string>

#include "acme/records/verify_parts.h"
#include "ca/audit_log.h"
#include "policy/stops/stop.h"

namespace acme::verification {

void check_stops(const storage::Snapshot& snapshot, Faults& faults) {
  std::map<std::string, bool> is_stopped;  // the text of a target -> what the audit log says last
  ca::read_audit(snapshot, 0, [&](const ca::AuditEntry& entry) {
    if (entry.event == "issuance.stopped") is_stopped[entry.subject] = true;
    if (entry.event == "issuance.resumed") is_stopped[entry.subject] = false;
    return storage::Scan::proceed;
  });
  snapshot.scan(policy::kStops.name(), "", [&](std::string_view key, std::string_view value) {
    const std::string target = policy::StopTarget::of_key(key).text();
    policy::StopRecord::decode(value);
    if (!is_stopped[target]) faults.push_back("the stop of " + target + " has no audit entry");
    is_stopped.erase(target);
    return storage::Scan::proceed;
  });
  for (const auto& [target, stopped] : is_stopped) {
    if (stopped) faults.push_back("the stop of " + target + " ended without an audit entry");
  }
}

}  // namespace acme::verification
