#include "acme/records/verify_store.h"

#include <string_view>
#include <utility>

#include "acme/records/verify.h"
#include "acme/records/verify_crl_schedules.h"
#include "ca/audit_log.h"
#include "ca/ledger.h"
#include "ca/verify.h"
#include "policy/applications/verify.h"
#include "policy/documents/document.h"
#include "storage/storage_error.h"

namespace acme {

std::vector<std::string> verify_store(const storage::Snapshot& snapshot,
                                      const std::vector<const ca::Issuer*>& issuers,
                                      const OutsideEvidence& outside) {
  std::vector<std::string> all;
  // A row that cannot be read must not keep the other parts from being proved.
  const auto add = [&](std::string_view part, auto&& prove) {
    const std::string before = std::string(part) + ": ";
    try {
      for (std::string& fault : prove()) all.push_back(before + std::move(fault));
    } catch (const storage::CorruptRecord& damage) {
      all.push_back(before + damage.what());
    }
  };
  add("audit log", [&] { return ca::verify_audit_chain(snapshot); });
  add("ledger", [&] { return ca::Ledger::verify(snapshot, issuers); });
  add("ledger", [&] { return ca::verify_ledger_history(snapshot); });
  add("CRLs", [&] { return ca::verify_crls(snapshot, issuers); });
  add("CRLs", [&] { return verify_crl_schedules(snapshot, issuers); });
  add("orders", [&] { return verify_records(snapshot, issuers); });
  add("applications", [&] { return policy::verify_applications(snapshot); });
  add("documents", [&] { return policy::verify_documents(snapshot); });
  if (const auto& head = outside.audit_head) {
    add("audit log", [&] { return ca::verify_audit_head(snapshot, head->sequence, head->hash); });
  }
  if (outside.signer_ledger) {
    add("signer", [&] {
      return ca::verify_signer_ledger(snapshot, *outside.signer_ledger,
                                      outside.signer_ledger_older);
    });
  }
  return all;
}

}  // namespace acme
