#include "acme/records/verify.h"
#include "acme/records/order_record.h"
#include "ca/audit_log.h"
#include "ca/ledger.h"
#include "policy/applications/verify.h"
#include "policy/documents/document.h"
#include "policy/issuing/application_issuance.h"
#include "server/ca_files.h"
#include "server/commands/commands.h"
#include "server/issuer_files.h"
#include "storage/lmdb_engine.h"
#include "storage/store.h"

namespace server {
namespace {

struct Counts {
  std::uint64_t audit_entries = 0;
  std::uint64_t certificates = 0;
  std::uint64_t orders = 0;
};

/// What was proved, and what was found wrong.
struct Report {
  Counts checked;
  std::vector<std::string> findings;
};

struct Place {
  std::filesystem::path store;
  std::vector<std::filesystem::path> issuers;
};

Place place_of(const VerifyOptions& options) {
  if (options.store) return {*options.store, options.issuers};
  const Settings settings = settings_or_throw(options.config);
  Place place{settings.storage_path, {}};
  for (const IssuerFiles& files : issuer_files(settings)) {
    place.issuers.push_back(files.certificate);
  }
  return place;
}

Counts count(const storage::Snapshot& snapshot) {
  Counts counts;
  ca::read_audit(snapshot, 0, [&](const ca::AuditEntry&) {
    ++counts.audit_entries;
    return storage::Scan::proceed;
  });
  ca::Ledger::for_each(snapshot, "", [&](const ca::LedgerEntry&) {
    ++counts.certificates;
    return storage::Scan::proceed;
  });
  snapshot.scan(acme::kOrders.name(), "", [&](std::string_view, std::string_view) {
    ++counts.orders;
    return storage::Scan::proceed;
  });
  return counts;
}

void append(std::vector<std::string>& all, const char* part, std::vector<std::string> more) {
  for (std::string& finding : more) all.push_back(std::string(part) + ": " + std::move(finding));
}

Report examine(const storage::Snapshot& snapshot, const std::vector<const ca::Issuer*>& issuers) {
  Report report;
  append(report.findings, "audit log", ca::verify_audit_chain(snapshot));
  append(report.findings, "ledger", ca::Ledger::verify(snapshot, issuers));
  append(report.findings, "orders", acme::verify_records(snapshot, issuers));
  append(report.findings, "applications", policy::verify_applications(snapshot));
  append(report.findings, "documents", policy::verify_documents(snapshot));
  append(report.findings, "applications",
         policy::verify_application_certificates(snapshot, issuers));
  report.checked = count(snapshot);
  return report;
}

}  // namespace

ExitCode verify(const VerifyOptions& options, std::ostream& out) {
  const Place place = place_of(options);
  std::vector<std::unique_ptr<ca::Issuer>> issuers;
  std::vector<const ca::Issuer*> views;
  for (const std::filesystem::path& file : place.issuers) {
    issuers.push_back(verifying_issuer(file));
    views.push_back(issuers.back().get());
  }
  const storage::LmdbOptions storage{.folder = place.store, .mode = storage::OpenMode::read_only};
  const storage::Store store(storage::open_lmdb(storage));
  const Report report =
      store.read([&](const storage::Snapshot& snapshot) { return examine(snapshot, views); });
  out << "Checked in " << place.store.string() << ": " << report.checked.audit_entries
      << " audit entries, " << report.checked.certificates << " ledger entries, "
      << report.checked.orders << " orders.\n";
  for (const std::string& finding : report.findings) out << finding << "\n";
  out << (report.findings.empty() ? "Everything is as it must be."
                                  : std::to_string(report.findings.size()) + " findings.")
      << std::endl;
  return report.findings.empty() ? ExitCode::ok : ExitCode::failed;
}

}  // namespace server
