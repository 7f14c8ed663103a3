#include "ca/audit_sample.h"

#include <algorithm>
#include <set>
#include <utility>

#include "ca/audit_events.h"
#include "ca/audit_export.h"
#include "ca/crypto/hash.h"

namespace ca {
namespace {

/// Serials that are to be certified and whose level is wanted.
class Population {
 public:
  explicit Population(std::optional<SubjectKind> level) : level_(level) {}
  /// Whether `entry` is the issuance of one of them. To be shown every entry, in order: an intent
  /// comes before its certificate.
  bool takes(const AuditEntry& entry) {
    if (entry.event == audit_event::kCertificateIssued) {
      return !level_ || intended_.erase(serial_of(entry)) == 1;
    }
    if (level_ && entry.event == audit_event::kCertificateIntended) {
      const CertificateProfile* const profile = find_profile(fact_in(entry, "profile"));
      const bool is_wanted =
          profile != nullptr && profile->subject == *level_ && profile->trust == Trust::web;
      if (is_wanted) intended_.insert(serial_of(entry));
    }
    return false;
  }

 private:
  static std::string serial_of(const AuditEntry& entry) {
    return fact_in(entry, "issuer") + "/" + entry.subject;
  }

  std::optional<SubjectKind> level_;
  std::set<std::string> intended_;
};

}  // namespace

AuditSample draw_audit_sample(const storage::Snapshot& snapshot,
                              Time from,
                              Time to,
                              std::uint64_t percent,
                              std::optional<SubjectKind> level) {
  AuditSample sample;
  Population population(level);
  std::vector<std::pair<std::string, std::uint64_t>> issued;  // hash, later rank, of the entry
  read_audit(snapshot, 1, [&](const AuditEntry& entry) {
    // Also of an intent whose clock was ahead.
    const bool is_taken = population.takes(entry);
    if (entry.time >= to) return storage::Scan::proceed;
    sample.seed_sequence = entry.sequence;
    sample.seed = entry.hash;
    if (is_taken && entry.time >= from) {
      issued.emplace_back(entry.hash, entry.sequence);
    }
    return storage::Scan::proceed;
  });
  sample.population = issued.size();
  for (auto& [rank, sequence] : issued) rank = sha256(sample.seed + rank);
  std::ranges::sort(issued);
  constexpr std::uint64_t kHundred = 100;
  const std::uint64_t wanted = (sample.population * percent + kHundred - 1) / kHundred;
  for (std::uint64_t i = 0; i < wanted; ++i) sample.chosen.push_back(issued.at(i).second);
  std::ranges::sort(sample.chosen);
  return sample;
}

}  // namespace ca
