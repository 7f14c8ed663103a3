#include "ca/ledger_history.h"

#include <charconv>
#include <optional>
#include <string_view>

#include "ca/audit_events.h"
#include "ca/audit_export.h"
#include "ca/audit_log.h"
#include "ca/crypto/encoding.h"
#include "ca/revocation_index.h"
#include "storage/storage_error.h"

namespace ca {
namespace {

std::uint64_t number_in(const std::string& text) {
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

/// Follows the log from its first entry to its last.
class Reader {
 public:
  void read(const AuditEntry& entry) {
    if (entry.event == audit_event::kCertificateIntended) return intended(entry);
    if (entry.event == audit_event::kPrecertificateSigned) return precertificate(entry);
    if (entry.event == audit_event::kCertificateIssued) return issued(entry);
    if (entry.event == audit_event::kCertificateRevoked) return revoked(entry);
    if (entry.event == audit_event::kKeyBlocked) return blocked(entry);
    if (entry.event == audit_event::kCrlNumbered) return numbered(entry);
    if (entry.event == audit_event::kCrlPublished) return published(entry);
    if (entry.event == audit_event::kOcspSigned) return signed_ocsp(entry);
  }
  LedgerHistory take() && { return std::move(history_); }

 private:
  void fault(const AuditEntry& entry, const std::string& what) {
    history_.faults.push_back("serial " + entry.subject + ": " + what);
  }
  static std::optional<std::string> key_of(const AuditEntry& entry) {
    const auto serial = from_hex(entry.subject);
    if (!serial) return std::nullopt;
    return serial_key(fact_in(entry, "issuer"), *serial);
  }
  /// The story that `entry` goes on with; null, and a fault, if none was begun.
  SerialStory* story_of(const AuditEntry& entry, const std::string& what) {
    const auto key = key_of(entry);
    const auto found = key ? history_.serials.find(*key) : history_.serials.end();
    if (found != history_.serials.end()) return &found->second;
    fault(entry, "the audit log says that it " + what + " before it was intended");
    return nullptr;
  }

  void intended(const AuditEntry& entry) {
    const auto key = key_of(entry);
    if (!key) return fault(entry, "its audit entry does not name a serial");
    SerialStory story;
    story.intended = entry.sequence;
    story.intended_at = entry.time;
    story.order = fact_in(entry, "order");
    story.account = entry.actor;
    story.profile = fact_in(entry, "profile");
    story.tbs_sha256 = fact_in(entry, "tbs_sha256");
    if (!history_.serials.emplace(*key, story).second) fault(entry, "it was intended twice");
  }
  void precertificate(const AuditEntry& entry) {
    SerialStory* const story = story_of(entry, "had its precertificate signed");
    if (story == nullptr) return;
    if (story->precertificate != 0) fault(entry, "two precertificates were signed");
    if (story->issued != 0) fault(entry, "its precertificate was signed after its certificate");
    story->precertificate = entry.sequence;
    story->precertificate_sha256 = fact_in(entry, "precertificate_sha256");
  }
  void issued(const AuditEntry& entry) {
    SerialStory* const story = story_of(entry, "was issued");
    if (story == nullptr) return;
    if (story->issued != 0) fault(entry, "it was issued twice");
    story->issued = entry.sequence;
    story->issued_at = entry.time;
    story->certificate_sha256 = fact_in(entry, "certificate_sha256");
  }
  void revoked(const AuditEntry& entry) {
    SerialStory* const story = story_of(entry, "was revoked");
    if (story == nullptr) return;
    if (story->revoked == 0) story->revoked = entry.sequence;
    story->reason = fact_in(entry, "reason");
  }
  void blocked(const AuditEntry& entry) {
    const BlockedKey row{.why = fact_in(entry, "why"), .blocked_at = entry.time};
    history_.blocked_keys.emplace(from_hex(entry.subject).value_or(entry.subject), row);
  }
  void numbered(const AuditEntry& entry) {
    const std::uint64_t number = number_in(fact_in(entry, "number"));
    std::uint64_t& last = history_.last_crl_numbers[entry.subject];
    if (number <= last) {
      history_.faults.push_back("issuer " + entry.subject + " took CRL number " +
                                std::to_string(number) + " after " + std::to_string(last));
    }
    last = number;
    history_.crl_numbers[{entry.subject, number}] = entry.sequence;
  }
  void published(const AuditEntry& entry) {
    const std::uint64_t number = number_in(fact_in(entry, "number"));
    if (!history_.crl_numbers.contains({entry.subject, number})) {
      history_.faults.push_back("issuer " + entry.subject + " published CRL " +
                                std::to_string(number) + ", a number that it never took");
    }
    CrlStory& story = history_.crls[entry.subject];
    story.number = number;
    story.published_at = entry.time;
    story.parts = number_in(fact_in(entry, "parts"));
    story.all_sha256 = fact_in(entry, "all_sha256");
    story.is_full_left_out = !fact_in(entry, "left_out").empty();
    if (story.is_full_left_out) return;
    story.full_number = number;
    story.full_sha256 = fact_in(entry, "crl_sha256");
  }
  /// ca/ocsp/signature_tally.h: every process counts from 1.
  void signed_ocsp(const AuditEntry& entry) {
    const std::uint64_t first = number_in(fact_in(entry, "first"));
    const std::uint64_t last = number_in(fact_in(entry, "last"));
    std::uint64_t& told = last_answer_[entry.subject];
    const bool follows = first == 1 || first == told + 1;
    if (!follows || last < first) {
      history_.faults.push_back("the OCSP answers " + std::to_string(first) + " to " +
                                std::to_string(last) + " of issuer " + entry.subject +
                                " do not follow " + std::to_string(told));
    }
    told = last;
  }

  LedgerHistory history_;
  std::map<std::string, std::uint64_t> last_answer_;  // of OCSP, by issuer
};

}  // namespace

LedgerHistory read_ledger_history(const storage::Snapshot& snapshot) {
  Reader reader;
  read_audit(snapshot, 0, [&](const AuditEntry& entry) {
    reader.read(entry);
    return storage::Scan::proceed;
  });
  return std::move(reader).take();
}

void for_each_readable_entry(
    const storage::Snapshot& snapshot,
    const std::function<void(std::string_view key, const LedgerEntry& entry)>& visit) {
  constexpr storage::TableName kLedgerTable{"ledger"};
  snapshot.scan(kLedgerTable, "", [&](std::string_view key, std::string_view value) {
    std::optional<LedgerEntry> entry;
    try {
      entry = LedgerEntry::decode(value);
    } catch (const storage::CorruptRecord&) {
      return storage::Scan::proceed;
    }
    visit(key, *entry);
    return storage::Scan::proceed;
  });
}

}  // namespace ca
