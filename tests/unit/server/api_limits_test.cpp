// What the API notes of refusals, and how fast one token may ask.
#include <gtest/gtest.h>

#include <chrono>

#include "policy/applications/applications.h"
#include "server/api/caller_limits.h"
#include "tests/support/api_world.h"

namespace server::api {
namespace {

using nlohmann::json;
using policy::Role;
using tests::ApiReply;

class ApiLimits : public testing::Test, public tests::ApiWorld {
 protected:
  std::vector<ca::AuditEntry> denials() {
    std::vector<ca::AuditEntry> found;
    for (const ca::AuditEntry& each : audit()) {
      if (each.event == kDenied) found.push_back(each);
    }
    return found;
  }
  std::string draft(const std::string& who) {
    return send("POST", "/applications", json{{"product", "dv"}}, {.token = who}).body.at("id");
  }

  policy::TenantId own = tenant("Example Ltd");
  std::string ada = token(own, Role::org_admin);
  std::string eve = token(std::nullopt, Role::specialist);
};

// EVG-5.2.4 T-J6: a command on what is another's is noted, and answered like one on nothing.
TEST_F(ApiLimits, NoteCommandsOnWhatIsOutOfReach) {
  const std::string app = draft(ada);
  const std::string stranger = token(tenant("Other Ltd"), Role::org_admin);
  const std::string nothing = policy::ApplicationId::fresh(random, clock.now()).text();
  for (const std::string& id : {app, nothing}) {
    EXPECT_EQ(ask("POST", "/applications/" + id + ":cancel", "", {.token = stranger}).status, 404U);
    EXPECT_EQ(get("/applications/" + id, stranger).status, 404U);
  }
  const auto noted = denials();
  ASSERT_EQ(noted.size(), 2U) << "reading is no command";
  EXPECT_EQ(noted[0].subject, "cancelApplication");
  EXPECT_EQ(noted[0].facts.back(), std::pair(std::string("application"), app));
  EXPECT_EQ(noted[1].facts.back(), std::pair(std::string("application"), nothing));
  // The applicant does not learn who tried.
  for (const json& each : get("/applications/" + app + "/timeline", ada).body.at("items")) {
    EXPECT_NE(each.at("event"), kDenied);
  }
}

TEST_F(ApiLimits, NoteWhatDualControlRefuses) {
  const std::string both =
      token_of(person(own, {Role::org_admin, Role::certificate_approver})).text;
  const std::string app = draft(both);
  const ApiReply denied =
      ask("POST", "/applications/" + app + ":approve-as-approver", "",
          {.token = both, .if_match = get("/applications/" + app, both).etag()});
  EXPECT_EQ(denied.status, 403U);
  ASSERT_EQ(denials().size(), 1U);
  EXPECT_EQ(denials().back().subject, "approveAsApprover");
}

TEST_F(ApiLimits, NoteNoMoreThanThirtyRefusalsAnHourOfOnePerson) {
  for (int count = 0; count < 50; ++count) {
    EXPECT_EQ(send("POST", "/organizations", json::object(), {.token = eve}).status, 403U);
  }
  EXPECT_EQ(denials().size(), 30U);
  clock.advance(std::chrono::hours(1));
  EXPECT_EQ(send("POST", "/organizations", json::object(), {.token = eve}).status, 403U);
  EXPECT_EQ(denials().size(), 31U);
}

TEST_F(ApiLimits, LetOneTokenAskSoOftenAndNoOftener) {
  api.emplace(context(), api_routes(), policy::Rate::make(3, std::chrono::minutes(1)).value());
  for (int count = 0; count < 3; ++count) EXPECT_EQ(get("/me", ada).status, 200U);
  const ApiReply hasty = get("/me", ada);
  EXPECT_EQ(hasty.status, 429U);
  EXPECT_EQ(hasty.code(), "rateLimited");
  EXPECT_EQ(hasty.field("Retry-After"), "20");
  EXPECT_EQ(get("/me", eve).status, 200U) << "another token is another's";
  EXPECT_EQ(get("/profiles", "").status, 200U);
  clock.advance(std::chrono::seconds(20));
  EXPECT_EQ(get("/me", ada).status, 200U);
}

TEST_F(ApiLimits, SayWhenToComeBack) {
  const std::string contact = send("POST", "/contacts",
                                   json{{"roles", {"requester"}},
                                        {"name", "Ada"},
                                        {"mail", "ada@example.org"},
                                        {"phone", "+442071234567"}},
                                   {.token = ada})
                                  .body.at("id");
  const std::string path = "/contacts/" + contact + ":send-email-code";
  EXPECT_EQ(send("POST", path, json::object(), {.token = ada}).status, 204U);
  const ApiReply again = send("POST", path, json::object(), {.token = ada});
  EXPECT_EQ(again.status, 429U);
  EXPECT_EQ(again.field("Retry-After"), "60");
}

}  // namespace
}  // namespace server::api
