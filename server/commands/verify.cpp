#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "acme/records/order_record.h"
#include "acme/records/verify_store.h"
#include "server/ca_files.h"
#include "server/commands/commands.h"
#include "server/commands/escaped_text.h"
#include "server/issuer_files.h"
#include "server/whole_file.h"
#include "storage/damage.h"
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
  std::filesystem::path signer_ledger;  // may be empty
};

Place place_of(const VerifyOptions& options) {
  const std::filesystem::path ledger = options.signer_ledger.value_or("");
  if (options.store) return {*options.store, options.issuers, ledger};
  const Settings settings = settings_or_throw(options.config);
  Place place{settings.storage_path, {}, ledger.empty() ? settings.ca_signer_ledger : ledger};
  for (const IssuerFiles& files : issuer_files(settings)) {
    place.issuers.push_back(files.certificate);
  }
  return place;
}

Counts count(const storage::Snapshot& snapshot) {
  const auto rows = [&](storage::TableName table) {
    std::uint64_t number = 0;
    // Not decoded: what cannot be read is a finding and no end of the proof.
    snapshot.scan(table, "", [&](std::string_view, std::string_view) {
      ++number;
      return storage::Scan::proceed;
    });
    return number;
  };
  return {.audit_entries = rows({"audit"}),
          .certificates = rows({"ledger"}),
          .orders = rows(acme::kOrders.name())};
}

/// `412:9f86d0…`: the number of an entry of the audit log, and its hash.
acme::AuditHead parsed_head(const std::string& text) {
  constexpr std::size_t kHexDigits = 64;
  acme::AuditHead head;
  const std::size_t colon = std::min(text.find(':'), text.size());
  const auto [end, fault] = std::from_chars(text.data(), text.data() + colon, head.sequence);
  if (colon < text.size()) head.hash = text.substr(colon + 1);
  const bool is_hash = head.hash.size() == kHexDigits &&
                       head.hash.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (fault == std::errc() && end == text.data() + colon && head.sequence > 0 && is_hash) {
    return head;
  }
  throw UsageError("--audit-head: \"" + text +
                   "\" is not the number of an entry, a colon and its hash, 64 digits of hex in "
                   "lower case");
}

}  // namespace

ExitCode verify(const VerifyOptions& options, std::ostream& out) {
  const Place place = place_of(options);
  std::vector<std::unique_ptr<ca::Issuer>> issuers;
  std::vector<const ca::Issuer*> views;
  std::vector<std::string> unread;
  for (const std::filesystem::path& file : place.issuers) {
    try {
      issuers.push_back(verifying_issuer(file));
    } catch (const std::runtime_error& error) {
      if (options.store) throw;
      // The server may go on without it, and so does the proof.
      unread.push_back("an issuing CA of the settings: " + std::string(error.what()));
      continue;
    }
    views.push_back(issuers.back().get());
  }
  const storage::ReadingADoubtfulStore doubtful;
  const storage::LmdbOptions storage{.folder = place.store, .mode = storage::OpenMode::read_only};
  const storage::Store store(storage::open_lmdb(storage));
  acme::OutsideEvidence outside;
  if (options.audit_head) outside.audit_head = parsed_head(*options.audit_head);
  // A server may write both meanwhile: what was there before the snapshot is judged by it, and what
  // is there after it explains all that the snapshot has.
  std::ifstream ledger;
  std::optional<std::string> missing;
  if (!place.signer_ledger.empty()) {
    missing = why_unreadable(place.signer_ledger);
    if (!missing) ledger.open(place.signer_ledger, std::ios::binary);
    if (ledger.is_open())
      outside.signer_ledger_older = std::filesystem::file_size(place.signer_ledger);
    if (missing) missing = place.signer_ledger.string() + " cannot be read: " + *missing;
  }
  if (missing && options.signer_ledger) throw UsageError("--signer-ledger: " + *missing);
  Report report = store.read([&](const storage::Snapshot& snapshot) {
    if (ledger.is_open()) {
      outside.signer_ledger = std::string{std::istreambuf_iterator<char>(ledger), {}};
    }
    return Report{count(snapshot), acme::verify_store(snapshot, views, outside)};
  });
  report.findings.insert(report.findings.begin(), unread.begin(), unread.end());
  if (missing) report.findings.push_back("the signer's ledger of ca.signer_ledger: " + *missing);
  out << "Checked in " << place.store.string() << ": " << report.checked.audit_entries
      << " audit entries, " << report.checked.certificates << " ledger entries, "
      << report.checked.orders << " orders.\n";
  // Damaged rows are quoted in some.
  for (const std::string& finding : report.findings) out << escaped(finding) << "\n";
  out << (report.findings.empty() ? "Everything is as it must be."
                                  : std::to_string(report.findings.size()) + " findings.")
      << std::endl;
  return report.findings.empty() ? ExitCode::ok : ExitCode::failed;
}

}  // namespace server
