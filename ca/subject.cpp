#include "ca/subject.h"

#include <string>

#include "ca/distinguished_name.h"
#include "ca/printable_text.h"
#include "ca/subject_attributes.h"
#include "ca/subject_rules.h"

namespace ca {
namespace {

/// Empty if the profile wants none, or if it would be too long.
std::string common_name(const CertificateProfile& profile,
                        const std::vector<Identifier>& identifiers,
                        std::size_t most_characters) {
  if (profile.common_name == CommonNameRule::absent || identifiers.empty()) return {};
  std::string name = value_of(identifiers.front());
  if (name.size() > most_characters) name.clear();
  return name;
}

}  // namespace

Judged<void> judge_subject(const Subject& subject, const CertificateProfile& profile) {
  for (const SubjectRule& rule : kSubjectRules) {
    const std::string fault = rule.fault(subject, profile);
    if (fault.empty()) continue;
    return reject(RejectionKind::bad_subject, "The subject is not acceptable: " + fault + " (" +
                                                  std::string(rule.source) + ")");
  }
  return {};
}

std::string der_subject(const Subject& subject,
                        const CertificateProfile& profile,
                        const std::vector<Identifier>& identifiers) {
  std::string name;
  std::vector<NameAttribute> attributes;
  for (const AttributeRow& row : subject_attributes()) {
    if (row.value == nullptr) name = common_name(profile, identifiers, row.most_characters);
    const std::string& text = row.value == nullptr ? name : subject.*row.value;
    if (!text.empty()) attributes.push_back({row.oid, row.string_type, text});
  }
  return der_name(attributes);
}

}  // namespace ca
