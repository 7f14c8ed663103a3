// `chancery stop`, `chancery resume` and `chancery stops`: stop switches, also while a server runs
// (docs/stopping.md).
#include <iomanip>

#include "acme/records/account_record.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "policy/product.h"
#include "policy/stops/stop.h"
#include "server/ca_files.h"
#include "server/catalog_files.h"
#include "server/commands/beside_server.h"
#include "server/issuer_files.h"
#include "server/system_clock.h"

namespace server {
namespace {

using policy::StopKind;
using policy::StopTarget;

constexpr int kTimeWidth = 22;

std::string known_method(const std::string& text) {
  std::string known;
  for (const std::string_view each : policy::kWords<policy::ControlMethod>) {
    if (each == text) return text;
    known += (known.empty() ? "" : ", ") + std::string(each);
  }
  throw UsageError("there is no method \"" + text + "\", expected one of " + known);
}

std::string known_profile(const ConfigChoice& config, const std::string& text) {
  const policy::Catalog catalog(catalog_or_throw(settings_or_throw(config)).products);
  if (catalog.find(text) != nullptr) return text;
  std::string known;
  for (const policy::Product& each : catalog.products()) {
    known += (known.empty() ? "" : ", ") + each.name;
  }
  throw UsageError("there is no profile \"" + text + "\", expected one of " + known);
}

std::string plain_name(const std::string& text) {
  if (const auto address = ca::IpAddress::parse(text)) return address->text();
  const auto name = ca::DnsName::parse(text);
  if (name && !name->is_wildcard()) return name->text();
  throw UsageError("\"" + text +
                   "\" is neither a domain, which stands for itself and every name "
                   "under it, nor an address");
}

/// `text` as an id, or the id of the issuer of that name; the main one if it is empty.
std::string issuer_id(const ConfigChoice& choice, const std::string& text) {
  constexpr std::size_t kDigits = 64;
  const bool is_id =
      text.size() == kDigits && text.find_first_not_of("0123456789abcdef") == text.npos;
  if (is_id) return text;
  for (const IssuerFiles& files : issuer_files(settings_or_throw(choice))) {
    if (files.name == (text.empty() ? "main" : text)) {
      return ca::hex(ca::sha256(read_certificates(files.certificate).front()));
    }
  }
  throw UsageError("\"" + text +
                   "\" is no issuer; expected a name that `chancery ca list` shows, or the SHA-256 "
                   "of its certificate, 64 digits of hex in lower case, as it stands in the URL of "
                   "its CRL");
}

std::string account_id(const std::string& text) {
  if (acme::AccountId::parse(text)) return text;
  throw UsageError("\"" + text + "\" is no account; expected the last part of its URL");
}

StopTarget target_of(const StopOptions& options) {
  const auto kind = policy::stop_kind(options.kind);
  if (!kind) {
    throw UsageError(
        "\"" + options.kind +
        "\" cannot be stopped, expected all, issuer, profile, method, account or name");
  }
  if (options.subject.empty() && *kind != StopKind::all && *kind != StopKind::issuer) {
    throw UsageError("which " + options.kind + "? Expected its name behind the word");
  }
  switch (*kind) {
    case StopKind::all:
      if (options.subject.empty()) return {*kind};
      throw UsageError("\"all\" is all; there is nothing to name behind it");
    case StopKind::issuer:
      return {*kind, issuer_id(options.config, options.subject)};
    case StopKind::profile:
      return {*kind, known_profile(options.config, options.subject)};
    case StopKind::method:
      return {*kind, known_method(options.subject)};
    case StopKind::account:
      return {*kind, account_id(options.subject)};
    case StopKind::name:
      return {*kind, plain_name(options.subject)};
  }
  std::unreachable();
}

void require_reason(const StopOptions& options) {
  require_plain_text("--reason", options.reason);
  if (options.reason.empty()) throw UsageError("--reason: expected why, for the audit log");
}

/// A typing error must not look like a stop.
void require_account(const storage::Snapshot& snapshot, const StopTarget& target) {
  if (target.kind != StopKind::account) return;
  const auto id = acme::AccountId::parse(target.subject);
  if (id && acme::kAccounts.contains(snapshot, id->octets())) return;
  throw std::runtime_error("there is no account " + target.subject);
}

}  // namespace

ExitCode stop(const StopOptions& options, std::ostream& out) {
  const StopTarget target = target_of(options);
  require_reason(options);
  const policy::StopRecord record{
      .since = SystemClock().seconds(),
      .person = person_at_command_line(),
      .reason = options.reason,
      .rule = settings_or_throw(options.config).stops_resume_by_two_persons
                  ? policy::ResumeRule::two_persons
                  : policy::ResumeRule::one_person};
  storage::Store store = open_store(options.config, storage::OpenMode::beside_writer);
  const bool is_new = store.write_and_wait([&](storage::Transaction& transaction) {
    require_account(transaction, target);
    return policy::stop(transaction, target, record);
  });
  out << (is_new ? "Stopped: " : "Stopped already: ") << target.text()
      << ". It is in effect, and lasts until `chancery resume`." << std::endl;
  return ExitCode::ok;
}

ExitCode resume(const StopOptions& options, std::ostream& out) {
  const StopTarget target = target_of(options);
  require_reason(options);
  storage::Store store = open_store(options.config, storage::OpenMode::beside_writer);
  const policy::Resumed resumed = store.write_and_wait([&](storage::Transaction& transaction) {
    return policy::resume(transaction, target, person_at_command_line(), options.reason,
                          SystemClock().seconds());
  });
  switch (resumed) {
    case policy::Resumed::done:
      out << "Resumed: " << target.text() << "." << std::endl;
      return ExitCode::ok;
    case policy::Resumed::waits_for_another:
      out << "Noted; " << target.text()
          << " stays stopped until another person runs the same command." << std::endl;
      return ExitCode::ok;
    case policy::Resumed::not_stopped:
      throw std::runtime_error(target.text() + " is not stopped; chancery stops shows what is");
    case policy::Resumed::same_person:
      throw std::runtime_error("you have asked for that already; another person has to");
  }
  std::unreachable();
}

ExitCode list_stops(const ConfigChoice& choice, std::ostream& out) {
  const storage::Store store = open_store(choice, storage::OpenMode::read_only);
  store.read([&](const storage::Snapshot& snapshot) {
    policy::kStops.scan_prefix(
        snapshot, "", [&](std::string_view key, const policy::StopRecord& record) {
          out << std::left << std::setw(kTimeWidth) << ca::rfc3339(record.since)
              << StopTarget::of_key(key).text() << "  (" << record.person << ": " << record.reason
              << ")";
          if (!record.resume_asked_by.empty()) {
            out << "  one of two persons wants to resume: " << record.resume_asked_by;
          }
          out << "\n";
          return storage::Scan::proceed;
        });
  });
  out << std::flush;
  return ExitCode::ok;
}

}  // namespace server
