#include "acme/records/verify_crl_schedules.h"

#include <set>
#include <string_view>

#include "acme/records/due_work_record.h"
#include "acme/records/given_up_crls.h"
#include "ca/crl.h"

namespace acme {

std::vector<std::string> verify_crl_schedules(const storage::Snapshot& snapshot,
                                              const std::vector<const ca::Issuer*>& issuers) {
  std::vector<std::string> faults;
  std::set<WorkKey> wanted;
  kCrlSchedules.scan_prefix(
      snapshot, "", [&](std::string_view issuer, const CrlSchedule& schedule) {
        const WorkKey key{schedule.due, WorkKind::publish_crl, std::string(issuer)};
        wanted.insert(key);
        if (!kDueWork.contains(snapshot, key.encode())) {
          faults.push_back("issuer " + key.subject +
                           " has a schedule for its CRLs, and no work is due for the next");
        }
        return storage::Scan::proceed;
      });
  kDueWork.scan_prefix(snapshot, "", [&](std::string_view key, const WorkRecord&) {
    const WorkKey row = WorkKey::decode(key);
    if (row.kind == WorkKind::publish_crl && !wanted.contains(row)) {
      faults.push_back("a CRL of issuer " + row.subject + " is due, which no schedule wants");
    }
    return storage::Scan::proceed;
  });
  for (const ca::Issuer* issuer : issuers) {
    if (ca::newest_crl_facts(snapshot, issuer->id()) &&
        !kCrlSchedules.contains(snapshot, issuer->id()) &&
        !snapshot.get(kGivenUpCrls, issuer->id())) {
      faults.push_back("issuer " + issuer->id() + " published CRLs, and the next has no schedule");
    }
  }
  return faults;
}

}  // namespace acme
