// An organization that was validated before any order: its clients never wait (docs/reviews.md).
#include "policy/applications/validation_case.h"
#include "tests/scenario/reviewed_world.h"

namespace tests {
namespace {

class Beforehand : public Reviewed {
 protected:
  policy::Application begun() {
    const policy::Actor admin{
        numbered<policy::PersonId>('\x06'), tenant, {policy::Role::org_admin}, "token"};
    const auto id = numbered<policy::ApplicationId>('\x07');
    const auto begun = act_as(admin, [&](const policy::Here& here) {
      return policy::begin_validation(
          here, id, {.organization = organization_id, .kind = policy::kValidationKinds.front()});
    });
    EXPECT_TRUE(begun) << begun.error().detail;
    return *begun;
  }
};

// APP-A-7 TCG-44 BR-3.2.2.1 BR-7.1.2.7.4: a key that lets nobody wait is refused until the
// organization is validated, and then goes as fast as any.
TEST_F(Beforehand, OrdersOfAnOrganizationThatWasValidatedFirstRunLikeAnyOther) {
  const JwsClient client = client_with(acme::HoldMode::fail);
  refusal_of(asked(client, acme::paths::kNewOrder, "a.example"),
             acme::ProblemType::user_action_required);
  const policy::ApplicationId validation = begun().id;
  refusal_of(asked(client, acme::paths::kNewOrder, "a.example"),
             acme::ProblemType::user_action_required);
  approve(validation);
  world.work();
  EXPECT_EQ(certificates(), 0U) << "nothing is signed for the validation itself";

  const std::size_t applied = applications().size();
  const ClientOrder order = finalized(client, "b.example");
  world.work();
  const Json issued = read(world, client, order.url);
  ASSERT_EQ(issued["status"], "valid") << issued;
  EXPECT_EQ(certificates(), 1U);
  EXPECT_EQ(applications().size(), applied) << "nobody has anything to look at";
  const auto view = ca::view_certificate(leaf_of(world, client, issued["certificate"]));
  ASSERT_TRUE(view);
  EXPECT_NE(view->subject.find("Example Trading Ltd"), std::string::npos);

  // As long as what was found out counts.
  world.clock.advance(std::chrono::days(398));
  refusal_of(asked(client, acme::paths::kNewOrder, "b.example"),
             acme::ProblemType::user_action_required);
}

TEST_F(Beforehand, AnOrderThatWaitsForItsOwnReviewDoesNotTakeTheValidationForIt) {
  const JwsClient client = client_with(acme::HoldMode::processing);
  const policy::ApplicationId validation = begun().id;
  const ClientOrder order = finalized(client, "a.example");
  EXPECT_EQ(order.body["status"], "processing");
  EXPECT_EQ(applications().size(), 2U) << "its own application beside the validation";
  const Json shown = body_of(world.post(client, world.url(acme::paths::kApplications), ""));
  EXPECT_EQ(shown["applications"].size(), 1U) << "clients see those of orders";
  refusal_of(world.post(client, world.urls.application(validation), ""),
             acme::ProblemType::malformed);
  approve(validation);
  const ClientOrder again = finalized(client, "b.example");
  world.work();
  EXPECT_EQ(read(world, client, again.url)["status"], "valid");
}

}  // namespace
}  // namespace tests
