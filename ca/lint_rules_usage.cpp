// Lints on which extensions there are, and on those that say what the certificate may be used for.
#include <algorithm>
#include <array>
#include <set>

#include "ca/crypto/encoding.h"
#include "ca/lint_rules.h"
#include "ca/lint_tbs.h"
#include "ca/oids.h"

namespace ca {
namespace {

using der::Element;
using der::Tag;

enum class Critical { yes, no, by_subject };

/// The extensions a subscriber certificate of ours may hold (BR 7.1.2.7.6). Anything else needs a
/// reason first.
struct AllowedExtension {
  std::string_view oid;
  Critical critical;
};
constexpr std::array kAllowedExtensions = {
    AllowedExtension{oid::kKeyUsage, Critical::yes},
    AllowedExtension{oid::kExtKeyUsage, Critical::no},
    AllowedExtension{oid::kBasicConstraints, Critical::yes},
    AllowedExtension{oid::kAuthorityKeyIdentifier, Critical::no},
    AllowedExtension{oid::kAuthorityInformationAccess, Critical::no},
    AllowedExtension{oid::kSubjectAltName, Critical::by_subject},
    AllowedExtension{oid::kCertificatePolicies, Critical::no},
    AllowedExtension{oid::kCabfOrganizationIdentifier, Critical::no},
    AllowedExtension{oid::kCrlDistributionPoints, Critical::no},
};

const AllowedExtension* allowed(std::string_view type) {
  const auto found = std::ranges::find(kAllowedExtensions, type, &AllowedExtension::oid);
  return found == kAllowedExtensions.end() ? nullptr : found;
}

std::string extension_not_allowed(const LintSubject&, const ParsedTbs& tbs) {
  for (const ParsedExtension& extension : tbs.extensions) {
    if (allowed(extension.oid) == nullptr) {
      return "extension " + extension.oid + " has no place in a subscriber certificate of ours";
    }
  }
  return {};
}

std::string extension_repeated(const LintSubject&, const ParsedTbs& tbs) {
  std::set<std::string_view> seen;
  for (const ParsedExtension& extension : tbs.extensions) {
    if (!seen.insert(extension.oid).second) {
      return "extension " + extension.oid + " stands there twice";
    }
  }
  return {};
}

std::string extension_criticality(const LintSubject&, const ParsedTbs& tbs) {
  for (const ParsedExtension& extension : tbs.extensions) {
    const AllowedExtension* row = allowed(extension.oid);
    if (row == nullptr || row->critical == Critical::by_subject) continue;
    if (extension.is_critical() != (row->critical == Critical::yes)) {
      return "extension " + extension.oid + " must " +
             (row->critical == Critical::yes ? "be critical" : "not be critical");
    }
  }
  return {};
}

std::string name_constraints_present(const LintSubject&, const ParsedTbs& tbs) {
  return tbs.find(oid::kNameConstraints) == nullptr ? "" : "there are nameConstraints";
}

std::string subject_key_identifier_present(const LintSubject&, const ParsedTbs& tbs) {
  return tbs.find(oid::kSubjectKeyIdentifier) == nullptr ? "" : "there is a subjectKeyIdentifier";
}

bool has_rsa_key(const ParsedTbs& tbs) {
  constexpr std::string_view kRsa = "300d06092a864886f70d0101010500";
  const auto fields = sequence_elements(tbs.spki);
  return fields && !fields->empty() && hex(fields->front().whole) == kRsa;
}

std::string key_usage_missing(const LintSubject&, const ParsedTbs& tbs) {
  return tbs.find(oid::kKeyUsage) != nullptr ? "" : "there is no keyUsage";
}

std::string key_usage_bits(const LintSubject&, const ParsedTbs& tbs) {
  const ParsedExtension* usage = tbs.find(oid::kKeyUsage);
  if (usage == nullptr) return {};
  // digitalSignature, and keyEncipherment for RSA.
  const std::string_view wanted = has_rsa_key(tbs) ? "030205a0" : "03020780";
  if (hex(usage->value) == wanted) return {};
  return "keyUsage is " + hex(usage->value) + ", for this key it must be " + std::string(wanted);
}

std::string key_usage_not_minimal(const LintSubject&, const ParsedTbs& tbs) {
  const ParsedExtension* usage = tbs.find(oid::kKeyUsage);
  const auto bits = usage != nullptr ? der::only(usage->value, Tag::bit_string) : std::nullopt;
  if (!bits || bits->content.size() < 2) return {};
  const auto unused = static_cast<unsigned char>(bits->content.front());
  const auto last = static_cast<unsigned char>(bits->content.back());
  const bool last_used_bit_is_set = unused < 8 && ((last >> unused) & 1U) != 0;
  return last_used_bit_is_set ? "" : "keyUsage ends in zero bits";
}

std::string ext_key_usage_missing(const LintSubject&, const ParsedTbs& tbs) {
  return tbs.find(oid::kExtKeyUsage) != nullptr ? "" : "there is no extKeyUsage";
}

std::string not_server_auth_only(const LintSubject&, const ParsedTbs& tbs) {
  constexpr std::string_view kServerAuthOnly = "300a06082b06010505070301";
  const ParsedExtension* usage = tbs.find(oid::kExtKeyUsage);
  if (usage == nullptr || hex(usage->value) == kServerAuthOnly) return {};
  return "extKeyUsage is " + hex(usage->value) + ", not serverAuth alone";
}

std::string basic_constraints(const LintSubject&, const ParsedTbs& tbs) {
  constexpr std::string_view kEmptySequence("\x30\x00", 2);
  const ParsedExtension* constraints = tbs.find(oid::kBasicConstraints);
  if (constraints == nullptr || constraints->value == kEmptySequence) return {};
  return "basicConstraints is " + hex(constraints->value) + ", not the empty SEQUENCE";
}

constexpr std::array kReservedPolicies = {oid::kDomainValidated, oid::kOrganizationValidated,
                                          oid::kIndividualValidated, oid::kExtendedValidation};

struct Policy {
  std::string oid;
  std::size_t fields;
};

/// The PolicyInformation elements; those that cannot be read have no OID.
std::vector<Policy> policies_of(const ParsedTbs& tbs) {
  std::vector<Policy> policies;
  const ParsedExtension* extension = tbs.find(oid::kCertificatePolicies);
  const auto elements = extension != nullptr ? sequence_elements(extension->value) : std::nullopt;
  if (!elements) return policies;
  for (const Element& element : *elements) {
    const auto fields = sequence_elements(element.whole);
    const auto oid = fields && !fields->empty() && fields->front().tag == Tag::object_identifier
                         ? der::object_identifier(fields->front())
                         : std::nullopt;
    policies.push_back({.oid = oid.value_or(""), .fields = fields ? fields->size() : 0});
  }
  return policies;
}

std::string policies_missing(const LintSubject& subject, const ParsedTbs& tbs) {
  const bool none_wanted = subject.profile.policy_oid.empty();
  return none_wanted || !policies_of(tbs).empty()
             ? ""
             : "there is no policy in a certificatePolicies extension";
}

std::string reserved_policies(const LintSubject& subject, const ParsedTbs& tbs) {
  if (subject.profile.trust != Trust::web) return {};
  const auto count = std::ranges::count_if(policies_of(tbs), [](const Policy& policy) {
    return std::ranges::find(kReservedPolicies, policy.oid) != kReservedPolicies.end();
  });
  if (count == 1 || policies_of(tbs).empty()) return {};
  return "there are " + std::to_string(count) + " reserved policies, not exactly one";
}

std::string first_policy(const LintSubject& subject, const ParsedTbs& tbs) {
  const auto policies = policies_of(tbs);
  if (subject.profile.trust != Trust::web) return {};
  if (policies.empty() || policies.front().oid == subject.profile.policy_oid) return {};
  return "the first policy is " + policies.front().oid + ", the profile " +
         std::string(subject.profile.name) + " has " + std::string(subject.profile.policy_oid);
}

std::string unknown_policy(const LintSubject& subject, const ParsedTbs& tbs) {
  for (const Policy& policy : policies_of(tbs)) {
    if (policy.oid != subject.profile.policy_oid) {
      return "policy " + policy.oid + " is not in our practice statement for this profile";
    }
  }
  return {};
}

std::string policy_qualifiers(const LintSubject&, const ParsedTbs& tbs) {
  for (const Policy& policy : policies_of(tbs)) {
    if (policy.fields != 1) return "policy " + policy.oid + " has qualifiers";
  }
  return {};
}

constexpr std::array kRows = {
    Lint{"own_extension_not_allowed", "BR 7.1.2.11.5", extension_not_allowed},
    Lint{"rfc5280_extension_repeated", "RFC 5280 §4.2", extension_repeated},
    Lint{"br_extension_criticality", "BR 7.1.2.7.6", extension_criticality},
    Lint{"br_name_constraints_present", "BR 7.1.2.7.6", name_constraints_present},
    Lint{"own_subject_key_identifier_present", "BR 7.1.2.7.6", subject_key_identifier_present},
    Lint{"own_key_usage_missing", "BR 7.1.2.7.6", key_usage_missing},
    Lint{"br_key_usage_bits", "BR 7.1.2.7.11", key_usage_bits},
    Lint{"x690_key_usage_not_minimal", "X.690 §11.2.2", key_usage_not_minimal},
    Lint{"br_ext_key_usage_missing", "BR 7.1.2.7.6", ext_key_usage_missing},
    Lint{"own_not_server_auth_only", "BR 7.1.2.7.10", not_server_auth_only},
    Lint{"br_basic_constraints", "BR 7.1.2.7.8", basic_constraints},
    Lint{"br_policies_missing", "BR 7.1.2.7.9", policies_missing},
    Lint{"br_reserved_policy_count", "BR 7.1.2.7.9", reserved_policies},
    Lint{"br_first_policy", "BR 7.1.2.7.9", first_policy},
    Lint{"br_unknown_policy", "BR 7.1.2.7.9", unknown_policy},
    Lint{"own_policy_qualifiers", "BR 7.1.2.7.9", policy_qualifiers},
};

}  // namespace

std::span<const Lint> usage_lints() {
  return kRows;
}

}  // namespace ca
