#include <map>
#include <set>

#include "ca/crypto/encoding.h"
#include "ca/ledger.h"
#include "policy/applications/applications.h"
#include "policy/issuing/application_issuance.h"
#include "policy/issuing/issuance_record.h"

namespace policy {

namespace {

/// Serials of one application, as the ledger has them.
struct Serials {
  std::set<std::string> issued;    // as Application::certificates has them
  std::set<std::string> in_doubt;  // raw octets; neither a certificate nor revoked
};

void check_one(const storage::Snapshot& snapshot,
               const ApplicationId& id,
               const Serials& serials,
               std::vector<std::string>& faults) {
  const auto application = kApplications.get(snapshot, id.octets());
  const auto issuance = kApplicationIssuances.get(snapshot, id.octets());
  std::set<std::string> known;
  if (application) known.insert(application->certificates.begin(), application->certificates.end());
  if (known != serials.issued) {
    faults.push_back("application " + id.text() + " knows " + std::to_string(known.size()) +
                     " certificates, and the ledger has " + std::to_string(serials.issued.size()) +
                     " for it");
  }
  for (const std::string& serial : serials.in_doubt) {
    if (issuance && issuance->serial == serial) continue;
    faults.push_back("serial " + ca::hex(serial) + " was intended for application " + id.text() +
                     ", which does not note it");
  }
}

}  // namespace

std::vector<std::string> verify_application_certificates(
    const storage::Snapshot& snapshot, const std::vector<const ca::Issuer*>& issuers) {
  std::vector<std::string> faults;
  std::map<ApplicationId, Serials> all;
  for (const ca::Issuer* issuer : issuers) {
    ca::Ledger::for_each(snapshot, issuer->id(), [&](const ca::LedgerEntry& entry) {
      const auto id = ApplicationId::parse(entry.order);
      if (!id) return storage::Scan::proceed;
      Serials& serials = all[*id];
      if (!entry.certificate.empty()) {
        serials.issued.insert(entry.issuer_id + "/" + ca::hex(entry.serial));
        if (application_of(snapshot, entry.issuer_id, entry.serial) != *id) {
          faults.push_back("serial " + ca::hex(entry.serial) + " does not lead to application " +
                           id->text());
        }
      } else if (!entry.revoked) {
        serials.in_doubt.insert(entry.serial);
      }
      return storage::Scan::proceed;
    });
  }
  for (const auto& [id, serials] : all) check_one(snapshot, id, serials, faults);
  kApplicationIssuances.scan_prefix(
      snapshot, "", [&](std::string_view, const ApplicationIssuance& issuance) {
        if (!storage::kDueWork.contains(snapshot, issuance.row().encode())) {
          faults.push_back("application " + issuance.application.text() +
                           " waits for its certificate, but no work is due for it");
        }
        return storage::Scan::proceed;
      });
  return faults;
}

}  // namespace policy
