// Bad news about an organization over the API (III.4.3 row 32 of the specification).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policy/organizations/org_validation.h"
#include "tests/support/api_world.h"

namespace server::api {
namespace {

using nlohmann::json;
using policy::Role;
using testing::ElementsAre;
using tests::ApiReply;

class ApiSuspension : public testing::Test, public tests::ApiWorld {
 protected:
  std::string stated(const std::string& name) {
    const json organization{
        {"legalName", name},
        {"type", "private_organization"},
        {"registrationNumber", "12345678"},
        {"address", {{"country", "GB"}, {"city", "London"}, {"street", "1 Example Street"}}},
        {"phone", "+442071234567"}};
    return send("POST", "/organizations", organization, {.token = ada}).body.at("id");
  }
  std::string validated(const std::string& name) {
    std::string id = stated(name);
    policy::OrgValidation validation;
    validation.organization = policy::OrganizationId::parse(id).value();
    validation.tenant = own;
    validation.state = policy::OrgValidationState::valid;
    validation.validated_at = kNow;
    validation.valid_until = kNow + std::chrono::days(398);
    store->write_and_wait([&](storage::Transaction& transaction) {
      policy::kOrgValidations.put(transaction,
                                  policy::org_validation_key(validation.organization,
                                                             validation.level, validation.standard),
                                  validation);
    });
    return id;
  }
  ApiReply change(const std::string& id,
                  const std::string& verb,
                  const std::string& who,
                  const json& body) {
    return send("POST", "/desk/organizations/" + id + ":" + verb, body, {.token = who});
  }
  std::vector<std::string> states(const ApiReply& reply) {
    std::vector<std::string> found;
    for (const json& each : reply.body.at("items")) found.push_back(each.at("state"));
    return found;
  }

  policy::TenantId own = tenant("Example Ltd");
  std::string ada = token(own, Role::org_admin);
  std::string bea = token(tenant("Other Ltd"), Role::org_admin);
  std::string eve = token(std::nullopt, Role::specialist);
  std::string sue = token(std::nullopt, Role::supervisor);
};

TEST_F(ApiSuspension, IsForSpecialistsAndSeenByTheTenant) {
  const std::string id = validated("Example Ltd");
  EXPECT_THAT(states(get("/organizations/" + id + "/validations", ada)), ElementsAre("valid"));
  EXPECT_EQ(get("/organizations/" + id + "/validations", bea).status, 404U);
  const json reason{{"reason", "dissolved"}};
  EXPECT_EQ(change(id, "suspend", ada, reason).status, 403U);
  const ApiReply done = change(id, "suspend", eve, reason);
  ASSERT_EQ(done.status, 200U) << done.response.body;
  EXPECT_THAT(states(done), ElementsAre("suspended"));
  const ApiReply seen = get("/organizations/" + id + "/validations", ada);
  EXPECT_THAT(states(seen), ElementsAre("suspended"));
  EXPECT_EQ(seen.body.at("items")[0].at("reason"), "dissolved");
  EXPECT_EQ(audit().back().event, "organization.suspended");
  EXPECT_EQ(audit().back().subject, id);
}

TEST_F(ApiSuspension, IsEndedByASupervisor) {
  const std::string id = validated("Example Ltd");
  const json reason{{"reason", "an error"}};
  EXPECT_EQ(change(id, "reinstate", sue, reason).code(), "stateConflict");
  ASSERT_EQ(change(id, "suspend", sue, reason).status, 200U);
  EXPECT_EQ(change(id, "suspend", eve, reason).code(), "stateConflict");
  EXPECT_EQ(change(id, "reinstate", eve, reason).status, 403U);
  const ApiReply done = change(id, "reinstate", sue, reason);
  ASSERT_EQ(done.status, 200U) << done.response.body;
  EXPECT_THAT(states(done), ElementsAre("valid"));
  EXPECT_EQ(audit().back().event, "organization.reinstated");
}

TEST_F(ApiSuspension, RefusesWhatNobodyValidatedAndWhatNobodyCanRead) {
  const std::string id = stated("Example Ltd");
  EXPECT_EQ(change(id, "suspend", eve, {{"reason", "dissolved"}}).code(), "stateConflict");
  const std::string known = validated("Another Ltd");
  for (const std::string& text :
       {std::string(), std::string("two\nlines"), std::string(" x"), std::string(401, 'x')}) {
    const ApiReply refused = change(known, "suspend", eve, {{"reason", text}});
    EXPECT_EQ(refused.status, 422U) << text;
    EXPECT_THAT(refused.pointers(), ElementsAre("/reason")) << text;
  }
  EXPECT_EQ(change(known, "suspend", eve, json::object()).status, 422U);
  EXPECT_THAT(states(get("/organizations/" + known + "/validations", ada)), ElementsAre("valid"));
}

// III.4.3 row 32: nothing is handed in for it, and the applicant is told why.
TEST_F(ApiSuspension, LetsNothingBeSubmitted) {
  const std::string id = validated("Example Ltd");
  const ApiReply draft =
      send("POST", "/applications", {{"product", "ov"}, {"organizationId", id}}, {.token = ada});
  ASSERT_EQ(draft.status, 201U) << draft.response.body;
  const std::string submit = "/applications/" + draft.body.at("id").get<std::string>() + ":submit";
  const auto refused = [&] {
    return ask("POST", submit, "", {.token = ada, .if_match = draft.etag()});
  };
  EXPECT_THAT(refused().pointers(), testing::Not(testing::Contains("/organizationId")));
  ASSERT_EQ(change(id, "suspend", eve, {{"reason", "dissolved"}}).status, 200U);
  const ApiReply told = refused();
  EXPECT_THAT(told.pointers(), testing::Contains("/organizationId"));
  for (const json& each : told.body.at("errors")) {
    if (each.at("pointer") == "/organizationId") EXPECT_EQ(each.at("code"), "orgValidationExpired");
  }
}

}  // namespace
}  // namespace server::api
