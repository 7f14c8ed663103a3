// `chancery revoke …` and `chancery incident …`: many certificates revoked at once, also while a
// server runs, which then does the work.
#include <algorithm>
#include <array>
#include <iomanip>

#include "acme/fulfilment/incident_work.h"
#include "acme/ids.h"
#include "acme/records/incident_record.h"
#include "ca/certificate.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "ca/crypto/public_key.h"
#include "ca/crypto/random.h"
#include "ca/names/dns_name.h"
#include "ca/names/ip_address.h"
#include "ca/time.h"
#include "policy/ids.h"
#include "server/commands/beside_server.h"
#include "server/commands/commands.h"
#include "server/config/quantity.h"
#include "server/system_clock.h"
#include "server/whole_file.h"

namespace server {
namespace {

using acme::IncidentRecord;
using acme::kIncidents;

constexpr int kIdWidth = 16;
constexpr int kStateWidth = 10;
constexpr std::size_t kLongestSerial = 20;
constexpr std::size_t kSha256Octets = 32;

struct ReasonRow {
  std::string_view name;
  std::uint8_t code;
};
constexpr std::array<ReasonRow, 6> kReasons = {{{"unspecified", 0},
                                                {"keyCompromise", 1},
                                                {"affiliationChanged", 3},
                                                {"superseded", 4},
                                                {"cessationOfOperation", 5},
                                                {"privilegeWithdrawn", 9}}};

std::string_view name_of_reason(std::uint8_t code) {
  const auto* const row = std::ranges::find(kReasons, code, &ReasonRow::code);
  return row == kReasons.end() ? "?" : row->name;
}

std::uint8_t parsed_reason(const std::string& text) {
  std::string known;
  for (const ReasonRow& row : kReasons) {
    if (text == row.name || text == std::to_string(row.code)) return row.code;
    known += (known.empty() ? "" : ", ") + std::string(row.name);
  }
  throw UsageError("--reason: \"" + text + "\" is not one of " + known + ", nor its number");
}

std::string text_in(const std::filesystem::path& file, const std::string& option) {
  // Room for acme::kMostSerials lines of twenty octets with colons, and for comments.
  constexpr std::size_t kLongestList = std::size_t{64} << 20;
  auto text = read_whole_file(file, kLongestList);
  if (!text) throw UsageError(option + ": " + file.string() + " cannot be read: " + text.error());
  return *std::move(text);
}

/// A serial as tools write it: hex, with colons or without, with zeros in front or without.
std::optional<std::string> serial_of(std::string line) {
  std::erase_if(line, [](char c) { return c == ':' || c == ' ' || c == '\t' || c == '\r'; });
  if (line.size() % 2 != 0) line.insert(0, "0");
  auto serial = ca::from_hex(line);
  if (!serial) return std::nullopt;
  while (serial->size() > 1 && serial->front() == '\0') serial->erase(0, 1);
  if (serial->empty() || serial->size() > kLongestSerial) return std::nullopt;
  return serial;
}

std::vector<std::string> parsed_serials(const std::filesystem::path& file) {
  const std::string text = text_in(file, "--serials");
  std::vector<std::string> serials;
  std::size_t number = 0;
  for (std::string_view rest = text; !rest.empty();) {
    ++number;
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string line(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (line.find_first_not_of(" \t\r") == line.npos || line.starts_with('#')) continue;
    auto serial = serial_of(line);
    if (!serial) {
      throw UsageError("--serials: line " + std::to_string(number) + " of " + file.string() +
                       " is not a serial number in hex");
    }
    serials.push_back(*std::move(serial));
  }
  std::ranges::sort(serials);
  serials.erase(std::ranges::unique(serials).begin(), serials.end());
  if (serials.empty() || serials.size() > acme::kMostSerials) {
    throw UsageError("--serials: expected 1 to " + std::to_string(acme::kMostSerials) +
                     " serial numbers in " + file.string());
  }
  return serials;
}

std::string parsed_key(const std::string& text) {
  if (auto hash = ca::from_hex(text); hash && hash->size() == kSha256Octets) return *hash;
  const std::string pem = text_in(text, "--key");
  if (const auto keys = ca::from_pem("PUBLIC KEY", pem); keys && keys->size() == 1) {
    return ca::sha256(keys->front());
  }
  if (const auto certificates = ca::from_pem("CERTIFICATE", pem);
      certificates && !certificates->empty()) {
    if (const auto view = ca::view_certificate(certificates->front()))
      return ca::sha256(view->spki);
  }
  throw UsageError("--key: " + text +
                   " is neither a SHA-256 in hex nor a PEM file with one PUBLIC "
                   "KEY or a CERTIFICATE");
}

std::string parsed_name(const std::string& text) {
  if (const auto name = ca::DnsName::parse(text)) return name->text();
  if (const auto address = ca::IpAddress::parse(text)) return address->text();
  throw UsageError("--name: \"" + text + "\" is neither a DNS name nor an address");
}

/// `2026-11-22` or `2026-11-22T09:30:00Z`.
ca::Time parsed_time(const std::string& text, std::string_view end_of_day) {
  constexpr std::size_t kDayLength = 10;
  const bool is_day = text.size() == kDayLength;
  const auto time = ca::parse_rfc3339(is_day ? text + "T" + std::string(end_of_day) + "Z" : text);
  if (time && *time >= ca::Time{}) return *time;
  throw UsageError("--issued-between: \"" + text +
                   "\" is neither a date such as 2026-11-22 nor a time such as "
                   "2026-11-22T09:30:00Z");
}

/// Whoever a certificate can be for: an account, or the tenant of an application.
std::string parsed_account(const std::string& text) {
  if (acme::AccountId::parse(text) || policy::TenantId::parse(text)) return text;
  throw UsageError("--account: \"" + text +
                   "\" is neither an account, which is the last part of its URL, nor a tenant");
}

ca::Time revoke_at(const RevokeOptions& options, ca::Time now) {
  if (!options.delay) return now;
  const auto delay = parse_duration(*options.delay);
  if (delay && delay->count() >= 0) return now + *delay;
  throw UsageError("--in: \"" + *options.delay + "\" is not a duration, expected one such as 20h");
}

struct Opening {
  IncidentRecord record;
  std::vector<std::string> serials;
};

Opening parsed(const RevokeOptions& options, ca::Time now) {
  Opening opening;
  IncidentRecord& record = opening.record;
  record.opened_at = now;
  record.opened_by = person_at_command_line();
  record.reason = parsed_reason(options.reason);
  record.why = options.why;
  require_plain_text("--why", record.why);
  record.revoke_at = revoke_at(options, now);
  if (options.serials) {
    record.selection.by_serial = true;
    opening.serials = parsed_serials(*options.serials);
  }
  for (const std::string& each : options.keys) {
    record.selection.spki_sha256.push_back(parsed_key(each));
  }
  for (const std::string& each : options.names) {
    record.selection.names.push_back(parsed_name(each));
  }
  for (const std::string& each : options.accounts) {
    record.selection.accounts.push_back(parsed_account(each));
  }
  if (!options.issued_between.empty()) {
    record.selection.issued_from = parsed_time(options.issued_between.at(0), "00:00:00");
    record.selection.issued_until = parsed_time(options.issued_between.at(1), "23:59:59");
    if (*record.selection.issued_until < *record.selection.issued_from) {
      throw UsageError("--issued-between: " + options.issued_between.at(1) + " is before " +
                       options.issued_between.at(0) + "; give the earlier one first");
    }
  }
  if (!record.selection.is_empty()) return opening;
  throw UsageError(
      "nothing is selected; give --serials, --key, --name, --account or --issued-between");
}

std::string names_text(const ca::LedgerEntry& entry) {
  const auto view =
      ca::view_certificate(entry.certificate.empty() ? entry.lint_certificate : entry.certificate);
  std::string text;
  if (!view) return text;
  for (const ca::Identifier& each : view->identifiers) text += " " + ca::value_of(each);
  return text;
}

/// Every certificate on a line: what an incident report lists (IRG 3.2).
ExitCode list_selected(const storage::Store& store, Opening opening, std::ostream& out) {
  constexpr std::size_t kAtOnce = 1'000;
  std::size_t selected = 0;
  std::size_t revoked = 0;
  std::size_t unknown = 0;
  for (bool is_last = false; !is_last;) {
    const acme::IncidentChunk chunk = store.read([&](const storage::Snapshot& snapshot) {
      return acme::select_chunk(snapshot, opening.record, opening.serials, kAtOnce);
    });
    for (const ca::LedgerEntry& entry : chunk.entries) {
      const std::string hash =
          entry.certificate.empty() ? "unknown" : ca::hex(ca::sha256(entry.certificate));
      out << ca::hex(entry.serial) << "  " << hash << "  "
          << ca::rfc3339(entry.certificate.empty() ? entry.intended_at : entry.issued_at) << "  "
          << ca::rfc3339(entry.not_after) << (entry.revoked ? "  revoked" : "  open")
          << names_text(entry) << "\n";
      revoked += entry.revoked ? 1 : 0;
    }
    selected += chunk.entries.size();
    unknown += chunk.unknown;
    opening.record.cursor = chunk.cursor;
    is_last = chunk.is_last;
  }
  out << selected << " certificates would be in the incident, " << revoked
      << " of them revoked already; " << unknown << " serials are none of ours. Nothing was done."
      << std::endl;
  return ExitCode::ok;
}

std::string fresh_id(ca::Time now) {
  ca::SystemRandom random;
  std::string day = ca::rfc3339(now).substr(0, 10);
  std::erase(day, '-');
  return day + "-" + ca::hex(random.bytes(3));
}

void show_selection(const acme::IncidentSelection& selection, std::ostream& out) {
  if (selection.by_serial) out << "Selected: by a list of serials\n";
  for (const std::string& each : selection.spki_sha256) {
    out << "Selected: key " << ca::hex(each) << "\n";
  }
  for (const std::string& each : selection.names) out << "Selected: name " << each << "\n";
  for (const std::string& each : selection.accounts) out << "Selected: account " << each << "\n";
  if (selection.issued_from) {
    out << "Selected: issued from " << ca::rfc3339(*selection.issued_from) << " to "
        << ca::rfc3339(selection.issued_until.value_or(*selection.issued_from)) << "\n";
  }
}

}  // namespace

ExitCode revoke(const RevokeOptions& options, std::ostream& out) {
  const ca::Time now = SystemClock().seconds();
  const Opening opening = parsed(options, now);
  if (options.dry_run) {
    return list_selected(open_store(options.config, storage::OpenMode::read_only), opening, out);
  }
  storage::Store store = open_store(options.config, storage::OpenMode::beside_writer);
  const std::string id = fresh_id(now);
  store.write_and_wait([&](storage::Transaction& transaction) {
    acme::open_incident(transaction, id, opening.record, opening.serials);
  });
  out << "Incident: " << id
      << "\nThe running server begins within half a minute, or the next one at its start. Clients "
         "that ask for renewal\ninformation are told to renew at once; the certificates are "
         "revoked from "
      << ca::rfc3339(opening.record.revoke_at) << " on.\n  chancery incident show … " << id
      << std::endl;
  return ExitCode::ok;
}

ExitCode incident_list(const ConfigChoice& choice, std::ostream& out) {
  const storage::Store store = open_store(choice, storage::OpenMode::read_only);
  store.read([&](const storage::Snapshot& snapshot) {
    kIncidents.scan_prefix(snapshot, "", [&](std::string_view id, const IncidentRecord& record) {
      out << std::left << std::setw(kIdWidth) << id << " " << std::setw(kStateWidth)
          << acme::text_of(record.state) << " " << record.revoked << " of " << record.selected
          << " revoked, " << record.untouched << " untouched  " << name_of_reason(record.reason)
          << "  " << record.why << "\n";
      return storage::Scan::proceed;
    });
  });
  out << std::flush;
  return ExitCode::ok;
}

ExitCode incident_show(const ConfigChoice& choice, const std::string& id, std::ostream& out) {
  const storage::Store store = open_store(choice, storage::OpenMode::read_only);
  const auto record =
      store.read([&](const storage::Snapshot& snapshot) { return kIncidents.get(snapshot, id); });
  if (!record) {
    throw std::runtime_error("there is no incident \"" + id +
                             "\"; chancery incident list shows those there are");
  }
  out << "Incident: " << id << "\nState: " << acme::text_of(record->state)
      << "\nOpened: " << ca::rfc3339(record->opened_at) << " by " << record->opened_by
      << "\nWhy: " << record->why << "\nReason: " << name_of_reason(record->reason)
      << "\nRevoked from: " << ca::rfc3339(record->revoke_at) << "\n";
  show_selection(record->selection, out);
  out << "Certificates: " << record->selected << "\nRevoked: " << record->revoked
      << "\nRevoked before, or expired: " << record->untouched
      << "\nSerials that are none of ours: " << record->unknown
      << "\nDone: " << (record->done_at ? ca::rfc3339(*record->done_at) : "not yet") << std::endl;
  return ExitCode::ok;
}

}  // namespace server
