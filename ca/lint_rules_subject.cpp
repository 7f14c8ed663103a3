// Lints on what the subject says.
#include <algorithm>
#include <array>
#include <set>

#include "ca/extensions.h"
#include "ca/lint_rules.h"
#include "ca/lint_tbs.h"
#include "ca/names/ip_address.h"
#include "ca/names/quoted.h"
#include "ca/oids.h"
#include "ca/organization_identifier.h"
#include "ca/printable_text.h"
#include "ca/subject_attributes.h"
#include "ca/subject_rules.h"

namespace ca {
namespace {

using der::Element;
using der::Tag;

constexpr Tag kDnsName = der::context(2);
constexpr Tag kIpAddress = der::context(7);

/// What `fault` says of the first attribute for which it says something.
template <class Fault>
std::string first_fault(const ParsedTbs& tbs, Fault fault) {
  if (!tbs.subject_attributes) return {};
  for (const SubjectAttribute& attribute : *tbs.subject_attributes) {
    const std::string said = fault(attribute);
    if (!said.empty()) return said;
  }
  return {};
}

/// The subject as the certificate has it; of an attribute that is repeated the first.
Subject certified(const ParsedTbs& tbs) {
  Subject subject;
  if (!tbs.subject_attributes) return subject;
  for (const SubjectAttribute& attribute : *tbs.subject_attributes) {
    const AttributeRow* row = subject_attribute(attribute.oid);
    if (row == nullptr || row->value == nullptr) continue;
    std::string& value = subject.*row->value;
    if (value.empty()) value = attribute.value.content;
  }
  return subject;
}

/// A rule on requests as a lint.
template <std::string (*rule)(const Subject&, const CertificateProfile&)>
std::string finding_of(const LintSubject& subject, const ParsedTbs& tbs) {
  return rule(certified(tbs), subject.profile);
}

std::string malformed(const LintSubject&, const ParsedTbs& tbs) {
  return tbs.subject_attributes
             ? ""
             : "the subject is not a sequence of names with one attribute in each set";
}

std::string not_allowed(const LintSubject& subject, const ParsedTbs& tbs) {
  return first_fault(tbs, [&](const SubjectAttribute& attribute) {
    const AttributeRow* row = subject_attribute(attribute.oid);
    if (row != nullptr && row->in(subject.profile.subject) != Presence::forbidden) {
      return std::string();
    }
    return "the subject holds attribute " + attribute.oid + ", which profile " +
           std::string(subject.profile.name) + " does not allow";
  });
}

std::string repeated(const LintSubject&, const ParsedTbs& tbs) {
  std::set<std::string_view> seen;
  return first_fault(tbs, [&](const SubjectAttribute& attribute) {
    return seen.insert(attribute.oid).second
               ? ""
               : "the subject holds attribute " + attribute.oid + " twice";
  });
}

std::string out_of_order(const LintSubject&, const ParsedTbs& tbs) {
  const AttributeRow* previous = nullptr;
  return first_fault(tbs, [&](const SubjectAttribute& attribute) {
    const AttributeRow* row = subject_attribute(attribute.oid);
    std::string fault;
    if (row != nullptr && previous != nullptr && row < previous) {
      fault = std::string(row->name) + " stands after " + std::string(previous->name);
    }
    if (row != nullptr) previous = row;
    return fault;
  });
}

std::string string_type(const LintSubject&, const ParsedTbs& tbs) {
  return first_fault(tbs, [](const SubjectAttribute& attribute) -> std::string {
    const AttributeRow* row = subject_attribute(attribute.oid);
    const bool printable_only = row != nullptr && row->string_type == Tag::printable_string;
    if (attribute.value.tag == Tag::printable_string) return {};
    if (attribute.value.tag == Tag::utf8_string && !printable_only) return {};
    return "attribute " + attribute.oid + " is not in the string type of BR 7.1.4.2";
  });
}

std::string text(const LintSubject&, const ParsedTbs& tbs) {
  return first_fault(tbs, [](const SubjectAttribute& attribute) -> std::string {
    const std::string_view content = attribute.value.content;
    const bool fits = attribute.value.tag == Tag::printable_string
                          ? is_printable_string(content)
                          : printable_characters(content).has_value();
    return fits ? ""
                : "attribute " + attribute.oid + " holds " + quoted(content) +
                      ", which its string type does not allow";
  });
}

/// Characters, not octets: continuation octets of UTF-8 do not count.
std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string length(const LintSubject&, const ParsedTbs& tbs) {
  return first_fault(tbs, [](const SubjectAttribute& attribute) -> std::string {
    const AttributeRow* row = subject_attribute(attribute.oid);
    const std::size_t count = characters(attribute.value.content);
    if (row == nullptr || (count > 0 && count <= row->most_characters)) return {};
    return "attribute " + attribute.oid + " has " + std::to_string(count) + " characters; 1 to " +
           std::to_string(row->most_characters) + " are allowed";
  });
}

std::string differs_from_request(const LintSubject& subject, const ParsedTbs& tbs) {
  return certified(tbs) == subject.wanted ? "" : "the subject is not the one that was requested";
}

bool names_the_same(const Element& alt_name, std::string_view common_name) {
  if (alt_name.tag == kDnsName) return alt_name.content == common_name;
  const auto address =
      alt_name.tag == kIpAddress ? IpAddress::from_octets(alt_name.content) : std::nullopt;
  return address && address->text() == common_name;
}

std::string common_name_not_in_san(const LintSubject&, const ParsedTbs& tbs) {
  return first_fault(tbs, [&](const SubjectAttribute& attribute) -> std::string {
    if (attribute.oid != oid::kCommonName) return {};
    const std::string_view name = attribute.value.content;
    const bool found = tbs.alt_names && std::ranges::any_of(*tbs.alt_names, [&](const Element& e) {
                         return names_the_same(e, name);
                       });
    return found ? "" : "the common name " + quoted(name) + " is not a subjectAltName";
  });
}

/// The extension holds what the attribute says, or neither is there.
std::string organization_extension(const LintSubject&, const ParsedTbs& tbs) {
  const ParsedExtension* extension = tbs.find(oid::kCabfOrganizationIdentifier);
  const std::string attribute = certified(tbs).organization_identifier;
  if (attribute.empty() && extension == nullptr) return {};
  if (attribute.empty()) {
    return "there is a cabfOrganizationIdentifier, but no organizationIdentifier in the subject";
  }
  if (extension == nullptr) {
    return "there is an organizationIdentifier in the subject, but no cabfOrganizationIdentifier";
  }
  const auto parts = parse_organization_identifier(attribute);
  const std::string found = der::extension(oid::kCabfOrganizationIdentifier,
                                           der::Criticality::non_critical, extension->value);
  return parts && found == cabf_organization_identifier(*parts)
             ? ""
             : "the cabfOrganizationIdentifier is not the organizationIdentifier in parts";
}

constexpr std::array kRows = {
    Lint{"br_subject_malformed", "BR 7.1.4.1", malformed},
    Lint{"br_subject_attribute_not_allowed", "BR 7.1.2.7.2 to 7.1.2.7.5", not_allowed},
    Lint{"br_subject_attribute_repeated", "BR 7.1.4.1", repeated},
    Lint{"br_subject_attribute_order", "BR 7.1.4.2", out_of_order},
    Lint{"br_subject_string_type", "BR 7.1.4.2", string_type},
    Lint{"rfc5280_subject_text", "RFC 5280 §4.1.2.4", text},
    Lint{"br_subject_attribute_length", "BR 7.1.4.2", length},
    Lint{"br_subject_attribute_missing", "BR 7.1.2.7.3 to 7.1.2.7.5",
         finding_of<subject_rule::missing_attribute>},
    Lint{"br_subject_place_missing", "BR 7.1.2.7.3, 7.1.2.7.4; EVG 7.1.4.2.6",
         finding_of<subject_rule::missing_place>},
    Lint{"br_subject_says_nothing", "BR 7.1.2.7.3 to 7.1.2.7.5",
         finding_of<subject_rule::says_nothing>},
    Lint{"br_subject_country", "BR 7.1.2.7.3, 7.1.2.7.4; EVG 7.1.4.2.4",
         finding_of<subject_rule::unknown_country>},
    Lint{"own_subject_differs_from_request", "BR 3.2.2.1", differs_from_request},
    Lint{"br_common_name_not_in_san", "BR 7.1.4.3", common_name_not_in_san},
    Lint{"evg_business_category", "EVG 7.1.4.2.3", finding_of<subject_rule::business_category>},
    Lint{"evg_registration_number", "EVG 7.1.4.2.5", finding_of<subject_rule::registration_number>},
    Lint{"evg_organization_identifier", "EVG 7.1.4.2.8, Appendix H",
         finding_of<subject_rule::organization_identifier>},
    Lint{"evg_organization_extension", "EVG 7.1.2.2", organization_extension},
};

}  // namespace

std::span<const Lint> subject_lints() {
  return kRows;
}

}  // namespace ca
