// Faults of what points at the issuer, and of what the issuer may certify.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ca/certification_scope.h"
#include "tests/unit/ca/limited_path.h"
#include "tests/unit/ca/planted_subjects.h"
#include "tests/unit/ca/planted_tbs.h"

namespace tests {

inline constexpr std::string_view kAia = "1.3.6.1.5.5.7.1.1";
inline constexpr std::string_view kCrlPoints = "2.5.29.31";
inline constexpr std::string_view kAuthorityKey = "2.5.29.35";

inline std::string crl_point(std::string_view url) {
  return tlv("30", tlv("a0", tlv("a0", tlv("86", url))));
}

inline const std::vector<Planted>& planted_pointers() {
  static const std::vector<Planted> rows = {
      {"br_authority_key_missing", [](PlantedTbs& t) { t.drop(kAuthorityKey); }},
      {"br_authority_key_differs",
       [](PlantedTbs& t) {
         t.set(kAuthorityKey, ca::authority_key_identifier(std::string(20, '\x78')));
       }},
      {"br_authority_key_extras",
       [](PlantedTbs& t) {
         t.set_value(kAuthorityKey, "", tlv("30", tlv("80", t.key_identifier) + unhex("820105")));
       }},
      {"br_access_form",  // timeStamping
       [](PlantedTbs& t) {
         t.set_value(
             kAia, "",
             tlv("30", tlv("30", unhex("06082b06010505073003") + tlv("86", t.ca_issuers_url))));
       }},
      {"br_access_scheme",
       [](PlantedTbs& t) {
         t.ca_issuers_url = "https://ca.example/issuing.der";
         t.set(kAia, ca::authority_information_access("", t.ca_issuers_url));
       }},
      {"own_access_differs",
       [](PlantedTbs& t) {
         t.set(kAia, ca::authority_information_access("", "http://other.example/i.der"));
       }},
      {"own_access_differs", [](PlantedTbs& t) { t.drop(kAia); }},
      {"br_distribution_form",
       [](PlantedTbs& t) {
         t.set_value(kCrlPoints, "", tlv("30", crl_point(t.crl_url) + crl_point(t.crl_url)));
       },
       {"own_distribution_differs"}},
      {"br_distribution_scheme",
       [](PlantedTbs& t) {
         t.crl_url = "ldap://ca.example/crl";
         t.set(kCrlPoints, ca::crl_distribution_point(t.crl_url));
       }},
      {"own_distribution_differs",
       [](PlantedTbs& t) {
         t.set(kCrlPoints, ca::crl_distribution_point("http://other.example/"));
       }},
      {"own_distribution_differs",
       [](PlantedTbs& t) { t.drop(kCrlPoints); },
       {"br_status_missing"}},
      {"br_status_missing",
       [](PlantedTbs& t) {
         t.drop(kCrlPoints);
         t.crl_url.clear();
       }},
      {"br_status_missing",  // a second longer than a short-lived one, and nothing at all
       [](PlantedTbs& t) {
         t.drop(kAia);
         t.ca_issuers_url.clear();
         t.drop(kCrlPoints);
         t.crl_url.clear();
         t.set_validity(kLintTime, kLintTime + std::chrono::days(7));
       }},
      {"br_issuer_trust",
       [](PlantedTbs& t) {
         t.issuer_scope.emplace(std::vector{ca_with_policies({"2.5.29.32.0"})},
                                ca::Trust::privately);
       }},
      {"rfc5280_issuer_policies",
       [](PlantedTbs& t) {
         t.issuer_scope.emplace(std::vector{ca_with_policies({"2.23.140.1.2.2"})}, ca::Trust::web);
       }},
      {"rfc5280_issuer_names",
       [](PlantedTbs& t) {
         auto view = ca_with_policies({"2.23.140.1.2.1"});
         view.extensions.push_back(
             ca_with_constraints(subtrees(0, {dns_base("www.example.com")})).extensions.front());
         t.issuer_scope.emplace(std::vector{view}, ca::Trust::web);
       }},
      {"rfc5280_issuer_subjects",
       [](PlantedTbs& t) {
         t.certify("ov", company());
         auto view = ca_with_policies({"2.23.140.1.2.2"});
         view.extensions.push_back(
             ca_with_constraints(subtrees(0, {directory_base({organization_part("Other Trust")})}))
                 .extensions.front());
         t.issuer_scope.emplace(std::vector{view}, ca::Trust::web);
       }},
  };
  return rows;
}

}  // namespace tests
