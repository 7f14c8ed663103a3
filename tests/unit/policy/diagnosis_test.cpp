// What is said of a name from the outside.
#include "policy/domain_control/diagnosis.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/policy/control_fixture.h"

namespace policy {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class DiagnosisTest : public ControlTest {
 protected:
  DnsHosting hosting(const std::string& name) {
    return tests::run(find_hosting(zones, ca::DnsName::parse(name).value()));
  }
  Diagnosis diagnosis(const std::string& name, std::optional<ControlItem> item = {}) {
    return tests::run(diagnose(zones.ports(), dns(name), std::move(item), house, tenant, now));
  }
};

// TCG-37
TEST_F(DiagnosisTest, FindsWhoServesTheNearestZone) {
  zones.set_name_servers("example.com", {"f1g1ns1.dnspod.net"});
  zones.set_name_servers("b.example.com", {"ns-1.awsdns-00.co.uk"});
  zones.set_name_servers("a.b.example.com", {});
  const DnsHosting found = hosting("a.b.example.com");
  EXPECT_EQ(found.zone, "b.example.com");
  EXPECT_EQ(found.provider, "Amazon Route 53");
  EXPECT_EQ(found.delegation.size(), 3);
  EXPECT_EQ(hosting("example.com").provider, "DNSPod");
  EXPECT_EQ(hosting("example.org").provider, "");
}

TEST_F(DiagnosisTest, TakesNoNameThatOnlyLooksLikeAProviders) {
  EXPECT_THAT(provider_of({"ns.notcloudflare.com"}), IsEmpty());
  EXPECT_THAT(provider_of({"cloudflare.com.evil.example"}), IsEmpty());
  EXPECT_EQ(provider_of({"ns.other.example", "ada.ns.cloudflare.com"}), "Cloudflare");
}

// TCG-39
TEST_F(DiagnosisTest, NamesTheFirstThingToMend) {
  const DomainControl control = opened({"a.example.com"});
  const ControlItem& item = control.items[0];
  EXPECT_EQ(diagnosis("a.example.com", item).verdict, ControlCode::txt_missing);
  place(item);
  const Diagnosis good = diagnosis("a.example.com", item);
  EXPECT_FALSE(good.verdict.has_value());
  EXPECT_TRUE(good.finding->is_proven);
  EXPECT_TRUE(good.caa->is_permitted);
  zones.forbid("a.example.com");
  const Diagnosis forbidden = diagnosis("a.example.com");
  EXPECT_EQ(forbidden.verdict, ControlCode::caa_forbids);
  EXPECT_THAT(std::string(forbidden.hint()), HasSubstr("CAA"));
  zones.fail("example.com", LookupFailure::bogus);
  EXPECT_EQ(diagnosis("a.example.com", item).verdict, ControlCode::dnssec_bogus);
}

TEST_F(DiagnosisTest, SaysThatADomainIsNotDelegated) {
  zones.set_name_servers("example.net", {});
  EXPECT_EQ(diagnosis("example.net").verdict, ControlCode::ns_missing);
}

// What others are asked takes its time: nothing is asked twice.
TEST_F(DiagnosisTest, AsksForCaaOnce) {
  const ControlItem item = opened({"a.example.com"}).items[0];
  const auto asked_for_caa = [&] {
    return std::ranges::count_if(zones.questions(),
                                 [](const std::string& each) { return each.starts_with("CAA "); });
  };
  diagnosis("a.example.com", item);
  EXPECT_EQ(asked_for_caa(), 1) << "control is not there: CAA is asked for by itself";
  place(item);
  EXPECT_TRUE(diagnosis("a.example.com", item).caa->is_permitted);
  EXPECT_EQ(asked_for_caa(), 2);
}

}  // namespace
}  // namespace policy
