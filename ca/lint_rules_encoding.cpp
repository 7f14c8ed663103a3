// Lints on structure and DER encoding.
#include <array>

#include "ca/der/canonical.h"
#include "ca/lint_rules.h"
#include "ca/lint_tbs.h"

namespace ca {
namespace {

std::string malformed(const LintSubject&, const ParsedTbs& tbs) {
  return tbs.fault.empty() ? "" : "the TBSCertificate cannot be read: " + tbs.fault;
}

std::string not_canonical(const LintSubject& subject, const ParsedTbs&) {
  return der::is_canonical(subject.tbs) ? "" : "the TBSCertificate is not DER on every level";
}

std::string extension_not_canonical(const LintSubject&, const ParsedTbs& tbs) {
  for (const ParsedExtension& extension : tbs.extensions) {
    if (!der::is_canonical(extension.value)) {
      return "extension " + extension.oid + " does not hold exactly one element of DER";
    }
  }
  return {};
}

std::string default_encoded(const LintSubject&, const ParsedTbs& tbs) {
  for (const ParsedExtension& extension : tbs.extensions) {
    if (extension.critical && !extension.is_critical()) {
      return "extension " + extension.oid + " spells out critical FALSE, which is the default";
    }
  }
  return {};
}

constexpr std::array kRows = {
    Lint{"rfc5280_tbs_malformed", "RFC 5280 §4.1", malformed},
    Lint{"x690_not_canonical", "X.690 §10, §11", not_canonical},
    Lint{"x690_extension_not_canonical", "BR 7.1.2.11.5 (3)", extension_not_canonical},
    Lint{"x690_default_encoded", "X.690 §11.5", default_encoded},
};

}  // namespace

std::span<const Lint> encoding_lints() {
  return kRows;
}

}  // namespace ca
