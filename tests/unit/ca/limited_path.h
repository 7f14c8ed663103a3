// CA certificates of a path that limit those below them.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "ca/ceremony.h"
#include "ca/certificate.h"
#include "ca/crypto/random.h"
#include "ca/der/writer.h"
#include "ca/extension_list.h"
#include "ca/oids.h"

namespace tests {

/// GeneralSubtrees under the context tag `number`: 0 permits, 1 excludes. A base is a whole
/// element.
inline std::string subtrees(unsigned number, const std::vector<std::string>& bases) {
  std::string rows;
  for (const std::string& base : bases) rows += ca::der::element(ca::der::Tag::sequence, base);
  return ca::der::element(ca::der::context_constructed(number), rows);
}
inline std::string dns_base(std::string_view name) {
  return ca::der::element(ca::der::context(2), name);
}
inline std::string address_base(std::string_view address_and_mask) {
  return ca::der::element(ca::der::context(7), address_and_mask);
}
/// Each of `parts` is a RelativeDistinguishedName.
inline std::string directory_base(const std::vector<std::string>& parts) {
  return ca::der::element(ca::der::context_constructed(4), ca::der::sequence(parts));
}
inline std::string organization_part(std::string_view value,
                                     ca::der::Tag type = ca::der::Tag::utf8_string) {
  return ca::der::element(
      ca::der::Tag::set,
      ca::der::sequence({ca::der::object_identifier("2.5.4.10"), ca::der::element(type, value)}));
}

/// A CA certificate that is nothing but this extension.
inline ca::CertificateView ca_with(std::string_view oid, std::string value) {
  ca::CertificateView view;
  view.extensions.push_back({std::string(oid), ca::der::Criticality::critical, std::move(value)});
  return view;
}
/// `constraints` is what stands in the SEQUENCE.
inline ca::CertificateView ca_with_constraints(std::string_view constraints) {
  return ca_with(ca::oid::kNameConstraints, ca::der::element(ca::der::Tag::sequence, constraints));
}
inline ca::CertificateView ca_with_policies(const std::vector<std::string>& oids) {
  std::vector<std::string> rows;
  for (const std::string& each : oids) {
    rows.push_back(ca::der::sequence({ca::der::object_identifier(each)}));
  }
  return ca_with(ca::oid::kCertificatePolicies, ca::der::sequence(rows));
}

/// An issuing CA below one that has only this policy and only names of example.com.
struct LimitedPath {
  std::string root, upper, issuing;  // DER
  std::unique_ptr<ca::Signer> signer;
};
inline LimitedPath limited_path(ca::Time now,
                                std::string_view policy = ca::oid::kOrganizationValidated) {
  const auto planned = [](std::string name, std::string issuer, std::int64_t days) {
    return ca::PlannedCa{.name = name,
                         .issuer = std::move(issuer),
                         .country = "XX",
                         .organization = "Example Trust",
                         .common_name = "Example " + name,
                         .algorithm = "ecdsa-p256",
                         .days = days,
                         .passphrase_file = "/run/passphrase"};
  };
  ca::CeremonyPlan plan{.title = "A path", .participants = {"Ada", "Grace"}, .cas = {}};
  plan.cas = {planned("root", "", 7300), planned("upper", "root", 3000),
              planned("issuing", "upper", 2900)};
  plan.cas[1].policies = {std::string(policy)};
  plan.cas[1].permitted_dns = {"example.com"};
  plan.cas[1].path_length = 1;
  for (ca::PlannedCa* each : {&plan.cas[1], &plan.cas[2]}) {
    each->crl_url = "http://ca.example/above.crl";
  }
  plan.cas[2].policies = {std::string(ca::oid::kAnyPolicy)};
  plan.cas[2].path_length = 0;
  ca::SystemRandom random;
  std::vector<ca::MadeCa> made = ca::hold_ceremony(plan, ca::Ceremony::held, random, now);
  return {.root = made[0].der,
          .upper = made[1].der,
          .issuing = made[2].der,
          .signer = std::move(made[2].signer)};
}

}  // namespace tests
