// Domains that an organization proves before any application.
#include "policy/domain_control/beforehand.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policy/organizations/organization.h"
#include "tests/unit/policy/issuing_fixture.h"

namespace policy {
namespace {

using std::chrono::days;
using std::chrono::seconds;
using testing::SizeIs;

class Beforehand : public IssuingTest {
 protected:
  Beforehand() {
    write([&](storage::Transaction& transaction) {
      Organization record{tenant, {}, now, now};
      record.fields.legal_name = "Example Ltd";
      kOrganizations.put(transaction, organization.octets(), record);
      return 0;
    });
  }
  Allowed<DomainControl> prove(const std::string& name,
                               std::optional<ControlMethod> method = {},
                               const std::string& product = "plain-dv") {
    const DomainWish wish{organization, product, ca::DnsName::parse(name).value(), method};
    return write([&](storage::Transaction& transaction) {
      return prove_beforehand({transaction, surroundings, ann, now}, house, wish, random);
    });
  }
  DomainControl get_control(const DomainControl& control) {
    return store->read([&](const storage::Snapshot& snapshot) {
      return find_beforehand(snapshot, organization,
                             DomainId::from_octets(control.application.octets()))
          .value();
    });
  }
  std::vector<DomainClaim> claims_there() {
    return store->read(
        [&](const storage::Snapshot& snapshot) { return claims_of(snapshot, organization); });
  }
  OrganizationId organization = OrganizationId::fresh(random, now);
};

// III.5: an application for it then has nothing left to prove.
TEST_F(Beforehand, WhatIsProvenCountsForALaterApplication) {
  const auto opened = prove("example.com");
  ASSERT_TRUE(opened) << opened.error().detail;
  EXPECT_TRUE(opened->is_open());
  EXPECT_EQ(opened->deadline, now + days(7));
  EXPECT_EQ(opened->subject().substr(0, 4), "dom_");
  for (const ControlItem& item : opened->items) zones.set_text(item.place, {item.value});
  now += seconds(30);
  run_kind(storage::WorkKind::check_domains);
  const DomainControl after = get_control(*opened);
  EXPECT_TRUE(after.is_proven());
  EXPECT_FALSE(after.is_open());
  ASSERT_THAT(claims_there(), SizeIs(1));
  EXPECT_FALSE(claims_there()[0].application.has_value());
  EXPECT_EQ(submitted({"shop.example.com"}).state, ApplicationState::approved);
  work();
  expect_sound();
}

TEST_F(Beforehand, ItCountsNoLongerThanTheProductLetsItCountAgain) {
  const auto opened = prove("example.com");
  ASSERT_TRUE(opened);
  for (const ControlItem& item : opened->items) zones.set_text(item.place, {item.value});
  now += seconds(30);
  run_kind(storage::WorkKind::check_domains);
  now += days(31);
  EXPECT_EQ(submitted({"example.com"}).state, ApplicationState::domain_validation);
}

TEST_F(Beforehand, AskingAgainFindsTheSame) {
  const auto first = prove("example.com");
  ASSERT_TRUE(first);
  EXPECT_EQ(prove("example.com")->items, first->items);
  const auto by_file = prove("example.com", ControlMethod::file);
  ASSERT_TRUE(by_file);
  EXPECT_EQ(by_file->application, first->application);
  EXPECT_EQ(by_file->items[0].method, ControlMethod::file);
}

/// One family, as `dv` and `private` of the house are: of public trust, and of private trust.
class BeforehandOfBothTrusts : public Beforehand {
 protected:
  BeforehandOfBothTrusts() {
    Product privately = automatic_dv();
    privately.name = "plain-private";
    privately.trust = Trust::privately;
    catalog = Catalog({automatic_dv(), std::move(privately)});
    house.corroborators = Corroborators::perspectives;
  }
};

// M-1 TGM-16: what nobody corroborates can never prove a name for the public, and what the public
// needs is not asked of a private product.
TEST_F(BeforehandOfBothTrusts, AskingUnderAnotherTrustOpensAControlThatServesIt) {
  for (const auto& [first, second] :
       {std::pair{"plain-private", "plain-dv"}, std::pair{"plain-dv", "plain-private"}}) {
    SCOPED_TRACE(first);
    const std::string name = std::string("of-") + first + ".example.com";
    const auto opened = prove(name, {}, first);
    ASSERT_TRUE(opened) << opened.error().detail;
    const auto other = prove(name, {}, second);
    ASSERT_TRUE(other) << other.error().detail;
    EXPECT_EQ(other->product, second);
    EXPECT_TRUE(other->is_open());
    EXPECT_NE(other->items[0].value, opened->items[0].value);
    EXPECT_EQ(prove(name, {}, second)->items, other->items) << "the same is found again";
    const auto by_file = prove(name, ControlMethod::file, first);
    ASSERT_TRUE(by_file) << by_file.error().detail;
    EXPECT_EQ(by_file->product, first);
  }
  house.corroborators = Corroborators::nobody;
  const auto opened = prove("example.com", {}, "plain-private");
  EXPECT_EQ(prove("example.com")->items, opened->items) << "where nobody is asked, one serves both";
}

TEST_F(Beforehand, ItEndsWithItsTime) {
  const auto opened = prove("example.com");
  ASSERT_TRUE(opened);
  now += days(7);
  run_kind(storage::WorkKind::check_domains);
  EXPECT_FALSE(get_control(*opened).is_open());
  EXPECT_THAT(claims_there(), SizeIs(0));
  const auto again = prove("example.com");
  EXPECT_TRUE(again->is_open());
  EXPECT_NE(again->items[0].value, opened->items[0].value);
}

TEST_F(Beforehand, WhatCannotBeProvenIsRefused) {
  EXPECT_EQ(prove("example.com", {}, "no-such").error().code, FaultCode::entitlement_required);
  const auto suffix = prove("*.co.uk");
  ASSERT_FALSE(suffix);
  EXPECT_EQ(suffix.error().errors.at(0).pointer, "/name");
  Actor stranger = ann;
  stranger.tenant = TenantId::fresh(random, now);
  const DomainWish wish{organization, "plain-dv", ca::DnsName::parse("example.com").value(), {}};
  const auto theirs = write([&](storage::Transaction& transaction) {
    return prove_beforehand({transaction, surroundings, stranger, now}, house, wish, random);
  });
  EXPECT_EQ(theirs.error().code, FaultCode::not_found);
}

}  // namespace
}  // namespace policy
