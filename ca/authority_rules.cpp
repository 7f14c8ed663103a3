#include "ca/authority_rules.h"

#include <algorithm>
#include <array>
#include <set>

#include "ca/country_codes.h"
#include "ca/crypto/signer.h"
#include "ca/names/quoted.h"
#include "ca/oids.h"
#include "ca/printable_text.h"

namespace ca {
namespace {

bool is_oid(std::string_view text) {
  constexpr std::size_t kMostArcs = 20;
  constexpr std::size_t kMostDigits = 9;
  std::size_t arcs = 0;
  bool is_small_root = false;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('.'), text.size());
    const std::string_view arc = text.substr(0, end);
    const bool is_number = !arc.empty() && arc.size() <= kMostDigits &&
                           std::ranges::all_of(arc, [](char c) { return c >= '0' && c <= '9'; }) &&
                           (arc.size() == 1 || arc.front() != '0');
    if (!is_number || end + 1 == text.size()) return false;
    if (arcs == 0 && arc > "2") return false;
    if (arcs == 0 && arc.size() != 1) return false;
    // X.660 §7.6: below 0 and 1 there are 40.
    if (arcs == 1 && is_small_root && (arc.size() > 2 || std::stoi(std::string(arc)) > 39)) {
      return false;
    }
    if (arcs == 0) is_small_root = arc != "2";
    text.remove_prefix(std::min(end + 1, text.size()));
    ++arcs;
  }
  return arcs >= 2 && arcs <= kMostArcs;
}

/// What the first of `faults` says.
std::string first_of(std::initializer_list<std::string> faults) {
  for (const std::string& each : faults) {
    if (!each.empty()) return each;
  }
  return {};
}

}  // namespace

KeyStandard standard_of(KeyKind kind) {
  return kind == KeyKind::sm2 ? KeyStandard::gm : KeyStandard::international;
}

KeyStandard standard_of(KeyAlgorithm algorithm) {
  return algorithm == KeyAlgorithm::sm2 ? KeyStandard::gm : KeyStandard::international;
}

bool is_plain_http_url(std::string_view url) {
  constexpr std::string_view kScheme = "http://";
  return url.starts_with(kScheme) && url.size() > kScheme.size() &&
         std::ranges::all_of(url, [](char c) { return c > ' ' && c < '\x7F'; });
}

namespace authority_rule {

std::string unknown_country(std::string_view country) {
  if (is_subject_country(country)) return {};
  return "the country " + quoted(country) + " must be a code of ISO 3166-1, or XX";
}

std::string bad_text(std::string_view which, std::string_view text) {
  constexpr std::size_t kMostCharacters = 64;
  const std::string shown = "the " + std::string(which) + " " + quoted(text);
  const auto characters = printable_characters(text);
  if (!characters || *characters == 0 || *characters > kMostCharacters) {
    return shown + " must have 1 to 64 printable characters";
  }
  return says_nothing(text) ? shown + " says nothing" : "";
}

std::string mixed_standards(KeyStandard issuer, KeyStandard subject) {
  return issuer == subject ? "" : "a hierarchy is all of SM2 or has none";
}

std::string bad_policy_oid(const std::vector<std::string>& policies) {
  std::set<std::string> seen;
  for (const std::string& each : policies) {
    if (!is_oid(each)) return "the policy " + quoted(each) + " is no object identifier";
    if (!seen.insert(each).second) return "the policy " + each + " comes twice";
  }
  return {};
}

std::string unfit_policies(const std::vector<std::string>& policies, KeyStandard standard) {
  if (std::ranges::find(policies, oid::kAnyPolicy) != policies.end()) {
    return policies.size() == 1 ? "" : "2.5.29.32.0 stands alone: it is any policy";
  }
  constexpr std::array kReserved = {oid::kDomainValidated, oid::kOrganizationValidated,
                                    oid::kIndividualValidated, oid::kExtendedValidation};
  const auto reserved = std::ranges::count_if(policies, [&](const std::string& each) {
    return std::ranges::find(kReserved, each) != kReserved.end();
  });
  // What browsers do not trust may have policies of its own.
  const bool is_public = standard == KeyStandard::international;
  if (reserved > 1 || (is_public && reserved != 1)) {
    return "it needs 2.5.29.32.0 alone, or exactly one of 2.23.140.1.2.1, 2.23.140.1.2.2, "
           "2.23.140.1.2.3 and 2.23.140.1.1";
  }
  return {};
}

std::string bad_url(std::string_view url) {
  if (url.empty() || is_plain_http_url(url)) return {};
  return "the URL " + quoted(url) + " must begin with http:// and hold no blanks";
}

}  // namespace authority_rule

std::string fault_of(const HierarchyNames& names) {
  return first_of({authority_rule::unknown_country(names.country),
                   authority_rule::bad_text("organization", names.organization)});
}

std::string fault_of(const IssuingCaTerms& terms, KeyStandard standard) {
  return first_of(
      {authority_rule::bad_policy_oid(terms.policies),
       terms.policies.empty() ? std::string()
                              : authority_rule::unfit_policies(terms.policies, standard),
       authority_rule::bad_url(terms.crl_url), authority_rule::bad_url(terms.ca_issuers_url)});
}

std::string fault_of(const SuccessorChanges& changes, KeyStandard standard) {
  const auto text = [](std::string_view which, const std::string& value) {
    return value.empty() ? std::string() : authority_rule::bad_text(which, value);
  };
  return first_of(
      {changes.country.empty() ? std::string() : authority_rule::unknown_country(changes.country),
       text("organization", changes.organization), text("common name", changes.common_name),
       fault_of(changes.terms, standard)});
}

}  // namespace ca
