// Bad news about an organization stops whatever names it (III.4.3 row 32 of the specification).
#include "policy/organizations/suspension.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policy/applications/issue_waits.h"
#include "policy/applications/succession.h"
#include "policy/applications/verify.h"
#include "tests/support/office.h"

namespace policy {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using tests::Office;

/// Those of the office, where alibaba-ov rests on the same information.
std::vector<Product> products() {
  std::vector<Product> all = tests::office_products();
  for (Product& product : all) {
    if (product.name != "alibaba-ov") continue;
    product.review_reuse.key = {ReviewField::organization};
    product.review_reuse.period = {.months = 13, .days = 0};
  }
  return all;
}

class Suspension : public testing::Test {
 protected:
  Office office{products()};

  ApplicationId approved(const std::string& product) {
    const ApplicationId id = reviewed(product);
    office.must("sue", [&](const Here& here) { return approve(here, {id}, "good"); });
    if (office.get(id).state == ApplicationState::second_approval) {
      office.must("bob", [&](const Here& here) { return countersign(here, {id}, "good"); });
    }
    return id;
  }
  ApplicationId reviewed(const std::string& product) {
    const ApplicationId id = office.submitted(product).id;
    office.work(id);
    return id;
  }
  void suspend() {
    ASSERT_TRUE(office.act("sue", [&](const Here& here) {
      return suspend_organization(here, office.organization, "dissolved");
    }));
  }
  void reinstate() {
    ASSERT_TRUE(office.act("max", [&](const Here& here) {
      return reinstate_organization(here, office.organization, "an error");
    }));
  }
  template <class Command>
  void expect_refused(const std::string& who, Command command) {
    const auto done = office.act(who, std::move(command));
    ASSERT_FALSE(done);
    const Fault& fault = done.error();
    EXPECT_EQ(fault.code, FaultCode::org_validation_expired);
    EXPECT_THAT(fault.detail, HasSubstr("suspended: dissolved"));
    EXPECT_THAT(fault.errors, ElementsAre(testing::Field(&FaultAt::pointer, "/organizationId")));
  }
  void TearDown() override { EXPECT_THAT(verify_applications(office.store), IsEmpty()); }
};

TEST_F(Suspension, LetsNothingBeSubmitted) {
  approved("tencent-ov");
  const ApplicationId draft = office.draft("tencent-ov").id;
  suspend();
  expect_refused("ann", [&](const Here& here) { return submit_application(here, {draft}); });
  EXPECT_EQ(office.get(draft).state, ApplicationState::draft);
  reinstate();
  EXPECT_TRUE(
      office.act("ann", [&](const Here& here) { return submit_application(here, {draft}); }));
}

TEST_F(Suspension, LetsNothingBeResubmitted) {
  const ApplicationId id = reviewed("tencent-ov");
  approved("tencent-ov");
  office.must("sue", [&](const Here& here) {
    return reject(here, {id}, {"organization_not_found", "no such company", {}, {}});
  });
  suspend();
  const auto done = office.act(
      "ann", [&](const Here& here) { return resubmit_application(here, {id}, std::nullopt); });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, FaultCode::org_validation_expired);
}

TEST_F(Suspension, LetsNobodyApproveOrCountersign) {
  approved("tencent-ov");
  const ApplicationId ov = reviewed("tencent-ov");
  const ApplicationId ev = reviewed("tencent-ev");
  office.must("sue", [&](const Here& here) { return approve(here, {ev}, "good"); });
  suspend();
  expect_refused("sue", [&](const Here& here) { return approve(here, {ov}, "good"); });
  expect_refused("bob", [&](const Here& here) { return countersign(here, {ev}, "good"); });
  EXPECT_EQ(office.get(ov).state, ApplicationState::in_review);
  EXPECT_EQ(office.get(ev).state, ApplicationState::second_approval);
}

// Nothing that was looked at before stands for anything, and nothing goes on by itself. What was
// waived before takes a person afterwards.
TEST_F(Suspension, LetsNothingBeApprovedByItself) {
  const ApplicationId first = approved("gm-ov");
  office.must("server", [&](const Here& here) { return begin_issuing(here, {first}); });
  office.must("server", [&](const Here& here) {
    return certificate_issued(here, {first}, {"ca/01", "DER"});
  });
  const auto with_letter = [&](const ApplicationId& id) {
    office.must("ann", [&](const Here& here) {
      return documents_complete(here, {id}, GateName::letter, office.fresh_document());
    });
  };
  const ApplicationId late = office.submitted("gm-ov").id;
  with_letter(late);
  suspend();
  office.must("server", [&](const Here& here) { return dcv_passed(here, {late}, {"claim"}); });
  EXPECT_EQ(office.get(late).gate(GateName::org_vetting)->state, GateState::waiting_ca);
  EXPECT_EQ(office.get(late).state, ApplicationState::in_review);
}

TEST_F(Suspension, LetsNothingGoOnThatWasUnderWay) {
  const ApplicationId first = approved("alibaba-ov");
  office.must("server", [&](const Here& here) { return begin_issuing(here, {first}); });
  office.must("server", [&](const Here& here) {
    return certificate_issued(here, {first}, {"ca/01", "DER"});
  });
  const auto go_on = [&](const ApplicationId& id) {
    EXPECT_EQ(office.get(id).gate(GateName::org_vetting)->state, GateState::waived);
    office.must("server", [&](const Here& here) { return dcv_passed(here, {id}, {"claim"}); });
    return office.must("server", [&](const Here& here) {
      return record_mail_confirmation(here, {id}, tests::good_mail());
    });
  };
  EXPECT_EQ(go_on(office.submitted("alibaba-ov", {"b.example.com"}).id).state,
            ApplicationState::approved);
  const ApplicationId caught = office.submitted("alibaba-ov", {"c.example.com"}).id;
  EXPECT_EQ(office.get(caught).gate(GateName::org_vetting)->state, GateState::waived);
  suspend();
  EXPECT_EQ(go_on(caught).state, ApplicationState::in_review);
  reinstate();
  office.must("sue", [&](const Here& here) { return approve(here, {caught}, "an error"); });
}

TEST_F(Suspension, LetsNothingBeReissued) {
  const ApplicationId first = approved("tencent-ov");
  office.must("server", [&](const Here& here) { return begin_issuing(here, {first}); });
  office.must("server", [&](const Here& here) {
    return certificate_issued(here, {first}, {"ca/01", "DER"});
  });
  suspend();
  for (const SuccessionKind kind : {SuccessionKind::reissue, SuccessionKind::renewal}) {
    expect_refused("ann", [&](const Here& here) {
      return succeed_application(here, {first}, office.fresh_id(), {kind, "ca/01"}, {},
                                 [](const Application& old) { return old.wish; });
    });
  }
}

// ALI-29: whoever waits is told why.
TEST_F(Suspension, AnApprovedApplicationTellsWhyItWaits) {
  const ApplicationId id = approved("tencent-ov");
  suspend();
  const auto begun =
      office.act("server", [&](const Here& here) { return begin_issuing(here, {id}); });
  ASSERT_FALSE(begun);
  const auto wait = [&] {
    office.must("server",
                [&](const Here& here) { return issue_waits(here, {id}, begun.error().detail); });
  };
  wait();
  const Application waiting = office.get(id);
  EXPECT_EQ(waiting.state, ApplicationState::approved);
  EXPECT_EQ(waiting.gate(GateName::issue_checks)->reason,
            "the organization is suspended: dissolved");
  wait();
  EXPECT_EQ(office.get(id).version, waiting.version) << "said once";
  reinstate();
  office.must("server", [&](const Here& here) { return begin_issuing(here, {id}); });
  EXPECT_EQ(office.get(id).gate(GateName::issue_checks)->reason, "");
}

class ContactsInUse : public Suspension {
 protected:
  Allowed<void> removed(const ContactId& id) {
    const std::uint64_t version = kContacts.get(office.store, id.octets()).value().version;
    return office.act("adam", [&](const Here& here) {
      return delete_contact(here.transaction, here.actor, id, version, here.now);
    });
  }
};

// Reviewers speak to them.
TEST_F(ContactsInUse, AreNotDeleted) {
  const ApplicationId draft = office.draft("tencent-ev").id;
  const ApplicationId id = office.submitted("tencent-ev").id;
  for (const ContactId& each : {office.admin, office.approver, office.signer}) {
    const auto refused = removed(each);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, FaultCode::state_conflict);
    EXPECT_THAT(refused.error().detail, HasSubstr(id.text()));
  }
  office.must("ann", [&](const Here& here) { return cancel_application(here, {id}); });
  EXPECT_TRUE(removed(office.signer));
  EXPECT_EQ(office.get(draft).state, ApplicationState::draft);
}

TEST_F(ContactsInUse, AreNotDeletedBeforeTheCertificateIsThere) {
  const ApplicationId id = approved("tencent-ov");
  EXPECT_FALSE(removed(office.admin));
  office.must("server", [&](const Here& here) { return begin_issuing(here, {id}); });
  EXPECT_FALSE(removed(office.admin));
  office.must("server",
              [&](const Here& here) { return certificate_issued(here, {id}, {"ca/01", "DER"}); });
  EXPECT_TRUE(removed(office.admin));
}

}  // namespace
}  // namespace policy
