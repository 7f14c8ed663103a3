// Lints on the subject and the subjectAltName.
#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include "ca/crypto/encoding.h"
#include "ca/lint_rules.h"
#include "ca/lint_tbs.h"
#include "ca/names/dns_name.h"
#include "ca/names/ip_address.h"
#include "ca/names/quoted.h"
#include "ca/oids.h"

namespace ca {
namespace {

using der::Element;
using der::Tag;

constexpr Tag kDnsName = der::context(2);
constexpr Tag kIpAddress = der::context(7);

/// Calls `fault` for each name of that kind until it has something to say.
template <class Fault>
std::string first_fault(const ParsedTbs& tbs, Tag kind, Fault fault) {
  if (!tbs.alt_names) return {};
  for (const Element& name : *tbs.alt_names) {
    if (name.tag != kind) continue;
    const std::string said = fault(name.content);
    if (!said.empty()) return said;
  }
  return {};
}

std::string subject_malformed(const LintSubject&, const ParsedTbs& tbs) {
  return tbs.subject_attributes
             ? ""
             : "the subject is not a sequence of names with one attribute in each set";
}

/// What may stand in a subject, by the certificate's policy, in the order of BR 7.1.4.2.
struct AllowedAttribute {
  std::string_view policy_oid;
  std::string_view oid;
  std::size_t most_characters;
};
constexpr std::array kAllowedAttributes = {
    AllowedAttribute{oid::kDomainValidated, oid::kCountry, 2},
    AllowedAttribute{oid::kDomainValidated, oid::kCommonName, 64},
};

const AllowedAttribute* allowed(const LintSubject& subject, std::string_view type) {
  for (const AllowedAttribute& row : kAllowedAttributes) {
    if (row.policy_oid == subject.profile.policy_oid && row.oid == type) return &row;
  }
  return nullptr;
}

std::string attribute_not_allowed(const LintSubject& subject, const ParsedTbs& tbs) {
  if (!tbs.subject_attributes) return {};
  for (const SubjectAttribute& attribute : *tbs.subject_attributes) {
    if (allowed(subject, attribute.oid) == nullptr) {
      return "the subject holds attribute " + attribute.oid + ", which profile " +
             std::string(subject.profile.name) + " does not allow";
    }
  }
  return {};
}

std::string attribute_repeated(const LintSubject&, const ParsedTbs& tbs) {
  if (!tbs.subject_attributes) return {};
  std::set<std::string_view> seen;
  for (const SubjectAttribute& attribute : *tbs.subject_attributes) {
    if (!seen.insert(attribute.oid).second) {
      return "the subject holds attribute " + attribute.oid + " twice";
    }
  }
  return {};
}

std::string attribute_order(const LintSubject& subject, const ParsedTbs& tbs) {
  if (!tbs.subject_attributes) return {};
  const AllowedAttribute* previous = nullptr;
  for (const SubjectAttribute& attribute : *tbs.subject_attributes) {
    const AllowedAttribute* row = allowed(subject, attribute.oid);
    if (row != nullptr && previous != nullptr && row < previous) {
      return "attribute " + attribute.oid + " stands after " + std::string(previous->oid);
    }
    if (row != nullptr) previous = row;
  }
  return {};
}

std::string attribute_string_type(const LintSubject&, const ParsedTbs& tbs) {
  if (!tbs.subject_attributes) return {};
  for (const SubjectAttribute& attribute : *tbs.subject_attributes) {
    const bool printable = attribute.value.tag == Tag::printable_string;
    const bool utf8 = attribute.value.tag == Tag::utf8_string && attribute.oid != oid::kCountry;
    if (!printable && !utf8) {
      return "attribute " + attribute.oid + " is not in the string type of BR 7.1.4.2";
    }
  }
  return {};
}

/// Characters, not octets: continuation octets of UTF-8 do not count.
std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string attribute_length(const LintSubject& subject, const ParsedTbs& tbs) {
  if (!tbs.subject_attributes) return {};
  for (const SubjectAttribute& attribute : *tbs.subject_attributes) {
    const AllowedAttribute* row = allowed(subject, attribute.oid);
    const std::size_t length = characters(attribute.value.content);
    if (row != nullptr && (length == 0 || length > row->most_characters)) {
      return "attribute " + attribute.oid + " has " + std::to_string(length) +
             " characters; 1 to " + std::to_string(row->most_characters) + " are allowed";
    }
  }
  return {};
}

bool names_the_same(const Element& alt_name, std::string_view common_name) {
  if (alt_name.tag == kDnsName) return alt_name.content == common_name;
  const auto address =
      alt_name.tag == kIpAddress ? IpAddress::from_octets(alt_name.content) : std::nullopt;
  return address && address->text() == common_name;
}

std::string common_name_not_in_san(const LintSubject&, const ParsedTbs& tbs) {
  if (!tbs.subject_attributes) return {};
  for (const SubjectAttribute& attribute : *tbs.subject_attributes) {
    if (attribute.oid != oid::kCommonName) continue;
    const std::string_view name = attribute.value.content;
    const bool found = tbs.alt_names && std::ranges::any_of(*tbs.alt_names, [&](const Element& e) {
                         return names_the_same(e, name);
                       });
    if (!found) return "the common name " + quoted(name) + " is not a subjectAltName";
  }
  return {};
}

std::string san_missing(const LintSubject&, const ParsedTbs& tbs) {
  return tbs.find(oid::kSubjectAltName) != nullptr ? "" : "there is no subjectAltName";
}

std::string san_empty(const LintSubject&, const ParsedTbs& tbs) {
  if (tbs.find(oid::kSubjectAltName) == nullptr) return {};
  return tbs.alt_names && !tbs.alt_names->empty() ? "" : "the subjectAltName holds no name";
}

std::string san_kind(const LintSubject&, const ParsedTbs& tbs) {
  if (!tbs.alt_names) return {};
  for (const Element& name : *tbs.alt_names) {
    if (name.tag != kDnsName && name.tag != kIpAddress) {
      return "the subjectAltName entry " + hex(name.whole) + " is neither dNSName nor iPAddress";
    }
  }
  return {};
}

std::string san_dns_syntax(const LintSubject&, const ParsedTbs& tbs) {
  return first_fault(tbs, kDnsName, [](std::string_view name) -> std::string {
    const auto parsed = DnsName::parse(name);
    if (!parsed) return "dNSName " + quoted(name) + ": " + parsed.error().detail();
    return {};
  });
}

std::string san_underscore(const LintSubject&, const ParsedTbs& tbs) {
  return first_fault(tbs, kDnsName, [](std::string_view name) -> std::string {
    if (name.find('_') == std::string_view::npos) return {};
    return "dNSName " + quoted(name) + " holds an underscore";
  });
}

std::string san_upper_case(const LintSubject&, const ParsedTbs& tbs) {
  return first_fault(tbs, kDnsName, [](std::string_view name) -> std::string {
    const bool upper = std::ranges::any_of(name, [](char c) { return c >= 'A' && c <= 'Z'; });
    return upper ? "dNSName " + quoted(name) + " is not in lower case" : "";
  });
}

std::string san_reverse_zone(const LintSubject&, const ParsedTbs& tbs) {
  return first_fault(tbs, kDnsName, [](std::string_view name) -> std::string {
    for (const std::string_view zone : {"in-addr.arpa", "ip6.arpa"}) {
      const bool ends = name.ends_with(zone);
      if (ends && (name.size() == zone.size() || name[name.size() - zone.size() - 1] == '.')) {
        return "dNSName " + quoted(name) + " is under the reverse zone " + std::string(zone);
      }
    }
    return {};
  });
}

std::string san_address_length(const LintSubject&, const ParsedTbs& tbs) {
  return first_fault(tbs, kIpAddress, [](std::string_view octets) -> std::string {
    if (IpAddress::from_octets(octets)) return {};
    return "iPAddress " + hex(octets) + " is not 4 or 16 octets long";
  });
}

std::string san_reserved_address(const LintSubject& subject, const ParsedTbs& tbs) {
  if (subject.reserved_addresses == ReservedAddresses::allowed_in_lab) return {};
  return first_fault(tbs, kIpAddress, [](std::string_view octets) -> std::string {
    const auto address = IpAddress::from_octets(octets);
    const auto block = address ? special_purpose_block(*address) : std::nullopt;
    return block ? "iPAddress " + address->text() + " is reserved: " + std::string(*block) : "";
  });
}

std::string san_repeated(const LintSubject&, const ParsedTbs& tbs) {
  if (!tbs.alt_names) return {};
  std::set<std::string_view> seen;
  for (const Element& name : *tbs.alt_names) {
    if (!seen.insert(name.whole).second) {
      return "the subjectAltName holds " + quoted(name.content) + " twice";
    }
  }
  return {};
}

std::string san_differs_from_order(const LintSubject& subject, const ParsedTbs& tbs) {
  std::set<std::string> ordered;
  for (const Identifier& identifier : subject.identifiers) {
    ordered.insert(der_general_name(identifier));
  }
  std::set<std::string> certified;
  if (tbs.alt_names) {
    for (const Element& name : *tbs.alt_names) certified.emplace(name.whole);
  }
  return ordered == certified ? "" : "the subjectAltName is not the set of names that was ordered";
}

std::string san_criticality(const LintSubject&, const ParsedTbs& tbs) {
  const ParsedExtension* names = tbs.find(oid::kSubjectAltName);
  constexpr std::string_view kEmptyName("\x30\x00", 2);
  const bool must_be_critical = tbs.subject == kEmptyName;
  if (names == nullptr || names->is_critical() == must_be_critical) return {};
  return must_be_critical ? "the subject is empty, so the subjectAltName must be critical"
                          : "the subject is not empty, so the subjectAltName must not be critical";
}

std::string too_many_names(const LintSubject& subject, const ParsedTbs& tbs) {
  if (!tbs.alt_names || tbs.alt_names->size() <= subject.profile.max_names) return {};
  return "there are " + std::to_string(tbs.alt_names->size()) + " names; the profile " +
         std::string(subject.profile.name) + " allows " + std::to_string(subject.profile.max_names);
}

constexpr std::array kRows = {
    Lint{"br_subject_malformed", "BR 7.1.4.1", subject_malformed},
    Lint{"br_subject_attribute_not_allowed", "BR 7.1.2.7.2", attribute_not_allowed},
    Lint{"br_subject_attribute_repeated", "BR 7.1.4.1", attribute_repeated},
    Lint{"br_subject_attribute_order", "BR 7.1.4.2", attribute_order},
    Lint{"br_subject_string_type", "BR 7.1.4.2", attribute_string_type},
    Lint{"br_subject_attribute_length", "BR 7.1.4.2", attribute_length},
    Lint{"br_common_name_not_in_san", "BR 7.1.4.3", common_name_not_in_san},
    Lint{"br_san_missing", "BR 7.1.2.7.12", san_missing},
    Lint{"br_san_empty", "BR 7.1.2.7.12", san_empty},
    Lint{"br_san_kind", "BR 7.1.2.7.12", san_kind},
    Lint{"br_san_dns_syntax", "BR 7.1.2.7.12", san_dns_syntax},
    Lint{"br_san_underscore", "BR 7.1.2.7.12", san_underscore},
    Lint{"own_san_upper_case", "RFC 4343", san_upper_case},
    Lint{"br_san_reverse_zone", "BR 7.1.2.7.12", san_reverse_zone},
    Lint{"rfc5280_san_address_length", "RFC 5280 §4.2.1.6", san_address_length},
    Lint{"br_san_reserved_address", "BR 4.2.2", san_reserved_address},
    Lint{"own_san_repeated", "RFC 5280 §4.2.1.6", san_repeated},
    Lint{"own_san_differs_from_order", "RFC 8555 §7.4", san_differs_from_order},
    Lint{"br_san_criticality", "BR 7.1.2.7.12", san_criticality},
    Lint{"own_too_many_names", "RFC 8555 §7.1.3", too_many_names},
};

}  // namespace

std::span<const Lint> name_lints() {
  return kRows;
}

}  // namespace ca
