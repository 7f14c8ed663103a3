#include "ca/crl.h"

#include <algorithm>
#include <expected>
#include <stdexcept>
#include <utility>

#include "ca/audit_events.h"
#include "ca/audit_log.h"
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

/// The newest CRL of an issuer.
struct StoredCrl {
  std::uint64_t number = 0;
  Time this_update{};
  std::string der;

  [[nodiscard]] std::string encode() const {
    storage::RecordWriter writer(kVersion);
    writer.number(1, number).time(2, this_update).bytes(3, der);
    return std::move(writer).take();
  }
  static StoredCrl decode(std::string_view bytes) {
    StoredCrl crl;
    storage::RecordReader reader("CRL", bytes, kVersion);
    while (const auto field = reader.next()) {
      if (field->field == 1) crl.number = field->as_number();
      if (field->field == 2) crl.this_update = field->as_time();
      if (field->field == 3) crl.der = field->as_string();
    }
    return crl;
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

constexpr storage::Table<StoredCrl> kCrls{"crls"};
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

/// What one CRL will say, fixed together with its number.
struct CrlContent {
  std::uint64_t number = 0;
  std::vector<std::pair<std::string, RevocationRow>> rows;  // serial and what is known of it
};

CrlContent fix_content(storage::Transaction& transaction, const std::string& issuer_id, Time now) {
  CrlContent content;
  const LastCrlNumber last = kCrlNumbers.get(transaction, issuer_id).value_or(LastCrlNumber{});
  const auto clock = static_cast<std::uint64_t>(now.time_since_epoch().count());
  content.number = std::max(last.number + 1, clock);
  kCrlNumbers.put(transaction, issuer_id, LastCrlNumber{content.number});
  const std::string prefix = issuer_prefix(issuer_id);
  kRevocationIndex.scan_prefix(transaction, prefix,
                               [&](std::string_view key, const RevocationRow& row) {
                                 content.rows.emplace_back(key.substr(prefix.size()), row);
                                 return storage::Scan::proceed;
                               });
  const AuditEvent event{.time = now,
                         .event = audit_event::kCrlNumbered,
                         .actor = std::string(kServer),
                         .subject = issuer_id,
                         .facts = {{"number", std::to_string(content.number)},
                                   {"entries", std::to_string(content.rows.size())}}};
  append_audit(transaction, event);
  return content;
}

/// Rows whose certificate had expired when this CRL was made have now been seen on it and are done
/// with, unless something new was said of them meanwhile.
void retire(storage::Transaction& transaction,
            const std::string& issuer_id,
            const CrlContent& content,
            Time this_update) {
  for (const auto& [serial, row] : content.rows) {
    if (row.not_after >= this_update) continue;
    const std::string key = serial_key(issuer_id, serial);
    if (kRevocationIndex.get(transaction, key) == row) kRevocationIndex.erase(transaction, key);
  }
}

void store_crl(storage::Transaction& transaction,
               const std::string& issuer_id,
               const CrlContent& content,
               const StoredCrl& crl) {
  const auto newest = kCrls.get(transaction, issuer_id);
  if (newest && newest->number > crl.number) return;
  kCrls.put(transaction, issuer_id, crl);
  retire(transaction, issuer_id, content, crl.this_update);
  const AuditEvent event{
      .time = crl.this_update,
      .event = audit_event::kCrlPublished,
      .actor = std::string(kServer),
      .subject = issuer_id,
      .facts = {{"number", std::to_string(crl.number)}, {"crl_sha256", hex(sha256(crl.der))}}};
  append_audit(transaction, event);
}

std::vector<RevokedSerial> listed(const CrlContent& content) {
  std::vector<RevokedSerial> serials;
  serials.reserve(content.rows.size());
  for (const auto& [serial, row] : content.rows) {
    serials.push_back({.serial = serial, .revoked_at = row.revoked_at, .reason = row.reason});
  }
  return serials;
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
  return assemble_signed(tbs, algorithm, issuer.signer().sign(tbs));
}

boost::asio::awaitable<std::string> publish_crl(storage::Store& store,
                                                const Issuer& issuer,
                                                Time now,
                                                std::chrono::seconds life) {
  check_life(life);
  auto fix = [issuer_id = issuer.id(), now](storage::Transaction& transaction) {
    return fix_content(transaction, issuer_id, now);
  };
  auto fixing = store.write(std::move(fix));
  const CrlContent content = co_await std::move(fixing);

  const StoredCrl crl{.number = content.number,
                      .this_update = now,
                      .der = sign_crl(issuer, listed(content), content.number, now, life)};
  auto keep = [issuer_id = issuer.id(), content, crl](storage::Transaction& transaction) {
    store_crl(transaction, issuer_id, content, crl);
  };
  auto keeping = store.write(std::move(keep));
  co_await std::move(keeping);
  co_return crl.der;
}

std::optional<std::string> newest_crl(const storage::Snapshot& snapshot,
                                      std::string_view issuer_id) {
  auto crl = kCrls.get(snapshot, issuer_id);
  return crl ? std::optional(std::move(crl->der)) : std::nullopt;
}

std::optional<Time> newest_crl_time(const storage::Snapshot& snapshot, std::string_view issuer_id) {
  const auto crl = kCrls.get(snapshot, issuer_id);
  return crl ? std::optional(crl->this_update) : std::nullopt;
}

}  // namespace ca
