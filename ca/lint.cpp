#include "ca/lint.h"

#include "ca/lint_rules.h"
#include "ca/lint_tbs.h"

namespace ca {

const std::vector<Lint>& lints() {
  static const std::vector<Lint> table = [] {
    std::vector<Lint> rows;
    for (const auto group : {encoding_lints(), field_lints(), key_lints(), subject_lints(),
                             name_lints(), usage_lints(), identifier_lints()}) {
      rows.insert(rows.end(), group.begin(), group.end());
    }
    return rows;
  }();
  return table;
}

std::vector<std::string> run_lints(const LintSubject& subject) {
  const ParsedTbs tbs = parse_tbs(subject.tbs);
  std::vector<std::string> findings;
  for (const Lint& lint : lints()) {
    const std::string finding = lint.finding(subject, tbs);
    if (!finding.empty()) findings.push_back(std::string(lint.id) + ": " + finding);
    // The later rows look at fields that are only there when the structure is sound.
    if (!tbs.fault.empty()) break;
  }
  return findings;
}

}  // namespace ca
