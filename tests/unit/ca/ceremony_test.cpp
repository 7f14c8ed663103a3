#include "ca/ceremony.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "ca/certificate.h"
#include "ca/crypto/encoding.h"
#include "ca/extension_list.h"
#include "ca/oids.h"
#include "tests/unit/ca/issuing_store.h"

namespace {

using ca::Ceremony;
using ca::CeremonyPlan;
using ca::PlannedCa;
using tests::kIssuingTime;

CeremonyPlan plan_of(const std::string& algorithm = "ecdsa-p256") {
  CeremonyPlan plan{.title = "First ceremony", .participants = {"Ada", "Grace"}, .cas = {}};
  plan.cas.push_back({.name = "root",
                      .country = "XX",
                      .organization = "Example Trust",
                      .common_name = "Example Root R1",
                      .algorithm = algorithm,
                      .days = 7300,
                      .passphrase_file = "/run/passphrase"});
  plan.cas.push_back({.name = "issuing",
                      .issuer = "root",
                      .country = "XX",
                      .organization = "Example Trust",
                      .common_name = "Example TLS CA 1",
                      .algorithm = algorithm,
                      .days = 2920,
                      .path_length = 0,
                      .policies = {"2.23.140.1.2.1", "1.3.6.1.4.1.99999.1"},
                      .permitted_dns = {"example.com"},
                      .excluded_dns = {"secret.example.com"},
                      .ca_issuers_url = "http://ca.example/root.cer",
                      .crl_url = "http://ca.example/root.crl",
                      .passphrase_file = "/run/passphrase"});
  return plan;
}

/// What openssl asn1parse shows of the constraints planned above.
constexpr std::string_view kConstraints =
    "3029a00f300d820b6578616d706c652e636f6da116301482127365637265742e6578616d706c652e636f6d";

TEST(Ceremony, MakesWhatThePlanSays) {
  for (const std::string algorithm : {"ecdsa-p256", "ecdsa-p384", "rsa-2048", "sm2"}) {
    SCOPED_TRACE(algorithm);
    ca::SystemRandom random;
    const auto made = ca::hold_ceremony(plan_of(algorithm), Ceremony::held, random, kIssuingTime);
    ASSERT_EQ(made.size(), 2U);
    const auto root = ca::view_certificate(made[0].der).value();
    const auto issuing = ca::view_certificate(made[1].der).value();
    EXPECT_EQ(root.subject, root.issuer);
    EXPECT_EQ(issuing.issuer, root.subject);
    EXPECT_EQ(issuing.not_after - issuing.not_before,
              std::chrono::days(2920) - std::chrono::seconds(1));
    EXPECT_EQ(issuing.spki, made[1].signer->public_key().spki());
    const ca::Extension* constraints =
        ca::find_extension(issuing.extensions, ca::oid::kNameConstraints);
    ASSERT_NE(constraints, nullptr);
    EXPECT_EQ(constraints->criticality, ca::der::Criticality::critical);
    EXPECT_EQ(ca::hex(constraints->value), kConstraints);
    EXPECT_EQ(root.extensions.size(), 4U) << "nothing of it but what a root has";
  }
}

/// Every rule is broken by one change, and says so by its id.
TEST(CeremonyPlan, IsRefusedWithTheRuleThatItBreaks) {
  const struct {
    std::string_view rule;
    std::function<void(CeremonyPlan&)> defect;
  } rows[] = {
      {"own_ceremony_title", [](CeremonyPlan& p) { p.title.clear(); }},
      {"own_ceremony_title", [](CeremonyPlan& p) { p.title = "two\nlines"; }},
      {"br_dual_control", [](CeremonyPlan& p) { p.participants.pop_back(); }},
      {"br_dual_control", [](CeremonyPlan& p) { p.participants[0] = "a\nca: x"; }},
      {"br_dual_control", [](CeremonyPlan& p) { p.participants[1] = p.participants[0]; }},
      {"br_dual_control", [](CeremonyPlan& p) { p.participants = {"Ada", "ada"}; }},
      {"br_dual_control", [](CeremonyPlan& p) { p.participants = {"Ada", "Ada "}; }},
      {"br_dual_control", [](CeremonyPlan& p) { p.participants = {"Ada  King", " ada KING"}; }},
      {"br_dual_control", [](CeremonyPlan& p) { p.participants[1] = " "; }},
      {"own_ceremony_empty", [](CeremonyPlan& p) { p.cas.clear(); }},
      {"own_ceremony_name", [](CeremonyPlan& p) { p.cas[1].name = "../root"; }},
      {"own_ceremony_name", [](CeremonyPlan& p) { p.cas[1].name.clear(); }},
      {"own_ceremony_issuer", [](CeremonyPlan& p) { p.cas[1].issuer = "nobody"; }},
      {"own_ceremony_issuer", [](CeremonyPlan& p) { std::swap(p.cas[0], p.cas[1]); }},
      {"br_ca_country", [](CeremonyPlan& p) { p.cas[0].country = "xx"; }},
      {"br_ca_country", [](CeremonyPlan& p) { p.cas[0].country = "ZZ"; }},
      {"br_ca_organization", [](CeremonyPlan& p) { p.cas[0].organization = ""; }},
      {"br_ca_organization", [](CeremonyPlan& p) { p.cas[0].organization = "N/A"; }},
      {"br_ca_common_name", [](CeremonyPlan& p) { p.cas[1].common_name = "-"; }},
      {"br_ca_common_name", [](CeremonyPlan& p) { p.cas[0].common_name.assign(65, 'a'); }},
      {"br_ca_subject_unique", [](CeremonyPlan& p) { p.cas[1].name = "root"; }},
      {"br_ca_subject_unique",
       [](CeremonyPlan& p) { p.cas[1].common_name = p.cas[0].common_name; }},
      {"br_ca_key_algorithm", [](CeremonyPlan& p) { p.cas[0].algorithm = "rsa-1024"; }},
      {"own_ca_family", [](CeremonyPlan& p) { p.cas[1].algorithm = "sm2"; }},
      {"br_root_validity", [](CeremonyPlan& p) { p.cas[0].days = 9133; }},
      {"br_root_validity", [](CeremonyPlan& p) { p.cas[0].days = 2921; }},
      {"rfc5280_ca_outlives_issuer", [](CeremonyPlan& p) { p.cas[1].days = 7301; }},
      {"rfc5280_ca_outlives_issuer", [](CeremonyPlan& p) { p.cas[1].days = 0; }},
      {"br_ca_path_length", [](CeremonyPlan& p) { p.cas[0].path_length = 1; }},
      {"br_ca_path_length", [](CeremonyPlan& p) { p.cas[1].path_length.reset(); }},
      {"br_ca_path_length", [](CeremonyPlan& p) { p.cas[1].path_length = -1; }},
      {"br_ca_policies", [](CeremonyPlan& p) { p.cas[0].policies = {"2.5.29.32.0"}; }},
      {"br_ca_policies", [](CeremonyPlan& p) { p.cas[1].policies.clear(); }},
      {"br_ca_policies",
       [](CeremonyPlan& p) { p.cas[1].policies = {"2.5.29.32.0", "1.3.6.1.4.1.99999.1"}; }},
      {"br_ca_policies", [](CeremonyPlan& p) { p.cas[1].policies = {"1.3.6.1.4.1.99999.1"}; }},
      {"br_ca_policies",
       [](CeremonyPlan& p) { p.cas[1].policies = {"2.23.140.1.2.1", "2.23.140.1.2.2"}; }},
      {"br_ca_crl_url", [](CeremonyPlan& p) { p.cas[1].crl_url.clear(); }},
      {"rfc5280_policy_oid", [](CeremonyPlan& p) { p.cas[1].policies = {"2.05"}; }},
      {"rfc5280_policy_oid", [](CeremonyPlan& p) { p.cas[1].policies.push_back("1.40.1"); }},
      {"rfc5280_policy_oid", [](CeremonyPlan& p) { p.cas[1].policies = {"3.1"}; }},
      {"rfc5280_policy_oid", [](CeremonyPlan& p) { p.cas[1].policies = {"2.5.29."}; }},
      {"rfc5280_policy_oid", [](CeremonyPlan& p) { p.cas[1].policies = {"1.2", "1.2"}; }},
      {"rfc5280_name_constraints", [](CeremonyPlan& p) { p.cas[1].permitted_dns = {"*.a.b"}; }},
      {"rfc5280_name_constraints", [](CeremonyPlan& p) { p.cas[0].excluded_dns = {"a.b"}; }},
      {"br_ca_url_scheme", [](CeremonyPlan& p) { p.cas[1].crl_url = "https://a.b/c.crl"; }},
      {"br_ca_url_scheme", [](CeremonyPlan& p) { p.cas[1].ocsp_url = "http://a b"; }},
      {"br_root_urls", [](CeremonyPlan& p) { p.cas[0].crl_url = "http://a.b/c.crl"; }},
      {"br_key_protection", [](CeremonyPlan& p) { p.cas[0].passphrase_file.clear(); }},
      {"br_key_protection", [](CeremonyPlan& p) { p.cas[0].pkcs11 = "pkcs11:"; }},
  };
  EXPECT_TRUE(ca::plan_faults(plan_of()).empty());
  for (const auto& row : rows) {
    CeremonyPlan plan = plan_of();
    row.defect(plan);
    const auto faults = ca::plan_faults(plan);
    const auto found = std::ranges::find(faults, row.rule, &ca::PlanFault::rule);
    ASSERT_NE(found, faults.end()) << row.rule;
    EXPECT_FALSE(found->sentence.empty());
    EXPECT_FALSE(found->source.empty());
    ca::SystemRandom random;
    EXPECT_THROW(ca::hold_ceremony(plan, Ceremony::held, random, kIssuingTime), std::logic_error);
  }
}

// What was made is what was planned, and a plan that differs in anything is not the one.
TEST(Ceremony, IsOfItsPlanAndOfNoOther) {
  const CeremonyPlan plan = plan_of();
  ca::SystemRandom random;
  const auto made = ca::hold_ceremony(plan, Ceremony::held, random, kIssuingTime);
  const std::string& root = made[0].der;
  EXPECT_TRUE(ca::is_as_planned(plan.cas[0], root, root));
  ASSERT_TRUE(ca::is_as_planned(plan.cas[1], made[1].der, root));
  EXPECT_FALSE(ca::is_as_planned(plan.cas[1], made[1].der, made[1].der)) << "another issuer";
  EXPECT_FALSE(ca::is_as_planned(plan.cas[1], root, root));
  const std::function<void(PlannedCa&)> changes[] = {
      [](PlannedCa& p) { p.country = "YY"; },
      [](PlannedCa& p) { p.organization += "x"; },
      [](PlannedCa& p) { p.common_name += "x"; },
      [](PlannedCa& p) { p.algorithm = "ecdsa-p384"; },
      [](PlannedCa& p) { --p.days; },
      [](PlannedCa& p) { p.path_length = 1; },
      [](PlannedCa& p) { p.policies.pop_back(); },
      [](PlannedCa& p) { p.permitted_dns.clear(); },
      [](PlannedCa& p) { p.excluded_dns.clear(); },
      [](PlannedCa& p) { p.crl_url += "x"; },
      [](PlannedCa& p) { p.ca_issuers_url.clear(); },
      [](PlannedCa& p) { p.ocsp_url = "http://ca.example/ocsp"; },
  };
  for (const auto& change : changes) {
    PlannedCa other = plan.cas[1];
    change(other);
    EXPECT_FALSE(ca::is_as_planned(other, made[1].der, root)) << &change - changes;
  }
}

TEST(CeremonyPlan, TakesTwoKeysOfOneTokenByTheirIds) {
  CeremonyPlan plan = plan_of();
  for (std::size_t i = 0; i < plan.cas.size(); ++i) {
    plan.cas[i].passphrase_file.clear();
    plan.cas[i].pkcs11 =
        "pkcs11:token=t;id=%0" + std::to_string(i + 1) + "?module-path=/m.so&pin-source=/p";
  }
  EXPECT_TRUE(ca::plan_faults(plan).empty());
}

TEST(CeremonyPlan, KeepsEveryKeyOfADeviceApart) {
  CeremonyPlan plan = plan_of();
  for (PlannedCa& each : plan.cas) {
    each.passphrase_file.clear();
    each.pkcs11 = "pkcs11:token=t;object=one?module-path=/m.so&pin-source=/p";
  }
  const auto faults = ca::plan_faults(plan);
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_EQ(faults[0].rule, "br_key_protection");
  EXPECT_NE(faults[0].sentence.find("that of root"), std::string::npos);
}

}  // namespace
