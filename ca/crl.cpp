#include "ca/crl.h"

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <utility>

#include "ca/audit_events.h"
#include "ca/audit_log.h"
#include "ca/crl_check.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "ca/der/writer.h"
#include "ca/extensions.h"
#include "ca/oids.h"
#include "ca/revocation_index.h"
#include "ca/tbs_certificate.h"
#include "storage/record_codec.h"
#include "storage/table.h"

namespace ca {
namespace {

using der::Criticality;

constexpr std::chrono::days kLongestLife{10};  // BR 7.2, for CRLs over subscriber certificates
constexpr std::string_view kServer = "server";

/// Facts of the newest CRL of an issuer, in the same write as the CRL itself.
struct FactsRow {
  CrlFacts facts;

  [[nodiscard]] std::string encode() const {
    storage::RecordWriter writer(kVersion);
    writer.number(1, facts.number).time(2, facts.this_update).bytes(3, facts.sha256);
    return std::move(writer).take();
  }
  static FactsRow decode(std::string_view bytes) {
    FactsRow row;
    storage::RecordReader reader("CRL facts", bytes, kVersion);
    while (const auto field = reader.next()) {
      if (field->field == 1) row.facts.number = field->as_number();
      if (field->field == 2) row.facts.this_update = field->as_time();
      if (field->field == 3) row.facts.sha256 = field->as_string();
    }
    return row;
  }
  static constexpr std::uint8_t kVersion = 1;
};

/// The last CRL number given out, whether its CRL came to be or not.
struct LastCrlNumber {
  std::uint64_t number = 0;

  [[nodiscard]] std::string encode() const {
    storage::RecordWriter writer(kVersion);
    writer.number(1, number);
    return std::move(writer).take();
  }
  static LastCrlNumber decode(std::string_view bytes) {
    LastCrlNumber last;
    storage::RecordReader reader("CRL number", bytes, kVersion);
    while (const auto field = reader.next()) {
      if (field->field == 1) last.number = field->as_number();
    }
    return last;
  }
  static constexpr std::uint8_t kVersion = 1;
};

// The DER and nothing else, so that a large CRL is not copied in and out of a record.
constexpr storage::TableName kCrls{"crls"};
constexpr storage::Table<FactsRow> kCrlFacts{"crl_facts"};
constexpr storage::Table<LastCrlNumber> kCrlNumbers{"crl_numbers"};

std::string revoked_certificate(const RevokedSerial& revoked) {
  const std::string serial = der::unsigned_integer(revoked.serial);
  const std::string when = der_time(revoked.revoked_at);
  // BR 7.2.2: unspecified is said by leaving the extension out.
  if (revoked.reason == 0) return der::sequence({serial, when});
  const std::string reason =
      der::element(der::Tag::enumerated, std::string(1, static_cast<char>(revoked.reason)));
  const std::string extensions =
      der::sequence({der::extension(oid::kReasonCode, Criticality::non_critical, reason)});
  return der::sequence({serial, when, extensions});
}

using IndexRows = std::vector<std::pair<std::string, RevocationRow>>;  // key and row

/// One CRL on its way into the store. Shared by the runs of the write, which may be several.
struct Publication {
  std::string issuer_id;
  std::string der;
  CrlFacts facts;
  std::size_t entries;
  IndexRows expired;  // rows on it whose certificate had expired
};

std::uint64_t take_number(storage::Transaction& transaction,
                          const std::string& issuer_id,
                          Time now) {
  const LastCrlNumber last = kCrlNumbers.get(transaction, issuer_id).value_or(LastCrlNumber{});
  const auto clock = static_cast<std::uint64_t>(now.time_since_epoch().count());
  const std::uint64_t number = std::max(last.number + 1, clock);
  kCrlNumbers.put(transaction, issuer_id, LastCrlNumber{number});
  const AuditEvent event{.time = now,
                         .event = audit_event::kCrlNumbered,
                         .actor = std::string(kServer),
                         .subject = issuer_id,
                         .facts = {{"number", std::to_string(number)}}};
  append_audit(transaction, event);
  return number;
}

/// What is due on the CRL of that issuer.
IndexRows read_due(const storage::Snapshot& snapshot, const std::string& issuer_id) {
  IndexRows rows;
  kRevocationIndex.scan_prefix(snapshot, issuer_prefix(issuer_id),
                               [&](std::string_view key, const RevocationRow& row) {
                                 rows.emplace_back(key, row);
                                 return storage::Scan::proceed;
                               });
  return rows;
}

std::vector<RevokedSerial> listed(const IndexRows& rows, const std::string& issuer_id) {
  const std::size_t prefix = issuer_prefix(issuer_id).size();
  std::vector<RevokedSerial> serials;
  serials.reserve(rows.size());
  for (const auto& [key, row] : rows) {
    serials.push_back(
        {.serial = key.substr(prefix), .revoked_at = row.revoked_at, .reason = row.reason});
  }
  return serials;
}

void store_crl(storage::Transaction& transaction, const Publication& crl) {
  const auto newest = newest_crl_facts(transaction, crl.issuer_id);
  if (newest && newest->number > crl.facts.number) return;
  transaction.put(kCrls, crl.issuer_id, crl.der);
  kCrlFacts.put(transaction, crl.issuer_id, FactsRow{crl.facts});
  // These have now been seen on a CRL after their expiry and are done with, unless something new
  // was said of them meanwhile.
  for (const auto& [key, row] : crl.expired) {
    if (kRevocationIndex.get(transaction, key) == row) kRevocationIndex.erase(transaction, key);
  }
  const AuditEvent event{.time = crl.facts.this_update,
                         .event = audit_event::kCrlPublished,
                         .actor = std::string(kServer),
                         .subject = crl.issuer_id,
                         .facts = {{"number", std::to_string(crl.facts.number)},
                                   {"entries", std::to_string(crl.entries)},
                                   {"crl_sha256", hex(crl.facts.sha256)}}};
  append_audit(transaction, event);
}

void check_life(std::chrono::seconds life) {
  if (life <= std::chrono::seconds(0) || life > kLongestLife) {
    throw std::logic_error("a CRL was to live " + std::to_string(life.count()) +
                           " s; BR 7.2 allows 10 days");
  }
}

}  // namespace

std::string sign_crl(const Issuer& issuer,
                     const std::vector<RevokedSerial>& revoked,
                     std::uint64_t number,
                     Time now,
                     std::chrono::seconds life) {
  check_life(life);
  const std::string_view algorithm = der_algorithm_identifier(issuer.signer().algorithm());
  std::vector<std::string> rows;
  rows.reserve(revoked.size());
  for (const RevokedSerial& row : revoked) rows.push_back(revoked_certificate(row));
  // RFC 5280 §5.1.2.6: the list is left out when it would be empty.
  const std::string list = rows.empty() ? std::string() : der::sequence(rows);
  const std::string crl_number =
      der::extension(oid::kCrlNumber, Criticality::non_critical, der::small_integer(number));
  const std::string extensions =
      der::element(der::context_constructed(0),
                   der::sequence({authority_key_identifier(issuer.key_identifier()), crl_number}));
  constexpr std::uint64_t kVersion2 = 1;
  const std::string tbs =
      der::sequence({der::small_integer(kVersion2), algorithm, issuer.certificate().subject,
                     der_time(now), der_time(now + life), list, extensions});
  std::string crl = assemble_signed(tbs, algorithm, issuer.signer().sign(tbs));
  // A key that computes wrongly (a fault in memory or in a module) must not take the place of a CRL
  // that relying parties can use.
  const CrlClaims claims{.number = number, .this_update = now, .next_update = now + life};
  if (const std::string fault = crl_fault(crl, issuer, claims); !fault.empty()) {
    throw std::runtime_error(fault);
  }
  return crl;
}

boost::asio::awaitable<std::string> publish_crl(storage::Store& store,
                                                const Issuer& issuer,
                                                Time now,
                                                std::chrono::seconds life) {
  check_life(life);
  auto take = [issuer_id = issuer.id(), now](storage::Transaction& transaction) {
    return take_number(transaction, issuer_id, now);
  };
  auto taking = store.write(std::move(take));
  const std::uint64_t number = co_await std::move(taking);

  IndexRows rows = store.read(
      [&](const storage::Snapshot& snapshot) { return read_due(snapshot, issuer.id()); });
  Publication made{.issuer_id = issuer.id(),
                   .der = sign_crl(issuer, listed(rows, issuer.id()), number, now, life),
                   .facts = {},
                   .entries = rows.size(),
                   .expired = {}};
  made.facts = {.number = number, .this_update = now, .sha256 = sha256(made.der)};
  std::erase_if(rows, [now](const auto& row) { return row.second.not_after >= now; });
  made.expired = std::move(rows);

  const auto crl = std::make_shared<const Publication>(std::move(made));
  auto keep = [crl](storage::Transaction& transaction) { store_crl(transaction, *crl); };
  auto keeping = store.write(std::move(keep));
  co_await std::move(keeping);
  co_return crl->der;
}

std::optional<std::string> newest_crl(const storage::Snapshot& snapshot,
                                      std::string_view issuer_id) {
  return snapshot.get(kCrls, issuer_id);
}

std::optional<CrlFacts> newest_crl_facts(const storage::Snapshot& snapshot,
                                         std::string_view issuer_id) {
  auto row = kCrlFacts.get(snapshot, issuer_id);
  return row ? std::optional(std::move(row->facts)) : std::nullopt;
}

}  // namespace ca
