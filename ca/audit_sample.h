// Which certificates of a period are looked at again (BR 8.7, EVG 8.1.1): chosen at random, of all
// of them or of one level, and so that whoever has the audit log can choose the same again.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ca/audit_log.h"
#include "ca/certificate_profile.h"
#include "ca/time.h"
#include "storage/transaction.h"

namespace ca {

struct AuditSample {
  std::uint64_t population = 0;  // certificates issued in the period, of the level if one is wanted
  std::uint64_t seed_sequence =
      0;             // the newest entry before the end of the period; 0: there is none
  std::string seed;  // its hash: nobody knows it before the period is over
  std::vector<std::uint64_t> chosen;  // entries "certificate.issued", ascending
};

/// Of the entries "certificate.issued" from `from` on and before `to`, `percent` of a hundred,
/// rounded up: those with the smallest SHA-256(seed, hash of the entry). With a `level`, of those
/// alone that the web is to trust (Trust::web) and whose subject says so: the entry
/// "certificate.intended" of each serial has its profile. Reads the whole log: entries are where
/// they were written, and not where their times would have them.
AuditSample draw_audit_sample(const storage::Snapshot& snapshot,
                              Time from,
                              Time to,
                              std::uint64_t percent,
                              std::optional<SubjectKind> level = std::nullopt);

}  // namespace ca
