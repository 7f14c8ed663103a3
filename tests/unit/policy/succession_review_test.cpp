// What people looked at, for a reissue and a renewal of certificates that name an organization.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <string>

#include "ca/revocation_index.h"
#include "policy/applications/adopt.h"
#include "policy/applications/projection.h"
#include "policy/applications/succession.h"
#include "policy/applications/verify.h"
#include "policy/organizations/suspension.h"
#include "tests/support/office.h"

namespace policy {
namespace {

using std::chrono::days;
using testing::Contains;
using testing::Not;
using tests::Office;

/// The products of the office, each with a look for risks and certificates of 199 days.
std::vector<Product> looked_at_for_risks() {
  std::vector<Product> products = tests::office_products();
  for (Product& product : products) {
    product.stages.push_back(Stage{{{GateName::risk_clear}}});
    product.profile = ca::find_profile("ov");
    product.certificate_validity = days(199);
  }
  return products;
}

/// From then on there are other versions of them.
constexpr ca::Time kChange = std::chrono::sys_days{std::chrono::year{2026} / 12 / 15};

/// Of the first versions alibaba-ov is not renewed, of the second tencent-ov is not, and "dv" takes
/// other keys; wotrus-ov has none.
std::vector<Product> in_two_versions() {
  std::vector<Product> products = looked_at_for_risks();
  std::vector<Product> later;
  for (Product& product : products) {
    if (product.name == "alibaba-ov") product.renewable = false;
    product.until = kChange;
    if (product.name == "wotrus-ov") continue;
    Product second = product;
    second.version = 2;
    second.from = kChange;
    second.until.reset();
    second.renewable = product.name != "tencent-ov";
    if (product.name == "dv") second.keys = {KeyChoice::rsa_4096};
    later.push_back(std::move(second));
  }
  std::ranges::move(later, std::back_inserter(products));
  return products;
}

class SuccessionReview : public testing::Test {
 protected:
  SuccessionReview() : SuccessionReview(looked_at_for_risks()) {}
  explicit SuccessionReview(std::vector<Product> products) : office(std::move(products)) {}

  /// Through every hand to a certificate, which the ledger knows.
  ApplicationId issued(const std::string& product) {
    const ApplicationId id = office.submitted(product, office.names_for(product)).id;
    office.work(id);
    if (office.get(id).state == ApplicationState::in_review) {
      office.must("sue", [&](const Here& here) { return approve(here, {id}, "good"); });
    }
    if (office.get(id).state == ApplicationState::second_approval) {
      office.must("bob", [&](const Here& here) { return countersign(here, {id}, "good"); });
    }
    office.must("server", [&](const Here& here) { return begin_issuing(here, {id}); });
    office.must("server",
                [&](const Here& here) { return certificate_issued(here, {id}, {"ca/01", "DER"}); });
    ca::LedgerEntry entry;
    entry.issuer_id = "ca";
    entry.serial = "\x01";
    entry.certificate = "a certificate";
    entry.not_after = office.now + days(198);
    storage::Table<ca::LedgerEntry>{"ledger"}.put(
        office.store, ca::serial_key(entry.issuer_id, entry.serial), entry);
    return id;
  }
  Allowed<Application> succeed(const ApplicationId& before, SuccessionKind kind) {
    const ApplicationId id = office.fresh_id();
    const std::string csr = office.get(before).wish.csr;
    return office.act("ann", [&](const Here& here) {
      return succeed_application(here, {before}, id, {kind, "ca/01"}, {},
                                 [&](const Application& old) {
                                   Wish wish = old.wish;
                                   wish.csr = csr;
                                   return wish;
                                 });
    });
  }
  Application submitted(const ApplicationId& before, SuccessionKind kind) {
    const auto made = succeed(before, kind);
    if (!made) throw std::logic_error(made.error().detail);
    return office.must("ann",
                       [&](const Here& here) { return submit_application(here, {made->id}); });
  }
  Application proven(const Application& application) {
    if (application.state != ApplicationState::domain_validation) return application;
    return office.must(
        "server", [&](const Here& here) { return dcv_passed(here, {application.id}, {"claim"}); });
  }

  Office office;
};

/// The products that name an organization and differ in who looks.
class ReviewedSuccession : public SuccessionReview,
                           public testing::WithParamInterface<const char*> {};

// E-22
// EVG 3.2.2.14.2, BR 4.2.1: nobody looks again at the very same certificate, and two people stand
// behind it for EV.
TEST_P(ReviewedSuccession, AReissueRestsOnWhatWasLookedAt) {
  const ApplicationId first = issued(GetParam());
  office.now += days(100);
  const Application after = proven(submitted(first, SuccessionKind::reissue));
  EXPECT_EQ(after.state, ApplicationState::approved);
  EXPECT_EQ(after.gate(GateName::org_vetting)->reason, "reissue");
  EXPECT_EQ(after.gate(GateName::org_vetting)->evidence, std::vector<std::string>{first.text()});
  // The age of what it rests on is not begun anew.
  EXPECT_EQ(after.deadlines.approval, office.get(first).deadlines.approval);
  office.must("server", [&](const Here& here) { return begin_issuing(here, {after.id}); });
  EXPECT_EQ(verify_applications(office.store), std::vector<std::string>{});
}

TEST_P(ReviewedSuccession, ARenewalIsLookedAtByTheProductsOwnRules) {
  const Application again = proven(submitted(issued(GetParam()), SuccessionKind::renewal));
  EXPECT_NE(again.state, ApplicationState::approved);
  EXPECT_NE(again.gate(GateName::org_vetting)->reason, "reissue");
}

// E-22
TEST_P(ReviewedSuccession, AChangedOrganizationIsLookedAtAgain) {
  const ApplicationId first = issued(GetParam());
  auto record = kOrganizations.get(office.store, office.organization.octets()).value();
  record.fields.legal_name = "Another Trading Ltd";
  kOrganizations.put(office.store, office.organization.octets(), record);
  EXPECT_NE(proven(submitted(first, SuccessionKind::reissue)).state, ApplicationState::approved);
}

TEST_P(ReviewedSuccession, SoAreOtherPeopleUnderTheSameContact) {
  const ApplicationId first = issued(GetParam());
  const ContactId admin = office.get(first).wish.admin_contact.value();
  auto contact = kContacts.get(office.store, admin.octets()).value();
  contact.fields.name = "Mallory";
  kContacts.put(office.store, admin.octets(), contact);
  const Application after = proven(submitted(first, SuccessionKind::reissue));
  EXPECT_NE(after.state, ApplicationState::approved);
  EXPECT_NE(after.gate(GateName::org_vetting)->reason, "reissue");
}

TEST_P(ReviewedSuccession, SoIsOneThatWasLookedAtTooLongAgo) {
  const ApplicationId first = issued(GetParam());
  ca::LedgerEntry entry = ledger_entry(office.store, "ca/01").value();
  entry.not_after = office.now + days(450);
  storage::Table<ca::LedgerEntry>{"ledger"}.put(
      office.store, ca::serial_key(entry.issuer_id, entry.serial), entry);
  office.now += days(398);
  EXPECT_NE(proven(submitted(first, SuccessionKind::reissue)).state, ApplicationState::approved);
}

// What is known for the worse is about this very application: a second person looks, all the same.
TEST_P(ReviewedSuccession, ARiskTakesASecondPerson) {
  const ApplicationId first = issued(GetParam());
  const std::vector<std::string> names = office.names_for(GetParam());
  office.risks.names = {names.begin(), names.end()};
  const ApplicationId id = proven(submitted(first, SuccessionKind::reissue)).id;
  ASSERT_EQ(office.get(id).gate(GateName::org_vetting)->reason, "reissue");
  office.work(id);  // sue looks into the risk
  office.must("both", [&](const Here& here) { return approve(here, {id}, "good"); });
  EXPECT_EQ(office.get(id).state, ApplicationState::second_approval);
  const auto alone =
      office.act("both", [&](const Here& here) { return countersign(here, {id}, "good"); });
  ASSERT_FALSE(alone);
  EXPECT_EQ(alone.error().code, FaultCode::second_person_required);
  office.must("bob", [&](const Here& here) { return countersign(here, {id}, "good"); });
  EXPECT_EQ(office.get(id).state, ApplicationState::approved);
}

// An order is for a term of its own; what a reissue rests on is not for that.
TEST_P(ReviewedSuccession, OrdersRestOnNoReissue) {
  const ApplicationId first = issued(GetParam());
  office.now += std::chrono::seconds(1);
  const Application reissue = proven(submitted(first, SuccessionKind::reissue));
  ASSERT_EQ(reissue.state, ApplicationState::approved);
  const auto adopted = adopt(
      office.store, {office.tenant, office.organization, GetParam(), reissue.wish.identifiers},
      [](const Application&) { return true; });
  ASSERT_TRUE(adopted);
  EXPECT_EQ(adopted->id, first);
}

INSTANTIATE_TEST_SUITE_P(Products,
                         ReviewedSuccession,
                         testing::Values("tencent-ov", "tencent-ev", "globalsign-ev"));

// Offline too: a gate is not left out for a reissue that is none.
TEST_F(SuccessionReview, ProofFindsAReissueThatFollowsNothing) {
  const ApplicationId first = issued("tencent-ov");
  Application after = proven(submitted(first, SuccessionKind::reissue));
  EXPECT_EQ(verify_applications(office.store), std::vector<std::string>{});
  after.follows.reset();
  store_application(office.store, after);
  const std::vector<std::string> found = verify_applications(office.store);
  EXPECT_TRUE(std::ranges::any_of(found, [](const std::string& each) {
    return each.ends_with("has gates that were left out for a reissue, and is none");
  }));
}

// TGM-19: the approval that rests on an earlier review lasts no longer than that review.
TEST_F(SuccessionReview, AnApprovalIsAsOldAsWhatItRestsOn) {
  const ApplicationId first = issued("gm-ov");
  const ca::Time begun = office.now;
  office.now += days(100);
  const ApplicationId second = office.submitted("gm-ov").id;
  office.work(second);
  const Application after = office.get(second);
  ASSERT_EQ(after.gate(GateName::org_vetting)->reason, "same_information");
  ASSERT_EQ(after.state, ApplicationState::approved);
  EXPECT_EQ(after.deadlines.approval, policy::after(begun, {.months = 13, .days = 0}));
  EXPECT_EQ(office.get(first).state, ApplicationState::issued);
}

TEST_F(SuccessionReview, WhatIsSuspendedIsNotReissued) {
  const ApplicationId first = issued("tencent-ov");
  office.act("sue", [&](const Here& here) {
    return suspend_organization(here, office.organization, "dissolved");
  });
  const auto refused = succeed(first, SuccessionKind::reissue);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, FaultCode::org_validation_expired);
}

/// Certificates that came of products which have changed since.
class SuccessionOfVersions : public SuccessionReview {
 protected:
  SuccessionOfVersions() : SuccessionReview(in_two_versions()) {}
  /// Of the first version, when the second is in force.
  ApplicationId issued_before(const std::string& product) {
    const ApplicationId id = issued(product);
    office.now = kChange;
    return id;
  }
  std::vector<std::string_view> actions(const ApplicationId& id) {
    const Application application = office.get(id);
    return possible_actions(
        application, office.catalog.version(application.product, application.product_version),
        office.catalog.in_force(application.product, office.now));
  }
};

// TFR-26: whatever the certificate came of.
TEST_F(SuccessionOfVersions, ARenewalIsJudgedByTheOneInForce) {
  const ApplicationId no_more = issued_before("tencent-ov");
  EXPECT_THAT(actions(no_more), Not(Contains("renew")));
  const auto refused = succeed(no_more, SuccessionKind::renewal);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, FaultCode::not_renewable);
}

TEST_F(SuccessionOfVersions, ARenewalIsMadeUnderTheOneInForce) {
  const ApplicationId by_now = issued_before("alibaba-ov");
  EXPECT_EQ(office.get(by_now).product_version, 1U);
  EXPECT_THAT(actions(by_now), Contains("renew"));
  const auto renewed = succeed(by_now, SuccessionKind::renewal);
  ASSERT_TRUE(renewed) << renewed.error().detail;
  EXPECT_EQ(renewed->product_version, 2U);
  const auto reissued = succeed(by_now, SuccessionKind::reissue);
  ASSERT_TRUE(reissued) << reissued.error().detail;
  EXPECT_EQ(reissued->product_version, 1U);
}

// What does not fit any more says what has changed; what never fitted does not.
TEST_F(SuccessionOfVersions, ARenewalThatFitsNoMoreSaysWhatChanged) {
  const ApplicationId before = issued_before("dv");
  const auto refused = succeed(before, SuccessionKind::renewal);
  ASSERT_FALSE(refused);
  ASSERT_EQ(refused.error().errors.size(), 1U);
  EXPECT_EQ(refused.error().errors[0].pointer, "/csr");
  EXPECT_EQ(refused.error().errors[0].code, FaultCode::key_rejected);
  EXPECT_THAT(refused.error().errors[0].detail,
              testing::HasSubstr("version 1 of the product \"dv\" let it, version 2"));
  EXPECT_EQ(refused.error().detail, refused.error().errors[0].detail);
  const ApplicationId id = office.fresh_id();
  const auto nobody = office.act("ann", [&](const Here& here) {
    return succeed_application(here, {before}, id, {SuccessionKind::renewal, "ca/01"}, {},
                               [](const Application& old) {
                                 Wish wish = old.wish;
                                 wish.mail = "nobody";
                                 return wish;
                               });
  });
  ASSERT_FALSE(nobody);
  EXPECT_THAT(nobody.error().detail, Not(testing::HasSubstr("version")));
}

TEST_F(SuccessionOfVersions, WhatIsOnOfferNoMoreIsReissuedAndNotRenewed) {
  const ApplicationId gone = issued_before("wotrus-ov");
  EXPECT_THAT(actions(gone), Not(Contains("renew")));
  const auto refused = succeed(gone, SuccessionKind::renewal);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, FaultCode::entitlement_required);
  EXPECT_TRUE(succeed(gone, SuccessionKind::reissue));
}

// EVG 3.2.2.14.2 BR-6.3.2: the limits were lowered since, or the product's term is shorter.
TEST_F(SuccessionReview, AReissueThatCannotKeepItsEndIsNone) {
  const ApplicationId first = issued("tencent-ov");
  const ca::LedgerEntry entry = ledger_entry(office.store, "ca/01").value();
  const auto ends = [&](ca::Time time) {
    ca::LedgerEntry other = entry;
    other.not_after = time;
    storage::Table<ca::LedgerEntry>{"ledger"}.put(
        office.store, ca::serial_key(entry.issuer_id, entry.serial), other);
  };
  ends(office.now + days(199));
  const auto refused = succeed(first, SuccessionKind::reissue);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, FaultCode::validity_not_allowed);
  ASSERT_EQ(refused.error().errors.size(), 1U);
  EXPECT_EQ(refused.error().errors[0].pointer, "/follows/notAfter");
  EXPECT_TRUE(succeed(first, SuccessionKind::renewal)) << "it has another end";
  ends(entry.not_after);
  EXPECT_TRUE(succeed(first, SuccessionKind::reissue));
}

// ALO-26 TFR-26: what a product forbids.
TEST_F(SuccessionReview, SomeProductsAreNeitherReissuedNorRenewed) {
  std::vector<Product> products = looked_at_for_risks();
  for (Product& product : products) {
    product.lost_key = LostKey::repurchase;
    product.renewable = false;
  }
  const ApplicationId first = issued("tencent-ov");
  const Catalog strict(std::move(products));
  Surroundings around{strict,        office.days,  office.rules, office.claims,
                      office.papers, office.risks, office.heard};
  const auto code_for = [&](SuccessionKind kind) {
    const Actor ann = office.as("ann");
    return office.store.write([&](storage::Transaction& transaction) {
      return succeed_application({transaction, around, ann, office.now}, {first}, office.fresh_id(),
                                 {kind, "ca/01"}, {},
                                 [](const Application& old) { return old.wish; })
          .error()
          .code;
    });
  };
  EXPECT_EQ(code_for(SuccessionKind::reissue), FaultCode::entitlement_required);
  EXPECT_EQ(code_for(SuccessionKind::renewal), FaultCode::not_renewable);
}

}  // namespace
}  // namespace policy
