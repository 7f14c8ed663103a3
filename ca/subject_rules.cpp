#include "ca/subject_rules.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "ca/country_codes.h"
#include "ca/names/quoted.h"
#include "ca/organization_identifier.h"
#include "ca/printable_text.h"
#include "ca/registers.h"
#include "ca/subject_attributes.h"

namespace ca::subject_rule {
namespace {

constexpr std::string_view kPrivateOrganization = "Private Organization";
constexpr std::string_view kGovernmentEntity = "Government Entity";
constexpr std::string_view kBusinessEntity = "Business Entity";
constexpr std::string_view kNonCommercialEntity = "Non-Commercial Entity";

/// What `fault` says of the first attribute for which it says something.
template <class Fault>
std::string first_fault(const Subject& subject, Fault fault) {
  for (const AttributeRow& row : subject_attributes()) {
    if (row.value == nullptr) continue;
    const std::string& text = subject.*row.value;
    if (text.empty()) continue;
    const std::string said = fault(row, text);
    if (!said.empty()) return said;
  }
  return {};
}

std::string shown(const AttributeRow& row, std::string_view text) {
  return std::string(row.name) + " " + quoted(text);
}

/// Three numbers of a day, a month and a year in either order, between slashes or between dots.
bool is_date_of_local_custom(std::string_view text) {
  std::array<std::size_t, 3> lengths{};
  std::size_t part = 0;
  for (const char c : text) {
    if (c >= '0' && c <= '9') {
      ++lengths[part];
    } else if ((c == '/' || c == '.') && part < 2 && lengths[part] > 0) {
      ++part;
    } else {
      return false;
    }
  }
  const auto is_short = [](std::size_t length) { return length == 1 || length == 2; };
  if (part != 2 || !is_short(lengths[1])) return false;
  return (is_short(lengths[0]) && lengths[2] == 4) || (lengths[0] == 4 && is_short(lengths[2]));
}

}  // namespace

std::string forbidden_attribute(const Subject& subject, const CertificateProfile& profile) {
  return first_fault(subject, [&](const AttributeRow& row, const std::string& text) {
    if (row.in(profile.subject) != Presence::forbidden) return std::string();
    return shown(row, text) + " has no place in a certificate of the profile " +
           std::string(profile.name);
  });
}

std::string missing_attribute(const Subject& subject, const CertificateProfile& profile) {
  for (const AttributeRow& row : subject_attributes()) {
    if (row.value == nullptr || row.in(profile.subject) != Presence::required) continue;
    if ((subject.*row.value).empty()) {
      return std::string(row.name) + " is missing; the profile " + std::string(profile.name) +
             " needs it";
    }
  }
  return {};
}

std::string missing_place(const Subject& subject, const CertificateProfile& profile) {
  const bool needed = profile.subject == SubjectKind::individual ||
                      profile.subject == SubjectKind::organization ||
                      profile.subject == SubjectKind::extended;
  if (!needed || !subject.state.empty() || !subject.locality.empty()) return {};
  return "there is neither stateOrProvinceName nor localityName; one of them is needed";
}

std::string too_long(const Subject& subject, const CertificateProfile&) {
  return first_fault(subject, [](const AttributeRow& row, const std::string& text) {
    const auto characters = printable_characters(text);
    if (!characters || *characters <= row.most_characters) return std::string();
    return shown(row, text) + " has " + std::to_string(*characters) + " characters; at most " +
           std::to_string(row.most_characters) + " are allowed";
  });
}

std::string bad_text(const Subject& subject, const CertificateProfile&) {
  return first_fault(subject, [](const AttributeRow& row, const std::string& text) {
    if (!printable_characters(text)) {
      return shown(row, text) + " is not UTF-8 without control characters";
    }
    if (row.string_type == der::Tag::printable_string && !is_printable_string(text)) {
      return shown(row, text) + " has characters that a PrintableString cannot hold";
    }
    if (text.front() == ' ' || text.back() == ' ') {
      return shown(row, text) + " begins or ends with a space";
    }
    return std::string();
  });
}

std::string says_nothing(const Subject& subject, const CertificateProfile&) {
  return first_fault(subject, [](const AttributeRow& row, const std::string& text) {
    if (!ca::says_nothing(text)) return std::string();
    return shown(row, text) + " says nothing; leave out what does not apply";
  });
}

std::string unknown_country(const Subject& subject, const CertificateProfile&) {
  const std::string& country = subject.country;
  if (!country.empty() && !is_subject_country(country)) {
    return "countryName " + quoted(country) + " is no country code of ISO 3166-1, nor XX";
  }
  const std::string& jurisdiction = subject.jurisdiction_country;
  if (!jurisdiction.empty() && !is_country_code(jurisdiction)) {
    return "jurisdictionCountry " + quoted(jurisdiction) + " is no country code of ISO 3166-1";
  }
  return {};
}

std::string business_category(const Subject& subject, const CertificateProfile&) {
  constexpr std::array kCategories = {kPrivateOrganization, kGovernmentEntity, kBusinessEntity,
                                      kNonCommercialEntity};
  const std::string& category = subject.business_category;
  if (category.empty() || std::ranges::find(kCategories, category) != kCategories.end()) return {};
  return "businessCategory " + quoted(category) +
         " is none of \"Private Organization\", \"Government Entity\", \"Business Entity\" and "
         "\"Non-Commercial Entity\"";
}

std::string registration_number(const Subject& subject, const CertificateProfile& profile) {
  if (profile.subject != SubjectKind::extended) return {};
  const std::string& number = subject.serial_number;
  for (const std::string_view category : {kGovernmentEntity, kNonCommercialEntity}) {
    if (number == category && subject.business_category != category) {
      return "serialNumber " + quoted(number) + " stands in for a number only in the category of " +
             "that name";
    }
  }
  if (number == kPrivateOrganization || number == kBusinessEntity) {
    return "serialNumber " + quoted(number) + " is neither a registration number nor a date";
  }
  // Demanded from 2027-09-15 on; there is no reason to wait.
  if (is_date_of_local_custom(number)) {
    return "serialNumber " + quoted(number) + " is a date; expected the form YYYY-MM-DD";
  }
  // Others are in registers of their own, or in none.
  if (subject.business_category != kPrivateOrganization) return {};
  return company_number_fault(subject.jurisdiction_country, number);
}

std::string organization_identifier(const Subject& subject, const CertificateProfile&) {
  if (subject.organization_identifier.empty()) return {};
  const auto parts = parse_organization_identifier(subject.organization_identifier);
  if (!parts) return parts.error();
  if (parts->scheme == "VAT") return vat_number_fault(parts->country, parts->reference);
  if (parts->scheme == "PSD") {
    return is_psd_reference(parts->reference)
               ? ""
               : "the organizationIdentifier " + quoted(subject.organization_identifier) +
                     " is not PSD, a country, a hyphen, the authority, a hyphen and its number "
                     "(ETSI TS 119 495 §5.2.1)";
  }
  if (parts->reference != subject.serial_number) {
    return "the organizationIdentifier " + quoted(subject.organization_identifier) +
           " has another reference than serialNumber " + quoted(subject.serial_number);
  }
  const bool state_fits = parts->state.empty() == subject.jurisdiction_state.empty();
  if (parts->country == subject.jurisdiction_country && state_fits) return {};
  return "the organizationIdentifier " + quoted(subject.organization_identifier) +
         " is of another place than the jurisdiction";
}

}  // namespace ca::subject_rule
