// Lints on the subjectAltName.
#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include "ca/crypto/encoding.h"
#include "ca/lint_rules.h"
#include "ca/lint_tbs.h"
#include "ca/names/dns_name.h"
#include "ca/names/ip_address.h"
#include "ca/names/onion_service.h"
#include "ca/names/public_suffix.h"
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

/// A name in the DNS; nothing for onion names, which have rules of their own, and for what cannot
/// be read.
std::optional<DnsName> name_in_the_dns(std::string_view text) {
  auto parsed = DnsName::parse(text);
  return parsed && !is_onion(*parsed) ? std::optional(*std::move(parsed)) : std::nullopt;
}

/// A laboratory has names as it has addresses that nobody else knows.
std::string san_internal_name(const LintSubject& subject, const ParsedTbs& tbs) {
  const bool is_public = subject.profile.trust == Trust::web &&
                         subject.reserved_addresses == ReservedAddresses::refused;
  if (!is_public) return {};
  return first_fault(tbs, kDnsName, [](std::string_view text) -> std::string {
    const auto name = name_in_the_dns(text);
    if (!name || is_under_top_level_domain(name->without_wildcard().text())) return {};
    return "dNSName " + quoted(text) + " is under no top-level domain of the DNS";
  });
}

std::string san_wildcard_of_suffix(const LintSubject& subject, const ParsedTbs& tbs) {
  if (subject.profile.trust != Trust::web) return {};
  return first_fault(tbs, kDnsName, [](std::string_view text) -> std::string {
    const auto name = name_in_the_dns(text);
    if (!name || !name->is_wildcard()) return {};
    const std::string domain = name->without_wildcard().text();
    if (!is_public_suffix(domain, SuffixDivision::icann)) return {};
    return "dNSName " + quoted(text) + " is a wildcard directly under the public suffix " + domain;
  });
}

std::string san_onion(const LintSubject&, const ParsedTbs& tbs) {
  return first_fault(tbs, kDnsName, [](std::string_view name) -> std::string {
    const auto parsed = DnsName::parse(name);
    if (!parsed || !is_onion(*parsed)) return {};
    const auto service = onion_service(*parsed);
    return service ? "" : "dNSName " + service.error().detail();
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

bool is_wildcard(const Element& name) {
  return name.tag == kDnsName && name.content.starts_with("*.");
}

std::string extended_wildcard(const LintSubject& subject, const ParsedTbs& tbs) {
  if (subject.profile.subject != SubjectKind::extended || !tbs.alt_names) return {};
  const auto found = std::ranges::find_if(*tbs.alt_names, is_wildcard);
  return found == tbs.alt_names->end()
             ? ""
             : "dNSName " + quoted(found->content) + " is a wildcard in an EV certificate";
}

std::string extended_address(const LintSubject& subject, const ParsedTbs& tbs) {
  if (subject.profile.subject != SubjectKind::extended || !tbs.alt_names) return {};
  const auto found = std::ranges::find(*tbs.alt_names, kIpAddress, &Element::tag);
  return found == tbs.alt_names->end()
             ? ""
             : "iPAddress " + hex(found->content) + " stands in an EV certificate";
}

std::string san_not_of_profile(const LintSubject& subject, const ParsedTbs& tbs) {
  const CertifiableNames& names = subject.profile.names;
  if (subject.profile.subject == SubjectKind::extended || !tbs.alt_names) return {};
  for (const Element& name : *tbs.alt_names) {
    const bool fits = name.tag == kIpAddress ? names.addresses
                      : is_wildcard(name)    ? names.wildcards
                                             : names.dns || name.tag != kDnsName;
    if (!fits) {
      return "the profile " + std::string(subject.profile.name) + " has no place for the name " +
             quoted(name.content);
    }
  }
  return {};
}

constexpr std::array kRows = {
    Lint{"br_san_missing", "BR 7.1.2.7.12", san_missing},
    Lint{"br_san_empty", "BR 7.1.2.7.12", san_empty},
    Lint{"br_san_kind", "BR 7.1.2.7.12", san_kind},
    Lint{"br_san_dns_syntax", "BR 7.1.2.7.12", san_dns_syntax},
    Lint{"br_san_underscore", "BR 7.1.2.7.12", san_underscore},
    Lint{"own_san_upper_case", "RFC 4343", san_upper_case},
    Lint{"br_san_reverse_zone", "BR 7.1.2.7.12", san_reverse_zone},
    Lint{"br_san_internal_name", "BR 4.2.2, 7.1.2.7.12", san_internal_name},
    Lint{"br_san_wildcard_of_suffix", "BR 3.2.2.6", san_wildcard_of_suffix},
    Lint{"br_san_onion", "BR Appendix B", san_onion},
    Lint{"rfc5280_san_address_length", "RFC 5280 §4.2.1.6", san_address_length},
    Lint{"br_san_reserved_address", "BR 4.2.2", san_reserved_address},
    Lint{"own_san_repeated", "RFC 5280 §4.2.1.6", san_repeated},
    Lint{"own_san_differs_from_order", "RFC 8555 §7.4", san_differs_from_order},
    Lint{"br_san_criticality", "BR 7.1.2.7.12", san_criticality},
    Lint{"own_too_many_names", "RFC 8555 §7.1.3", too_many_names},
    Lint{"evg_san_wildcard", "EVG 7.1.2.1", extended_wildcard},
    Lint{"evg_san_address", "EVG 7.1.2.1", extended_address},
    Lint{"own_san_not_of_profile", "BR 7.1.2.7.12", san_not_of_profile},
};

}  // namespace

std::span<const Lint> name_lints() {
  return kRows;
}

}  // namespace ca
