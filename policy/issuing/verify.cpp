#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "ca/audit_export.h"
#include "ca/audit_log.h"
#include "ca/certificate.h"
#include "ca/certificate_profile.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "ca/ledger.h"
#include "policy/applications/applications.h"
#include "policy/applications/order_links.h"
#include "policy/domain_control/methods.h"
#include "policy/issuing/application_issuance.h"
#include "policy/issuing/issuance_record.h"
#include "policy/issuing/proven_names.h"

namespace policy {

namespace {

/// Serials of one application, as the ledger has them.
struct Serials {
  std::set<std::string> issued;    // for it; as Application::certificates has them
  std::set<std::string> in_doubt;  // raw octets; neither a certificate nor revoked
};

/// The ledger's entry for `certificate`, spelled as Application::certificates has it.
std::optional<ca::LedgerEntry> entry_of(const storage::Snapshot& snapshot,
                                        const std::string& certificate) {
  const std::size_t slash = certificate.rfind('/');
  if (slash == std::string::npos) return std::nullopt;
  const auto serial = ca::from_hex(std::string_view(certificate).substr(slash + 1));
  return serial ? ca::Ledger::find(snapshot, certificate.substr(0, slash), *serial) : std::nullopt;
}

/// Whether `application` rightly knows a certificate: it was issued for the application itself, or
/// for an order that rested on it.
bool is_of(const storage::Snapshot& snapshot,
           const Application& application,
           const ca::LedgerEntry& entry) {
  if (entry.certificate.empty()) return false;
  return entry.order == application.id.text() || is_linked(snapshot, application.id, entry.order);
}

void check_known(const storage::Snapshot& snapshot,
                 const Application& application,
                 std::vector<std::string>& faults) {
  for (const std::string& each : application.certificates) {
    const auto entry = entry_of(snapshot, each);
    if (entry && is_of(snapshot, application, *entry)) continue;
    faults.push_back("application " + application.id.text() + " knows certificate " + each +
                     ", which the ledger has neither for it nor for one of its orders");
  }
}

void check_one(const storage::Snapshot& snapshot,
               const ApplicationId& id,
               const Serials& serials,
               std::vector<std::string>& faults) {
  const auto application = kApplications.get(snapshot, id.octets());
  const auto issuance = kApplicationIssuances.get(snapshot, id.octets());
  std::set<std::string> known;
  if (application) known.insert(application->certificates.begin(), application->certificates.end());
  for (const std::string& each : serials.issued) {
    if (known.contains(each)) continue;
    faults.push_back("application " + id.text() + " does not know certificate " + each +
                     ", which the ledger has for it");
  }
  for (const std::string& serial : serials.in_doubt) {
    if (issuance && issuance->serial == serial) continue;
    faults.push_back("serial " + ca::hex(serial) + " was intended for application " + id.text() +
                     ", which does not note it");
  }
}

/// I4: names, key and owner of what was signed, or was to be, for an application.
void check_content(const storage::Snapshot& snapshot,
                   const ca::LedgerEntry& entry,
                   const ApplicationId& id,
                   const ProvenNames& proven,
                   std::vector<std::string>& faults) {
  const auto application = kApplications.get(snapshot, id.octets());
  const auto unless = [&](bool sound, const std::string& fault) {
    if (!sound) {
      faults.push_back("serial " + ca::hex(entry.serial) + " for application " + id.text() + fault);
    }
  };
  unless(application.has_value(), " was signed for nothing that is stored");
  const auto view =
      ca::view_certificate(entry.certificate.empty() ? entry.lint_certificate : entry.certificate);
  const ca::CertificateProfile* const profile = ca::find_profile(entry.profile);
  if (!application || !view || profile == nullptr) return;
  unless(entry.account == application->tenant.text(), " is of another tenant");
  unless(ca::hex(ca::sha256(view->spki)) == ca::hex(application->spki_sha256),
         " is for another key");
  const auto& wished = application->wish.identifiers;
  const bool is_plain = view->identifiers == ca::as_set(wished);
  const bool may_be_paired = application->source != ApplicationSource::acme &&
                             application->wish.www_pairing.value_or(true);
  unless(is_plain || (may_be_paired && view->identifiers == with_www_pairs(wished)),
         " is for other names");
  const bool names_one = profile->subject == ca::SubjectKind::organization ||
                         profile->subject == ca::SubjectKind::extended;
  unless(names_one == names_organization(application->level) ||
             profile->subject == ca::SubjectKind::any,
         " has the profile of another level of validation");
  for (const ca::Identifier& name : view->identifiers) {
    unless(!proven.methods(application->tenant, name, profile->trust, entry.intended_at).empty(),
           " was signed at " + ca::rfc3339(entry.intended_at) + ", when control of \"" +
               ca::value_of(name) + "\" was not proven");
  }
}

/// I1: entries of older programs have no hash.
void check_told(const storage::Snapshot& snapshot, std::vector<std::string>& faults) {
  ca::read_audit(snapshot, 0, [&](const ca::AuditEntry& told) {
    if (told.event != "application.issued" && told.event != "application.issued_again") {
      return storage::Scan::proceed;
    }
    const std::string hash = ca::fact_in(told, "certificate_sha256");
    const std::string name = ca::fact_in(told, "certificate");
    const auto entry = hash.empty() ? std::nullopt : entry_of(snapshot, name);
    if (!hash.empty() && (!entry || ca::hex(ca::sha256(entry->certificate)) != hash)) {
      faults.push_back("application " + told.subject + " got certificate " + name +
                       " with another hash than the ledger has, as entry " +
                       std::to_string(told.sequence) + " of the audit log says");
    }
    return storage::Scan::proceed;
  });
}

}  // namespace

std::vector<std::string> verify_application_certificates(
    const storage::Snapshot& snapshot, const std::vector<const ca::Issuer*>& issuers) {
  std::vector<std::string> faults;
  std::map<ApplicationId, Serials> all;
  const ProvenNames proven(snapshot);
  for (const ca::Issuer* issuer : issuers) {
    ca::Ledger::for_each(snapshot, issuer->id(), [&](const ca::LedgerEntry& entry) {
      const auto id = ApplicationId::parse(entry.order);
      if (!id) return storage::Scan::proceed;
      check_content(snapshot, entry, *id, proven, faults);
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
  check_told(snapshot, faults);
  std::vector<ApplicationId> knowing;
  kApplications.scan_prefix(snapshot, "", [&](std::string_view, const Application& application) {
    if (!application.certificates.empty()) knowing.push_back(application.id);
    return storage::Scan::proceed;
  });
  for (const ApplicationId& id : knowing) {
    check_known(snapshot, kApplications.get(snapshot, id.octets()).value(), faults);
  }
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
