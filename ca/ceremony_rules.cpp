// What a plan of a ceremony must hold to: one row per rule.
#include <algorithm>
#include <functional>
#include <set>
#include <span>
#include <string>

#include "ca/authority_rules.h"
#include "ca/ceremony.h"
#include "ca/custody/pkcs11_uri.h"
#include "ca/names/dns_name.h"
#include "ca/names/quoted.h"
#include "ca/printable_text.h"
#include "ca/same_name.h"

namespace ca {
namespace {

/// A CA of the plan, its issuer (null: none, or none of that name above), and those above it.
struct Place {
  const PlannedCa& ca;
  const PlannedCa* issuer;
  std::span<const PlannedCa> above;
  [[nodiscard]] bool is_root() const { return ca.issuer.empty(); }
};

/// What is wrong, or an empty sentence.
using Rule = std::string (*)(const Place&);

std::string name_is_a_file_name(const Place& place) {
  constexpr std::size_t kMost = 40;
  const std::string& name = place.ca.name;
  const bool fits = !name.empty() && name.size() <= kMost && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
  return fits ? "" : "the name must be 1 to 40 small letters, digits and hyphens";
}

std::string issuer_stands_above(const Place& place) {
  if (place.is_root() || place.issuer != nullptr) return {};
  return "there is no CA " + quoted(place.ca.issuer) + " above it in the plan";
}

std::string country_is_a_code(const Place& place) {
  return authority_rule::unknown_country(place.ca.country);
}

std::string organization_is_text(const Place& place) {
  return authority_rule::bad_text("organization", place.ca.organization);
}

std::string common_name_is_text(const Place& place) {
  return authority_rule::bad_text("common_name", place.ca.common_name);
}

std::string subject_is_its_own(const Place& place) {
  for (const PlannedCa& other : place.above) {
    if (other.name == place.ca.name) return "the name comes twice";
    if (other.common_name == place.ca.common_name && other.organization == place.ca.organization &&
        other.country == place.ca.country) {
      return "its subject is that of " + other.name;
    }
  }
  return {};
}

std::string algorithm_is_known(const Place& place) {
  if (key_algorithm(place.ca.algorithm)) return {};
  return "the algorithm " + quoted(place.ca.algorithm) +
         " must be ecdsa-p256, ecdsa-p384, ecdsa-p521, rsa-2048, rsa-3072, rsa-4096 or sm2";
}

KeyStandard standard_of(const PlannedCa& planned) {
  return planned.algorithm == "sm2" ? KeyStandard::gm : KeyStandard::international;
}

std::string family_is_that_of_the_issuer(const Place& place) {
  if (place.issuer == nullptr) return {};
  return authority_rule::mixed_standards(standard_of(*place.issuer), standard_of(place.ca));
}

std::string root_lives_long_enough(const Place& place) {
  constexpr std::int64_t kLeast = 2922;
  constexpr std::int64_t kMost = 9132;
  if (!place.is_root() || (place.ca.days >= kLeast && place.ca.days <= kMost)) return {};
  return "a root must live 2922 to 9132 days, not " + std::to_string(place.ca.days);
}

std::string does_not_outlive_its_issuer(const Place& place) {
  if (place.is_root()) return {};
  if (place.ca.days < 1) return "it must live at least a day";
  if (place.issuer == nullptr || place.ca.days <= place.issuer->days) return {};
  return "it would live longer than its issuer";
}

std::string path_length_fits(const Place& place) {
  constexpr std::int64_t kMost = 10;
  const auto& own = place.ca.path_length;
  if (place.is_root()) return own ? "a root has no path_length" : "";
  if (!own || *own < 0 || *own > kMost) return "it needs a path_length from 0 to 10";
  if (place.issuer == nullptr || !place.issuer->path_length) return {};
  return *own < *place.issuer->path_length ? "" : "its path_length must be below its issuer's";
}

std::string policies_are_where_they_belong(const Place& place) {
  const std::vector<std::string>& policies = place.ca.policies;
  if (place.is_root()) return policies.empty() ? "" : "a root has no policies";
  if (policies.empty()) return "it needs policies; 2.5.29.32.0 is any of them";
  return authority_rule::unfit_policies(policies, standard_of(place.ca));
}

std::string says_where_its_status_is(const Place& place) {
  return place.is_root() || !place.ca.crl_url.empty()
             ? ""
             : "it needs crl_url, where the CRL of its issuer will be";
}

std::string policies_are_oids(const Place& place) {
  return authority_rule::bad_policy_oid(place.ca.policies);
}

std::string constraints_are_names(const Place& place) {
  for (const auto* const list : {&place.ca.permitted_dns, &place.ca.excluded_dns}) {
    if (place.is_root() && !list->empty()) return "a root has no name constraints";
    for (const std::string& each : *list) {
      const auto name = DnsName::parse(each);
      if (!name || name->is_wildcard() || name->text() != each) {
        return quoted(each) + " is no domain name in lower case";
      }
    }
  }
  return {};
}

std::string urls_are_plain_http(const Place& place) {
  for (const std::string& url : {place.ca.ca_issuers_url, place.ca.ocsp_url, place.ca.crl_url}) {
    if (std::string fault = authority_rule::bad_url(url); !fault.empty()) return fault;
  }
  return {};
}

std::string root_names_no_urls(const Place& place) {
  const bool has_any =
      !place.ca.ca_issuers_url.empty() || !place.ca.ocsp_url.empty() || !place.ca.crl_url.empty();
  return place.is_root() && has_any ? "nobody vouches for a root: it has no URLs" : "";
}

std::string key_has_one_place(const Place& place) {
  const bool in_file = !place.ca.passphrase_file.empty();
  const bool in_device = !place.ca.pkcs11.empty();
  if (in_file == in_device) return "it needs either passphrase_file or pkcs11";
  if (in_file) return {};
  const auto uri = parse_pkcs11_uri(place.ca.pkcs11);
  if (!uri) return uri.error();
  if (place.ca.algorithm == "sm2") return "PKCS#11 has no standard mechanism for sm2";
  for (const PlannedCa& other : place.above) {
    const auto taken = parse_pkcs11_uri(other.pkcs11);
    const bool is_same_token =
        taken && taken->token == uri->token &&
        (taken->serial == uri->serial || taken->serial.empty() || uri->serial.empty());
    if (is_same_token && ((!uri->object.empty() && taken->object == uri->object) ||
                          (!uri->id.empty() && taken->id == uri->id))) {
      return "its key has the label or id of that of " + other.name;
    }
  }
  return {};
}

struct RuleRow {
  std::string_view id;
  std::string_view source;
  Rule rule;
};

constexpr RuleRow kRules[] = {
    {"own_ceremony_name", "docs/custody.md", name_is_a_file_name},
    {"own_ceremony_issuer", "docs/custody.md", issuer_stands_above},
    {"br_ca_country", "BR 7.1.2.10.2", country_is_a_code},
    {"br_ca_organization", "BR 7.1.2.10.2, 7.1.4.2", organization_is_text},
    {"br_ca_common_name", "BR 7.1.2.10.2, 7.1.4.2", common_name_is_text},
    {"br_ca_subject_unique", "BR 7.1.2.10.2", subject_is_its_own},
    {"br_ca_key_algorithm", "BR 6.1.5, 7.1.3.1", algorithm_is_known},
    {"own_ca_family", "GM/T 0015", family_is_that_of_the_issuer},
    {"br_root_validity", "BR 7.1.2.1.1", root_lives_long_enough},
    {"rfc5280_ca_outlives_issuer", "RFC 5280 §6.1.3 (a)(2)", does_not_outlive_its_issuer},
    {"br_ca_path_length", "BR 7.1.2.1.4, 7.1.2.10.4; RFC 5280 §4.2.1.9", path_length_fits},
    {"br_ca_policies", "BR 7.1.2.1.2, 7.1.2.10.5", policies_are_where_they_belong},
    {"rfc5280_policy_oid", "RFC 5280 §4.2.1.4", policies_are_oids},
    {"rfc5280_name_constraints", "RFC 5280 §4.2.1.10; BR 7.1.2.10.8", constraints_are_names},
    {"br_ca_url_scheme", "BR 7.1.2.10.3, 7.1.2.11.2", urls_are_plain_http},
    {"br_ca_crl_url", "BR 7.1.2.6.1, 7.1.2.11.2", says_where_its_status_is},
    {"br_root_urls", "BR 7.1.2.1.2", root_names_no_urls},
    {"br_key_protection", "BR 6.2.7", key_has_one_place},
};

std::string participants_fault(const CeremonyPlan& plan) {
  std::set<std::string> names;
  for (const std::string& each : plan.participants) {
    if (printable_characters(each).value_or(0) == 0 ||
        each.find_first_not_of(' ') == std::string::npos) {
      return "a participant's name is empty or not printable";
    }
    if (!names.insert(same_name(each)).second)
      return "the participant " + quoted(each) + " comes twice";
  }
  return names.size() < 2 ? "a ceremony has at least two participants" : "";
}

}  // namespace

std::vector<PlanFault> plan_faults(const CeremonyPlan& plan) {
  std::vector<PlanFault> faults;
  const auto note = [&](std::string_view rule, std::string_view source, const std::string& ca,
                        std::string sentence) {
    if (sentence.empty()) return;
    faults.push_back({std::string(rule), std::string(source), ca, std::move(sentence)});
  };
  const auto title = printable_characters(plan.title);
  note("own_ceremony_title", "docs/custody.md", "",
       title && *title > 0 ? "" : "the plan needs a title in printable characters");
  note("br_dual_control", "BR 5.2.2, 6.1.1.1", "", participants_fault(plan));
  note("own_ceremony_empty", "docs/custody.md", "", plan.cas.empty() ? "the plan names no CA" : "");
  for (std::size_t i = 0; i < plan.cas.size(); ++i) {
    const std::span<const PlannedCa> above(plan.cas.data(), i);
    const auto issuer = std::ranges::find(above, plan.cas[i].issuer, &PlannedCa::name);
    const Place place{plan.cas[i], issuer == above.end() ? nullptr : &*issuer, above};
    for (const RuleRow& row : kRules) note(row.id, row.source, place.ca.name, row.rule(place));
  }
  return faults;
}

}  // namespace ca
