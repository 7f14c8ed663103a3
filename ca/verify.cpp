#include "ca/verify.h"

#include <map>
#include <optional>
#include <set>
#include <utility>

#include "ca/audit_log.h"
#include "ca/certificate.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "ca/ct/precertificate.h"
#include "ca/ledger.h"
#include "ca/ledger_history.h"
#include "ca/revocation_index.h"
#include "ca/time.h"
#include "storage/storage_error.h"

namespace ca {
namespace {

/// Compares the ledger, row by row, with what the audit log tells of it.
class HistoryProof {
 public:
  HistoryProof(const storage::Snapshot& snapshot, const LedgerHistory& history)
      : snapshot_(snapshot), history_(history), faults_(history.faults) {}

  void check(std::string_view key, const LedgerEntry& entry);
  void check_left_out();
  void check_blocked_keys();
  std::vector<std::string> take() && { return std::move(faults_); }

 private:
  void demand(bool holds, const LedgerEntry& entry, const std::string& fault) {
    if (!holds) faults_.push_back("serial " + hex(entry.serial) + ": " + fault);
  }
  void check_intent(const LedgerEntry& entry, const SerialStory& story);
  void check_signatures(std::string_view key, const LedgerEntry& entry, const SerialStory& story);
  void check_revocation(const LedgerEntry& entry, const SerialStory& story);

  const storage::Snapshot& snapshot_;
  const LedgerHistory& history_;
  std::set<std::string> seen_;
  std::vector<std::string> faults_;
};

void HistoryProof::check(std::string_view key, const LedgerEntry& entry) {
  const auto found = history_.serials.find(std::string(key));
  demand(found != history_.serials.end(), entry, "the audit log knows of no intent for it");
  if (found == history_.serials.end()) return;
  seen_.emplace(key);
  check_intent(entry, found->second);
  check_signatures(key, entry, found->second);
  check_revocation(entry, found->second);
}

void HistoryProof::check_intent(const LedgerEntry& entry, const SerialStory& story) {
  demand(hex(entry.tbs_sha256) == story.tbs_sha256, entry,
         "the audit log says that something else was intended");
  demand(entry.order == story.order && entry.account == story.account, entry,
         "the audit log says that it is for order " + story.order + " of " + story.account);
  demand(entry.profile == story.profile, entry,
         "the audit log says that its profile is " + story.profile);
  demand(entry.intended_at == story.intended_at, entry,
         "the audit log says that it was intended at " + rfc3339(story.intended_at));
}

void HistoryProof::check_signatures(std::string_view key,
                                    const LedgerEntry& entry,
                                    const SerialStory& story) {
  const auto precertificate = snapshot_.get(ct::kPrecertificates, key);
  demand(precertificate.has_value() == (story.precertificate != 0), entry,
         precertificate ? "the audit log knows nothing of its precertificate"
                        : "its precertificate is gone, which the audit log tells of");
  demand(!precertificate || story.precertificate == 0 ||
             hex(sha256(*precertificate)) == story.precertificate_sha256,
         entry, "the audit log tells of another precertificate");
  const bool has_certificate = !entry.certificate.empty();
  demand(has_certificate == (story.issued != 0), entry,
         has_certificate ? "the audit log does not say that it was issued"
                         : "its certificate is gone, which the audit log tells of");
  if (!has_certificate || story.issued == 0) return;
  demand(hex(sha256(entry.certificate)) == story.certificate_sha256, entry,
         "the audit log tells of another certificate");
  demand(entry.issued_at == story.issued_at, entry,
         "the audit log says that it was issued at " + rfc3339(story.issued_at));
}

void HistoryProof::check_revocation(const LedgerEntry& entry, const SerialStory& story) {
  demand(entry.revoked == (story.revoked != 0), entry,
         entry.revoked ? "the audit log does not say that it was revoked"
                       : "the audit log says that it was revoked");
  demand(!entry.revoked || story.revoked == 0 ||
             std::to_string(entry.revocation_reason) == story.reason,
         entry, "the audit log says that it was revoked for reason " + story.reason);
}

void HistoryProof::check_left_out() {
  for (const auto& [key, story] : history_.serials) {
    if (seen_.contains(key)) continue;
    storage::KeyReader parts(key);
    static_cast<void>(parts.text());
    faults_.push_back("serial " + hex(parts.tail()) + " is told of in audit entry " +
                      std::to_string(story.intended) + " and is not in the ledger");
  }
}

void HistoryProof::check_blocked_keys() {
  std::set<std::string> stored;
  snapshot_.scan(kBlockedKeys.name(), "", [&](std::string_view key, std::string_view value) {
    stored.emplace(key);
    const auto told = history_.blocked_keys.find(std::string(key));
    if (told == history_.blocked_keys.end()) {
      faults_.push_back("key " + hex(key) + " is blocked without an audit entry");
    } else if (value != told->second.encode()) {
      faults_.push_back("key " + hex(key) + ": the audit log says that it was blocked at " +
                        rfc3339(told->second.blocked_at) + " because of: " + told->second.why +
                        "; its row says something else, or nothing that can be read");
    }
    return storage::Scan::proceed;
  });
  for (const auto& [key, row] : history_.blocked_keys) {
    if (!stored.contains(key)) {
      faults_.push_back("key " + hex(key) + " was blocked and is not any more");
    }
  }
}

}  // namespace

std::vector<std::string> verify_ledger_history(const storage::Snapshot& snapshot) {
  const LedgerHistory history = read_ledger_history(snapshot);
  HistoryProof proof(snapshot, history);
  for_each_readable_entry(
      snapshot, [&](std::string_view key, const LedgerEntry& entry) { proof.check(key, entry); });
  proof.check_left_out();
  proof.check_blocked_keys();
  return std::move(proof).take();
}

std::vector<std::string> verify_audit_head(const storage::Snapshot& snapshot,
                                           std::uint64_t sequence,
                                           std::string_view hash) {
  std::vector<std::string> faults = {"audit entry " + std::to_string(sequence) +
                                     " is not there; entries are missing at the end"};
  read_audit(snapshot, sequence, [&](const AuditEntry& entry) {
    if (entry.sequence != sequence) return storage::Scan::stop;
    faults.clear();
    if (hex(entry.hash) != hash) {
      faults.push_back("audit entry " + std::to_string(sequence) +
                       " has another hash than the one that was kept; the log was written anew");
    }
    return storage::Scan::stop;
  });
  return faults;
}

}  // namespace ca
