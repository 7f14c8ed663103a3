#include "ca/crl.h"

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <utility>

#include "ca/audit_events.h"
#include "ca/audit_log.h"
#include "ca/crl_check.h"
#include "ca/crl_number.h"
#include "ca/crl_scheme.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "ca/der/writer.h"
#include "ca/extensions.h"
#include "ca/oids.h"
#include "ca/revocation_index.h"
#include "ca/signed_structure.h"
#include "storage/record_codec.h"
#include "storage/table.h"

namespace ca {
namespace {

using der::Criticality;

constexpr std::chrono::days kLongestLife{10};  // BR 7.2, for CRLs over subscriber certificates
constexpr std::string_view kServer = "server";

/// Facts of the newest CRL of a name, in the same write as the CRL itself.
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

/// A CRL that is wanted.
struct Part {
  std::string name;               // crl_name
  std::vector<std::string> urls;  // of its issuingDistributionPoint
  std::vector<RevokedSerial> list;
};

/// What goes on the next CRLs.
struct Due {
  std::vector<Part> parts;  // the first is the CRL over everything
  std::vector<std::pair<std::string, RevocationRow>> expired;  // keys and rows, in their last CRL
};

/// One set of CRLs on its way into the store. Shared by the runs of the write, which may be
/// several.
struct Publication {
  struct Crl {
    std::string name;
    std::string der;
    CrlFacts facts;
  };
  std::string issuer_id;
  std::uint64_t number;
  Time now;
  std::vector<Crl> crls;  // the one over everything first, unless it is left out
  std::optional<std::uint64_t> left_out = {};  // its size
  std::size_t entries;
  std::vector<std::pair<std::string, RevocationRow>> expired;
  std::string tbs_hashes = {};  // SHA-256 of each TBSCertList, in the order of signing
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

std::vector<Part> empty_parts(const storage::Snapshot& snapshot,
                              const std::string& issuer_id,
                              Time now) {
  std::vector<Part> parts = {{.name = crl_name(issuer_id, 1, 0), .urls = {}, .list = {}}};
  for (const CrlScheme& scheme : live_crl_schemes(snapshot, issuer_id, now)) {
    for (std::uint32_t i = 0; i < scheme.parts; ++i) {
      Part part{.name = crl_name(issuer_id, scheme.parts, i), .urls = {}, .list = {}};
      for (const std::string& url : scheme.full_urls) {
        part.urls.push_back(crl_part_url(url, scheme.parts, i));
      }
      parts.push_back(std::move(part));
    }
  }
  return parts;
}

/// Every revoked serial of that issuer into its part of each scheme.
Due read_due(const storage::Snapshot& snapshot, const std::string& issuer_id, Time now) {
  Due due{.parts = empty_parts(snapshot, issuer_id, now), .expired = {}};
  std::vector<std::uint32_t> schemes;  // numbers of parts, in the order of due.parts
  for (const CrlScheme& scheme : live_crl_schemes(snapshot, issuer_id, now)) {
    schemes.push_back(scheme.parts);
  }
  const std::size_t prefix = issuer_prefix(issuer_id).size();
  kRevocationIndex.scan_prefix(
      snapshot, issuer_prefix(issuer_id), [&](std::string_view key, const RevocationRow& row) {
        const RevokedSerial revoked{.serial = std::string(key.substr(prefix)),
                                    .revoked_at = row.revoked_at,
                                    .reason = row.reason};
        due.parts.front().list.push_back(revoked);
        std::size_t first = 1;
        for (const std::uint32_t parts : schemes) {
          due.parts.at(first + crl_part(revoked.serial, parts)).list.push_back(revoked);
          first += parts;
        }
        if (row.not_after < now) due.expired.emplace_back(key, row);
        return storage::Scan::proceed;
      });
  return due;
}

/// SHA-256 over those of all parts: one audit entry says them all.
std::string parts_sha256(const Publication& publication) {
  std::string all;
  for (const Publication::Crl& crl : publication.crls) all += crl.facts.sha256;
  return sha256(all);
}

void store_crls(storage::Transaction& transaction, const Publication& publication) {
  for (const Publication::Crl& crl : publication.crls) {
    const auto newest = newest_crl_facts(transaction, crl.name);
    if (newest && newest->number > publication.number) return;
  }
  for (const Publication::Crl& crl : publication.crls) {
    transaction.put(kCrls, crl.name, crl.der);
    kCrlFacts.put(transaction, crl.name, FactsRow{crl.facts});
  }
  // These have now been seen on a CRL after their expiry and are done with, unless something new
  // was said of them meanwhile.
  for (const auto& [key, row] : publication.expired) {
    if (kRevocationIndex.get(transaction, key) == row) kRevocationIndex.erase(transaction, key);
  }
  AuditEvent event{.time = publication.now,
                   .event = audit_event::kCrlPublished,
                   .actor = std::string(kServer),
                   .subject = publication.issuer_id,
                   .facts = {{"number", std::to_string(publication.number)},
                             {"entries", std::to_string(publication.entries)}}};
  const std::size_t parts = publication.crls.size() - (publication.left_out ? 0 : 1);
  if (publication.left_out) {
    event.facts.emplace_back("left_out", std::to_string(*publication.left_out));
  } else {
    event.facts.emplace_back("crl_sha256", hex(publication.crls.front().facts.sha256));
  }
  if (parts > 0) {
    event.facts.emplace_back("parts", std::to_string(parts));
    event.facts.emplace_back("all_sha256", hex(parts_sha256(publication)));
  }
  // What the signer's own ledger is compared with (ca/signer_ledger.cpp).
  event.facts.emplace_back("signed_sha256", hex(sha256(publication.tbs_hashes)));
  append_audit(transaction, event);
}

void check_life(std::chrono::seconds life) {
  if (life <= std::chrono::seconds(0) || life > kLongestLife) {
    throw std::logic_error("a CRL was to live " + std::to_string(life.count()) +
                           " s; BR 7.2 allows 10 days");
  }
}

std::string crl_tbs(const Issuer& issuer,
                    const std::vector<RevokedSerial>& revoked,
                    const CrlClaims& claims) {
  const std::string_view algorithm = der_algorithm_identifier(issuer.signer().algorithm());
  constexpr std::size_t kUsualEntry = 56;
  std::string rows;
  rows.reserve(revoked.size() * kUsualEntry);
  for (const RevokedSerial& row : revoked) rows += revoked_certificate(row);
  // RFC 5280 §5.1.2.6: the list is left out when it would be empty.
  const std::string list = rows.empty() ? std::string() : der::element(der::Tag::sequence, rows);
  const std::string crl_number =
      der::extension(oid::kCrlNumber, Criticality::non_critical, der::small_integer(claims.number));
  const std::string point =
      claims.urls.empty() ? std::string() : issuing_distribution_point(claims.urls);
  const std::string extensions = der::element(
      der::context_constructed(0),
      der::sequence({authority_key_identifier(issuer.key_identifier()), crl_number, point}));
  constexpr std::uint64_t kVersion2 = 1;
  return der::sequence({der::small_integer(kVersion2), algorithm, issuer.certificate().subject,
                        der_time(claims.this_update), der_time(claims.next_update), list,
                        extensions});
}

boost::asio::awaitable<std::string> sign_tbs(const Issuer& issuer,
                                             std::string tbs,
                                             CrlClaims claims) {
  auto signing = sign_structure(issuer.signer(), std::move(tbs));
  std::string crl = co_await std::move(signing);
  // What cannot be read back must not take the place of a CRL that relying parties can use.
  if (const std::string fault = crl_fault(crl, issuer, claims); !fault.empty()) {
    throw std::runtime_error(fault);
  }
  co_return crl;
}

/// When a set of CRLs is made, and for how long.
struct Issue {
  std::uint64_t number;
  Time now;
  std::chrono::seconds life;
};

/// Throws unless the CRL over everything, which outgrew its row, can be done without.
void require_parts(const Due& due, std::size_t bytes) {
  if (due.parts.size() > 1) return;
  throw std::runtime_error(
      "the CRL has " + std::to_string(due.parts.front().list.size()) + " entries and needs " +
      std::to_string(bytes) +
      " octets, more than the store holds in a row; divide it with crl.shards");
}

boost::asio::awaitable<Publication> sign_all(const Issuer& issuer,
                                             Due due,
                                             Issue issue,
                                             std::size_t largest) {
  constexpr std::size_t kSignatureRoom = 2'048;  // the largest key's, with what is around it
  Publication made{.issuer_id = issuer.id(),
                   .number = issue.number,
                   .now = issue.now,
                   .crls = {},
                   .entries = due.parts.front().list.size(),
                   .expired = std::move(due.expired)};
  for (Part& part : due.parts) {
    const CrlClaims claims{.number = issue.number,
                           .this_update = issue.now,
                           .next_update = issue.now + issue.life,
                           .urls = part.urls};
    std::string tbs = crl_tbs(issuer, part.list, claims);
    if (&part == &due.parts.front() && tbs.size() + kSignatureRoom > largest) {
      require_parts(due, tbs.size());
      made.left_out = tbs.size();
      continue;
    }
    made.tbs_hashes += sha256(tbs);
    auto signing = sign_tbs(issuer, std::move(tbs), claims);
    std::string der = co_await std::move(signing);
    CrlFacts facts{.number = issue.number, .this_update = issue.now, .sha256 = sha256(der)};
    made.crls.push_back(
        {.name = std::move(part.name), .der = std::move(der), .facts = std::move(facts)});
    part.list = {};
  }
  co_return made;
}

}  // namespace

boost::asio::awaitable<std::string> sign_crl(const Issuer& issuer,
                                             std::vector<RevokedSerial> revoked,
                                             std::uint64_t number,
                                             Time now,
                                             std::chrono::seconds life,
                                             std::vector<std::string> urls) {
  check_life(life);
  const CrlClaims claims{
      .number = number, .this_update = now, .next_update = now + life, .urls = urls};
  auto signing = sign_tbs(issuer, crl_tbs(issuer, revoked, claims), claims);
  co_return co_await std::move(signing);
}

boost::asio::awaitable<PublishedCrls> publish_crl(storage::Store& store,
                                                  const Issuer& issuer,
                                                  Time now,
                                                  std::chrono::seconds life,
                                                  std::size_t largest) {
  check_life(life);
  // A number is durable and told: none is used up for what is known not to be signed.
  if (const auto outage = issuer.signer().outage()) {
    throw SigningFailed("the CRL of issuer " + issuer.id() + " is not signed: " + *outage);
  }
  auto take = [issuer_id = issuer.id(), urls = issuer.urls(), now](storage::Transaction& t) {
    note_crl_scheme(t, issuer_id, urls.crl_parts, urls.crl, now);
    return take_number(t, issuer_id, now);
  };
  auto taking = store.write(std::move(take));
  const std::uint64_t number = co_await std::move(taking);

  Due due = store.read(
      [&](const storage::Snapshot& snapshot) { return read_due(snapshot, issuer.id(), now); });
  auto signing =
      sign_all(issuer, std::move(due), {.number = number, .now = now, .life = life}, largest);
  const auto made = std::make_shared<const Publication>(co_await std::move(signing));
  auto keep = [made](storage::Transaction& transaction) { store_crls(transaction, *made); };
  auto keeping = store.write(std::move(keep));
  co_await std::move(keeping);
  PublishedCrls published{.full = {},
                          .number = number,
                          .bytes = 0,
                          .entries = made->entries,
                          .left_out = made->left_out};
  if (!made->left_out) published.full = made->crls.front().der;
  for (const Publication::Crl& crl : made->crls) published.bytes += crl.der.size();
  co_return published;
}

std::optional<std::string> newest_crl(const storage::Snapshot& snapshot, std::string_view name) {
  return snapshot.get(kCrls, name);
}

std::optional<CrlFacts> newest_crl_facts(const storage::Snapshot& snapshot, std::string_view name) {
  auto row = kCrlFacts.get(snapshot, name);
  return row ? std::optional(std::move(row->facts)) : std::nullopt;
}

std::optional<std::uint64_t> last_crl_number(const storage::Snapshot& snapshot,
                                             std::string_view issuer_id) {
  const auto last = kCrlNumbers.get(snapshot, issuer_id);
  return last ? std::optional(last->number) : std::nullopt;
}

void for_each_crl(const storage::Snapshot& snapshot,
                  const std::function<void(std::string_view name, const CrlFacts&)>& visit) {
  kCrlFacts.scan_prefix(snapshot, "", [&](std::string_view name, const FactsRow& row) {
    visit(name, row.facts);
    return storage::Scan::proceed;
  });
}

}  // namespace ca
