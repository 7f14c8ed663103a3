// The rows of the lint table by subject. Only lint.cpp puts them together.
#pragma once

#include <span>

#include "ca/lint.h"

namespace ca {

std::span<const Lint>
encoding_lints();  // lint_rules_encoding.cpp: structure and DER; must come first
std::span<const Lint>
field_lints();  // lint_rules_fields.cpp: version, serial, algorithm, issuer, validity
std::span<const Lint> key_lints();      // lint_rules_key.cpp: the subject's public key
std::span<const Lint> subject_lints();  // lint_rules_subject.cpp: what the subject says
std::span<const Lint> name_lints();     // lint_rules_names.cpp: subjectAltName
std::span<const Lint> usage_lints();  // lint_rules_usage.cpp: what the certificate may be used for
std::span<const Lint> identifier_lints();  // lint_rules_issuer.cpp: what points at the issuer

}  // namespace ca
