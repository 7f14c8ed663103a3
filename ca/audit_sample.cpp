#include "ca/audit_sample.h"

#include <algorithm>
#include <utility>

#include "ca/audit_events.h"
#include "ca/crypto/hash.h"

namespace ca {

AuditSample draw_audit_sample(const storage::Snapshot& snapshot,
                              Time from,
                              Time to,
                              std::uint64_t percent) {
  AuditSample sample;
  std::vector<std::pair<std::string, std::uint64_t>> issued;  // hash, later rank, of the entry
  read_audit(snapshot, 1, [&](const AuditEntry& entry) {
    if (entry.time >= to) return storage::Scan::proceed;
    sample.seed_sequence = entry.sequence;
    sample.seed = entry.hash;
    if (entry.time >= from && entry.event == audit_event::kCertificateIssued) {
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
