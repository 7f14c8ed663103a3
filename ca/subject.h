// Who a certificate is about, beyond its names: what was verified, word for word.
#pragma once

#include <string>
#include <vector>

#include "ca/certificate_profile.h"
#include "ca/names/identifier.h"
#include "ca/rejection.h"

namespace ca {

/// Subject attributes in UTF-8. An empty one is absent. There is no common name: the profile
/// decides about it. Order, string types and lengths: ca/subject_attributes.cpp.
struct Subject {
  // EV only: where and what the organization is registered as (EVG 7.1.4.2.3 to 7.1.4.2.5).
  std::string business_category;     // "Private Organization", …
  std::string jurisdiction_country;  // "CN"
  std::string jurisdiction_state;
  std::string jurisdiction_locality;
  std::string serial_number;            // registration number, or the date of formation
  std::string organization_identifier;  // "NTRGB-12345678" (EVG 7.1.4.2.8)
  // Where it is.
  std::string country;  // ISO 3166-1, or "XX" where there is no code
  std::string state;
  std::string locality;
  std::string postal_code;
  std::string street;
  std::string organization;
  // IV only.
  std::string surname;
  std::string given_name;

  bool operator==(const Subject&) const = default;
};

/// Whether a certificate of this profile may have this subject: nothing that the profile forbids,
/// everything that it requires, and every value in its form. Rejects with bad_subject, naming the
/// attribute and the rule.
Judged<void> judge_subject(const Subject& subject, const CertificateProfile& profile);

/// The Name, DER, of a judged subject, with the common name that the profile wants. The empty
/// SEQUENCE if there is no attribute.
std::string der_subject(const Subject& subject,
                        const CertificateProfile& profile,
                        const std::vector<Identifier>& identifiers);

}  // namespace ca
