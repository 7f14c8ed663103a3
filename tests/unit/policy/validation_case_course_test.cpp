// How a validation of an organization ends, and what keeps it from its end (III.4.3 of the
// specification).
#include "policy/applications/projection.h"
#include "policy/applications/schedule.h"
#include "policy/organizations/contact.h"
#include "policy/reviews/review_task.h"
#include "tests/unit/policy/validation_case_fixture.h"

namespace policy {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;
using testing::Not;

TEST_F(ValidationCases, AreAtRestOnceApproved) {
  const ApplicationId id = begun("ov");
  EXPECT_FALSE(deleted(office.admin)) << "people speak to them";
  office.must("adam",
              [&](const Here& here) { return escalate_application(here, {id}, "nobody called"); });
  const Application done = approved(id);
  EXPECT_TRUE(is_at_rest(done));
  EXPECT_EQ(projection_of(done).label, "verified");
  EXPECT_THAT(labels(), testing::Contains("verified"));
  EXPECT_THAT(possible_actions(done, nullptr, nullptr), IsEmpty());
  EXPECT_THAT(required_actions(done), IsEmpty());
  EXPECT_FALSE(done.expected_at);
  EXPECT_EQ(done.clock.stopped_at, office.now);
  EXPECT_FALSE(next_due(done)) << "how long it counts is the organization's to say";
  EXPECT_EQ(done.deadlines, Deadlines{});
  const auto tasks = tasks_of(office.store, id);
  EXPECT_THAT(tasks, Not(IsEmpty()));
  for (const ReviewTask& each : tasks) EXPECT_TRUE(each.closed_at) << text_of(each.type);
  office.now += std::chrono::days(3);
  const auto urged =
      office.act("adam", [&](const Here& here) { return remind_reviewers(here, {id}); });
  ASSERT_FALSE(urged);
  EXPECT_EQ(urged.error().code, FaultCode::state_conflict);
  EXPECT_FALSE(validation_under_way(office.store, office.organization, ValidationLevel::ov,
                                    CryptoStandard::international));
  EXPECT_TRUE(deleted(office.admin));
  EXPECT_TRUE(known("ov")->counts_at(office.now));
}

// A later one may be known long before: nobody is told that this one counts no more.
TEST_F(ValidationCases, StayApprovedWhileTheirResultAges) {
  const ApplicationId id = begun("ov");
  const Application done = approved(id);
  office.now = known("ov")->valid_until;
  EXPECT_FALSE(known("ov")->counts_at(office.now));
  office.must("server", [&](const Here& here) { return tick(here, id); });
  EXPECT_EQ(office.get(id), done);
  EXPECT_THAT(office.heard.events, Not(Contains("application.expired")));
  approved(begun("ov"));
  EXPECT_TRUE(known("ov")->counts_at(office.now));
}

TEST_F(ValidationCases, AreUnderWayOneForEachLevel) {
  const ApplicationId id = begun("ov");
  const auto second = begin("ov");
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, FaultCode::state_conflict);
  EXPECT_THAT(second.error().errors, ElementsAre(Field(&FaultAt::pointer, "/level")));
  EXPECT_EQ(validation_under_way(office.store, office.organization, ValidationLevel::ov,
                                 CryptoStandard::international)
                ->id,
            id);
  begun("gm-ov");
  // Cancelled, it is none that is under way, until it is submitted again.
  office.must("adam", [&](const Here& here) { return cancel_application(here, {id}); });
  const ApplicationId other = begun("ov");
  const auto back =
      office.act("adam", [&](const Here& here) { return submit_application(here, {id}); });
  ASSERT_FALSE(back);
  EXPECT_EQ(back.error().code, FaultCode::state_conflict);
  approved(other);
  EXPECT_TRUE(office.act("adam", [&](const Here& here) { return submit_application(here, {id}); }));
  EXPECT_TRUE(is_validation_case(office.get(id)));
}

TEST_F(ValidationCases, LeaveNothingOnceDeleted) {
  const ApplicationId id = begun("ov");
  const auto rows = [&] {
    std::size_t count = 0;
    office.store.scan(kValidationCases, "", [&](std::string_view, std::string_view) {
      ++count;
      return storage::Scan::proceed;
    });
    return count;
  };
  EXPECT_EQ(rows(), 1U);
  office.must("adam", [&](const Here& here) { return cancel_application(here, {id}); });
  ASSERT_TRUE(office.act("adam", [&](const Here& here) { return delete_application(here, {id}); }));
  EXPECT_EQ(rows(), 0U);
  EXPECT_TRUE(begin("ov"));
}

TEST_F(ValidationCases, AreRefusedWhileTheOrganizationIsSuspended) {
  approved(begun("ov"));
  suspend();
  const auto refused = begin("ev");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, FaultCode::org_validation_expired);
  EXPECT_THAT(refused.error().errors, IsEmpty()) << "the organization is none of its members";
}

// III.4.3 row 32: bad news stop one that is on its way, until they turn out to be none.
TEST_F(ValidationCases, AreNotApprovedWhileTheOrganizationIsSuspended) {
  approved(begun("ov"));
  const ApplicationId id = begun("ev");
  office.work(id);
  suspend();
  const auto code = [&](const std::string& who, auto decide) {
    const auto refused =
        office.act(who, [&](const Here& here) { return decide(here, Target{id}, "good"); });
    return refused ? std::nullopt : std::optional(refused.error().code);
  };
  EXPECT_EQ(code("sue", approve), FaultCode::org_validation_expired);
  reinstate();
  EXPECT_EQ(code("sue", approve), std::nullopt);
  suspend();
  EXPECT_EQ(code("bob", countersign), FaultCode::org_validation_expired);
  EXPECT_FALSE(known("ev"));
  reinstate();
  EXPECT_EQ(code("bob", countersign), std::nullopt);
  EXPECT_TRUE(known("ev")->counts_at(office.now));
}

// III.6: whoever belongs to a tenant reviews nothing, whatever they may do there.
TEST_F(ValidationCases, AreNotReviewedByPeopleOfTheTenant) {
  const ApplicationId id = begun("ov");
  office.work(id);
  Actor insider = office.as("adam");
  insider.roles = {Role::org_admin, Role::specialist};
  const auto refused =
      office.act(insider, [&](const Here& here) { return approve(here, {id}, "good"); });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, FaultCode::forbidden);
}

TEST_F(ValidationCases, EndWhenTheApplicantDoesNotAnswer) {
  const ApplicationId id = begun("ov");
  EXPECT_TRUE(next_due(office.get(id))) << "somebody is told when nothing happens";
  office.work(id);
  office.must("sue", [&](const Here& here) { return request_info(here, {id}, {"why?", {}}); });
  office.now += std::chrono::days(31);
  office.must("server", [&](const Here& here) { return tick(here, id); });
  EXPECT_EQ(office.get(id).state, ApplicationState::expired);
  EXPECT_THAT(office.heard.events, Contains("application.expired"));
  EXPECT_FALSE(known("ov"));
  EXPECT_TRUE(begin("ov")) << "nothing is under way";
}

// BR-4.2.1: what was found out long ago is found out again before anybody approves of it.
TEST_F(ValidationCases, AreNotApprovedOnFactsThatAreTooOld) {
  const ApplicationId id = begun("ov");
  office.work(id);
  office.now += std::chrono::days(398);
  const auto refused =
      office.act("sue", [&](const Here& here) { return approve(here, {id}, "good"); });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, FaultCode::evidence_missing);
  EXPECT_FALSE(known("ov"));
}

TEST_F(ValidationCases, LeadToNoSignatureAndAreNotTakenBack) {
  const ApplicationId id = begun("ov");
  approved(id);
  const auto signing =
      office.act("server", [&](const Here& here) { return begin_issuing(here, {id}); });
  ASSERT_FALSE(signing);
  EXPECT_EQ(signing.error().code, FaultCode::state_conflict);
  const auto taken_back =
      office.act("adam", [&](const Here& here) { return cancel_application(here, {id}); });
  ASSERT_FALSE(taken_back);
  EXPECT_EQ(taken_back.error().code, FaultCode::state_conflict);
  EXPECT_EQ(office.get(id).state, ApplicationState::approved);
}

}  // namespace
}  // namespace policy
