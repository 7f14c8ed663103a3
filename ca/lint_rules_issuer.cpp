// Lints on the extensions that point at the issuer: its key, its certificate, its CRL.
#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include "ca/certification_scope.h"
#include "ca/crypto/encoding.h"
#include "ca/lint_rules.h"
#include "ca/lint_tbs.h"
#include "ca/names/general_names.h"
#include "ca/oids.h"

namespace ca {
namespace {

using der::Element;
using der::Tag;

constexpr Tag kUri = der::context(6);

std::string authority_key_missing(const LintSubject&, const ParsedTbs& tbs) {
  return tbs.find(oid::kAuthorityKeyIdentifier) != nullptr ? ""
                                                           : "there is no authorityKeyIdentifier";
}

std::optional<std::vector<Element>> authority_key_fields(const ParsedTbs& tbs) {
  const ParsedExtension* extension = tbs.find(oid::kAuthorityKeyIdentifier);
  return extension != nullptr ? sequence_elements(extension->value) : std::nullopt;
}

std::string authority_key_differs(const LintSubject& subject, const ParsedTbs& tbs) {
  if (tbs.find(oid::kAuthorityKeyIdentifier) == nullptr) return {};
  const auto fields = authority_key_fields(tbs);
  if (fields) {
    for (const Element& field : *fields) {
      if (field.tag == der::context(0) && field.content == subject.issuer_key_id) return {};
    }
  }
  return "the authorityKeyIdentifier does not hold the issuer's key identifier " +
         hex(subject.issuer_key_id);
}

std::string authority_key_extras(const LintSubject&, const ParsedTbs& tbs) {
  const auto fields = authority_key_fields(tbs);
  if (!fields) return {};
  for (const Element& field : *fields) {
    if (field.tag != der::context(0)) {
      return "the authorityKeyIdentifier holds more than a keyIdentifier";
    }
  }
  return {};
}

struct Access {
  std::string method;
  Element location;
};

/// The AccessDescriptions, or nothing if one of them cannot be read.
std::optional<std::vector<Access>> accesses_of(const ParsedExtension& extension) {
  const auto descriptions = sequence_elements(extension.value);
  if (!descriptions) return std::nullopt;
  std::vector<Access> accesses;
  for (const Element& description : *descriptions) {
    const auto fields = sequence_elements(description.whole);
    if (!fields || fields->size() != 2 || fields->front().tag != Tag::object_identifier) {
      return std::nullopt;
    }
    accesses.push_back({.method = der::object_identifier(fields->front()).value_or(""),
                        .location = fields->back()});
  }
  return accesses;
}

std::string access_form(const LintSubject&, const ParsedTbs& tbs) {
  const ParsedExtension* extension = tbs.find(oid::kAuthorityInformationAccess);
  if (extension == nullptr) return {};
  const auto accesses = accesses_of(*extension);
  if (!accesses || accesses->empty()) return "authorityInformationAccess cannot be read";
  for (const Access& access : *accesses) {
    if (access.method != oid::kOcsp && access.method != oid::kCaIssuers) {
      return "authorityInformationAccess holds access method " + access.method;
    }
  }
  return {};
}

std::string fault_of_url(const Element& location) {
  const std::string shown =
      location.tag == kUri ? std::string(location.content) : hex(location.whole);
  return location.tag == kUri && location.content.starts_with("http://")
             ? ""
             : "the location " + shown + " is not an http URL";
}

std::string access_scheme(const LintSubject&, const ParsedTbs& tbs) {
  const ParsedExtension* extension = tbs.find(oid::kAuthorityInformationAccess);
  const auto accesses = extension != nullptr ? accesses_of(*extension) : std::nullopt;
  if (!accesses) return {};
  for (const Access& access : *accesses) {
    std::string fault = fault_of_url(access.location);
    if (!fault.empty()) return fault;
  }
  return {};
}

std::string access_differs(const LintSubject& subject, const ParsedTbs& tbs) {
  const ParsedExtension* extension = tbs.find(oid::kAuthorityInformationAccess);
  const auto accesses = extension != nullptr ? accesses_of(*extension) : std::nullopt;
  std::string urls;
  if (accesses) {
    for (const Access& access : *accesses) {
      urls += (access.method == oid::kOcsp ? "OCSP " : "") + std::string(access.location.content);
    }
  }
  std::string configured;
  if (!subject.ocsp_url.empty()) configured = "OCSP " + std::string(subject.ocsp_url);
  configured += subject.ca_issuers_url;
  if (urls == configured) return {};
  return "authorityInformationAccess points at \"" + urls + "\", configured is \"" + configured +
         "\"";
}

/// The location of one DistributionPoint with nothing but a fullName of one GeneralName, else
/// nothing.
std::optional<Element> distribution_location(const ParsedExtension& extension) {
  const auto points = sequence_elements(extension.value);
  if (!points || points->size() != 1) return std::nullopt;
  const auto fields = sequence_elements(points->front().whole);
  if (!fields || fields->size() != 1) return std::nullopt;
  if (fields->front().tag != der::context_constructed(0)) return std::nullopt;
  const auto full_name = der::only(fields->front().content, der::context_constructed(0));
  if (!full_name) return std::nullopt;
  der::Reader names(full_name->content);
  const auto location = names.next();
  return location && names.at_end() ? location : std::nullopt;
}

std::string distribution_form(const LintSubject&, const ParsedTbs& tbs) {
  const ParsedExtension* extension = tbs.find(oid::kCrlDistributionPoints);
  if (extension == nullptr || distribution_location(*extension)) return {};
  return "cRLDistributionPoints is not one point with one full name and nothing else";
}

std::string distribution_scheme(const LintSubject&, const ParsedTbs& tbs) {
  const ParsedExtension* extension = tbs.find(oid::kCrlDistributionPoints);
  const auto location = extension != nullptr ? distribution_location(*extension) : std::nullopt;
  return location ? fault_of_url(*location) : "";
}

std::string distribution_differs(const LintSubject& subject, const ParsedTbs& tbs) {
  const ParsedExtension* extension = tbs.find(oid::kCrlDistributionPoints);
  const auto location = extension != nullptr ? distribution_location(*extension) : std::nullopt;
  const std::string_view url = location ? location->content : std::string_view();
  if (url == subject.crl_url) return {};
  return "cRLDistributionPoints points at \"" + std::string(url) + "\", configured is \"" +
         std::string(subject.crl_url) + "\"";
}

/// BR 1.6.1: longer than that a certificate is no short-lived one. For those issued before 15 March
/// 2026 the definition had ten days; ours have less than seven.
bool is_short_lived(const ParsedTbs& tbs) {
  constexpr std::int64_t kMost = 604'800;
  const auto begin = der::time(tbs.not_before);
  const auto end = der::time(tbs.not_after);
  return begin && end && *end - *begin + 1 <= kMost;
}

/// Whoever relies on it must be able to learn that it was revoked.
std::string status_missing(const LintSubject& subject, const ParsedTbs& tbs) {
  if (subject.profile.trust != Trust::web || is_short_lived(tbs)) return {};
  if (tbs.find(oid::kCrlDistributionPoints) != nullptr) return {};
  const ParsedExtension* extension = tbs.find(oid::kAuthorityInformationAccess);
  const auto accesses = extension != nullptr ? accesses_of(*extension) : std::nullopt;
  if (accesses && std::ranges::find(*accesses, oid::kOcsp, &Access::method) != accesses->end())
    return {};
  return "it names neither a CRL nor an OCSP responder and is not short-lived";
}

std::string issuer_trust(const LintSubject& subject, const ParsedTbs&) {
  if (subject.issuer_scope == nullptr) return {};
  return subject.issuer_scope->trust_fault(subject.profile.trust);
}

std::string issuer_policies(const LintSubject& subject, const ParsedTbs& tbs) {
  const ParsedExtension* extension = tbs.find(oid::kCertificatePolicies);
  if (subject.issuer_scope == nullptr || extension == nullptr) return {};
  for (const std::string& policy : policies_in(extension->value)) {
    std::string fault = subject.issuer_scope->policy_fault(policy);
    if (!fault.empty()) return fault;
  }
  return {};
}

std::string issuer_names(const LintSubject& subject, const ParsedTbs& tbs) {
  const ParsedExtension* extension = tbs.find(oid::kSubjectAltName);
  if (subject.issuer_scope == nullptr || extension == nullptr) return {};
  const auto names = read_general_names(extension->value);
  return names ? subject.issuer_scope->name_fault(*names) : "";
}

std::string issuer_subjects(const LintSubject& subject, const ParsedTbs& tbs) {
  if (subject.issuer_scope == nullptr) return {};
  return subject.issuer_scope->subject_fault(tbs.subject);
}

constexpr std::array kRows = {
    Lint{"br_authority_key_missing", "BR 7.1.2.7.6", authority_key_missing},
    Lint{"br_authority_key_differs", "BR 7.1.2.11.1", authority_key_differs},
    Lint{"br_authority_key_extras", "BR 7.1.2.11.1", authority_key_extras},
    Lint{"br_access_form", "BR 7.1.2.7.7", access_form},
    Lint{"br_access_scheme", "BR 7.1.2.7.7", access_scheme},
    Lint{"own_access_differs", "BR 7.1.2.7.7", access_differs},
    Lint{"br_distribution_form", "BR 7.1.2.11.2", distribution_form},
    Lint{"br_distribution_scheme", "BR 7.1.2.11.2", distribution_scheme},
    Lint{"own_distribution_differs", "BR 7.1.2.11.2", distribution_differs},
    Lint{"br_status_missing", "BR 7.1.2.11.2", status_missing},
    Lint{"br_issuer_trust", "BR 7.1.2", issuer_trust},
    Lint{"rfc5280_issuer_policies", "RFC 5280 §6.1.3 (d)", issuer_policies},
    Lint{"rfc5280_issuer_names", "RFC 5280 §6.1.3 (b)", issuer_names},
    Lint{"rfc5280_issuer_subjects", "RFC 5280 §6.1.3 (b)", issuer_subjects},
};

}  // namespace

std::span<const Lint> identifier_lints() {
  return kRows;
}

}  // namespace ca
