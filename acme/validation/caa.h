// What CAA records say about a request (RFC 8659, RFC 8657, BR 4.2.2.1). No look-ups here:
// acme/validation/caa_check.h.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "acme/validation/ports.h"
#include "policy/domain_control/caa_value.h"
#include "policy/product.h"

namespace acme {

/// How CAA records call a way of proving control: by the name of the IANA registry, if it has one,
/// and by the label of BR 4.2.2.1.
struct CaaMethod {
  // Not explicit: a method of ACME says both.
  CaaMethod(policy::ValidationMethod method)
      : text(policy::text_of(method)), tbr_label(policy::facts_of(method).tbr_label) {}
  CaaMethod(std::string_view name, std::string_view label) : text(name), tbr_label(label) {}
  std::string_view text;
  std::string_view tbr_label;
};

/// Who asks for the certificate, of whom, and how control was proven.
struct CaaApplicant {
  std::vector<std::string> identities;  // our issuer-domain-names; none: no record means us
  std::string account_uri;              // RFC 8657 §3.1: the URL of the account
  CaaMethod method;
};

/// RFC 8659 §4.3: `issuewild` properties count for wildcards only.
enum class CaaScope { single_name, wildcard };

using policy::CaaIssueValue;
using policy::parse_caa_issue_value;

/// Why the relevant record set forbids issuance, or nothing if it permits it. An empty set permits;
/// so does one without `issue` (for a wildcard: without `issuewild` and `issue`). Otherwise one
/// property has to name us and every `accounturi` and `validationmethods` of it has to fit (RFC
/// 8657 §3, §4); parameters that we do not know do not restrict. A property that we do not know
/// forbids if it is critical (RFC 8659 §4.1). Quotes the records, harmlessly and not all of many.
std::optional<std::string> caa_objection(const std::vector<CaaRecord>& records,
                                         CaaScope scope,
                                         const CaaApplicant& applicant);

/// Some of the records as a zone file has them, for evidence: `0 issue "ca.example"`.
std::string caa_text(const std::vector<CaaRecord>& records);

}  // namespace acme
