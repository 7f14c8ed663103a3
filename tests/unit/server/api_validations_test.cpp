// An organization is validated over the API before anybody asks for a certificate (III.5 of the
// specification).
#include <gmock/gmock.h>

#include "policy/organizations/org_validation.h"
#include "tests/unit/server/api_applications_fixture.h"

namespace server::api {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

class ApiValidations : public ApiApplications {
 protected:
  ApiReply begin(const std::string& who, const json& body = {{"level", "ov"}}) {
    return send("POST", all(), body, {.token = who});
  }
  void begun() {
    const ApiReply made = begin(ada);
    ASSERT_EQ(made.status, 201U) << made.response.body;
    validation = made.body.at("id");
    EXPECT_EQ(made.field("Location"), "https://ca.test/api/v1" + one());
  }
  [[nodiscard]] std::string all() const {
    return "/organizations/" + organization + "/validations";
  }
  [[nodiscard]] std::string one() const { return all() + "/" + validation; }
  [[nodiscard]] std::string at_desk() const { return "/desk" + one(); }
  ApiReply decide(const std::string& verb, const std::string& who, const json& body) {
    const std::string etag = get(one(), who).etag();
    return send("POST", at_desk() + verb, body, {.token = who, .if_match = etag});
  }
  ApiReply upload() {
    return ask(
        "POST", one() + "/documents", tests::pdf_document(2000),
        {.token = ada, .query = "kind=confirmation_letter", .content_type = "application/pdf"});
  }
  void work_through() {
    for (const json& each : get(at_desk(), eve).body.at("checklist")) {
      if (!each.at("missing").get<bool>()) continue;
      const json found{{"result", "passed"}, {"source", "Companies House"}, {"note", "as stated"}};
      for (const std::string& who : {eve, fred}) {
        const ApiReply done =
            send("PUT", at_desk() + "/steps/" + each.at("step").get<std::string>(), found,
                 {.token = who});
        if (done.status == 200) break;
      }
    }
  }
  void confirm() {
    const ApiReply called = send("POST", at_desk() + "/calls",
                                 {{"number", "+442071234567"},
                                  {"numberSource", "registration_record"},
                                  {"sourceReference", "Companies House"},
                                  {"result", "confirmed"},
                                  {"personReached", "Ada Lovelace"}},
                                 {.token = eve});
    EXPECT_EQ(called.status, 200U) << called.response.body;
    const ApiReply mailed = send("POST", at_desk() + "/emails",
                                 {{"to", "ada@example.org"},
                                  {"toSource", "registration_record"},
                                  {"reference", "mail 1"},
                                  {"answer", "confirmed"}},
                                 {.token = eve});
    EXPECT_EQ(mailed.status, 200U) << mailed.response.body;
  }
  std::vector<std::string> states() {
    std::vector<std::string> found;
    for (const json& each : get(all(), ada).body.at("items")) {
      found.push_back(each.at("level").get<std::string>() + " " +
                      each.at("state").get<std::string>());
    }
    return found;
  }

  std::string validation;
};

// TCG-44: the organization, its letter, the review, and then keys for clients.
TEST_F(ApiValidations, GoFromTheOrganizationToTheApprovalWithoutAnyOrder) {
  begun();
  EXPECT_THAT(states(), ElementsAre("ov pending"));
  EXPECT_EQ(get(all(), ada).body.at("items")[0].at("underWayId"), validation);
  EXPECT_EQ(get(one(), ada).body.at("identifiers"), json::array());
  EXPECT_EQ(get(one(), ada).body.at("purpose"), "validation");
  EXPECT_EQ(get(one() + "/progress", ada).body.at("state"), "submitted");
  ASSERT_EQ(upload().status, 201U);
  EXPECT_EQ(get(one() + "/documents", ada).body.at("items").size(), 1U);
  work_through();
  work_through();
  confirm();
  work_through();
  EXPECT_THAT(states(), ElementsAre("ov in_review"));
  EXPECT_EQ(decide(":approve", fred, {{"text", "good"}}).status, 403U);
  const ApiReply approved = decide(":approve", eve, {{"text", "good"}});
  ASSERT_EQ(approved.status, 200U) << approved.response.body;
  EXPECT_EQ(approved.body.at("state"), "approved");
  EXPECT_EQ(approved.body.at("words").at("label"), "verified");
  EXPECT_THAT(states(), ElementsAre("ov valid"));
  const json known = get(all(), ada).body.at("items")[0];
  EXPECT_EQ(known.at("applicationId"), validation);
  EXPECT_FALSE(known.contains("underWayId"));
  EXPECT_EQ(known.at("validUntil"), ca::rfc3339(kNow + std::chrono::days(398)));
  EXPECT_THAT(known.at("verifiedContactIds"), ElementsAre(contact));
  EXPECT_THAT(known.at("approvedDomains"), IsEmpty());
  ASSERT_THAT(known.at("facts"), Not(IsEmpty()));
  for (const json& fact : known.at("facts")) {
    EXPECT_EQ(fact.at("collectedAt"), ca::rfc3339(kNow)) << fact;
    EXPECT_TRUE(fact.contains("says")) << fact;
  }
  // The next one is begun in time, and what is known counts meanwhile.
  ASSERT_EQ(begin(ada).status, 201U);
  EXPECT_THAT(states(), ElementsAre("ov valid"));
}

// They are no applications for a certificate; the desk works on both.
TEST_F(ApiValidations, StandAmongApplicationsOnlyWhereTheyAreAskedFor) {
  begun();
  draft();
  const auto ids = [&](const std::string& query) {
    std::vector<std::string> found;
    for (const json& each : get("/applications", ada, query).body.at("items")) {
      found.push_back(each.at("id"));
    }
    return found;
  };
  EXPECT_THAT(ids(""), ElementsAre(app));
  EXPECT_THAT(ids("filter[organization]=" + organization), ElementsAre(app));
  EXPECT_THAT(ids("filter[purpose]=certificate"), ElementsAre(app));
  EXPECT_THAT(ids("filter[purpose]=validation"), ElementsAre(validation));
  EXPECT_EQ(get("/applications", ada, "filter[purpose]=x").status, 422U);
  ASSERT_EQ(upload().status, 201U);
  const json tasks = get(at_desk(), eve).body.at("tasks");
  ASSERT_THAT(tasks, Not(IsEmpty()));
  EXPECT_EQ(tasks[0].at("purpose"), "validation");
  const auto queue = "queue=" + tasks[0].at("type").get<std::string>();
  const json queued = get("/desk/tasks", eve, queue).body.at("items");
  ASSERT_EQ(queued.size(), 1U);
  EXPECT_EQ(queued[0].at("applicationId"), validation);
  EXPECT_EQ(queued[0].at("purpose"), "validation");
}

TEST_F(ApiValidations, AreBegunByAnAdministratorOfTheTenant) {
  EXPECT_EQ(begin(token(tenant("Other Ltd"), Role::org_admin)).status, 404U);
  EXPECT_EQ(begin(token(own, Role::applicant)).status, 403U);
  EXPECT_EQ(begin(eve).status, 403U);
  EXPECT_THAT(get(all(), ada).body.at("items"), IsEmpty());
}

TEST_F(ApiValidations, SayWhatIsWrongWithThem) {
  const auto pointers = [&](const json& body) {
    const ApiReply refused = begin(ada, body);
    EXPECT_EQ(refused.status, 422U) << refused.response.body;
    return refused.pointers();
  };
  EXPECT_THAT(pointers(json::object()), ElementsAre("/level"));
  EXPECT_THAT(pointers({{"level", "dv"}}), ElementsAre("/level"));
  EXPECT_THAT(pointers({{"level", "ov"}, {"identifiers", json::array()}}),
              ElementsAre("/identifiers"));
  EXPECT_THAT(pointers({{"level", "ov"}, {"adminContactId", "con_x"}}),
              ElementsAre("/adminContactId"));
  EXPECT_THAT(pointers({{"level", "ev"}}), ElementsAre("/approverId", "/signerId"));
  EXPECT_THAT(get(all(), ada).body.at("items"), IsEmpty());
  begun();
  const ApiReply second = begin(ada);
  EXPECT_EQ(second.status, 409U);
  EXPECT_EQ(second.code(), "stateConflict");
  EXPECT_THAT(second.pointers(), ElementsAre("/level"));
}

// Whoever has stated no contact learns which one is missing, at the member that would name it.
TEST_F(ApiValidations, PointToMembersThatTheyTake) {
  const std::string other = token(tenant("Other Ltd"), Role::org_admin);
  const auto stated = [&](const std::string& path, const json& body) {
    const ApiReply made = send("POST", path, body, {.token = other});
    EXPECT_EQ(made.status, 201U) << made.response.body;
    return made.body.at("id").get<std::string>();
  };
  organization =
      stated("/organizations",
             {{"legalName", "Other Ltd"},
              {"type", "private_organization"},
              {"registrationNumber", "87654321"},
              {"address", {{"country", "GB"}, {"city", "London"}, {"street", "2 Example Street"}}},
              {"phone", "+442071234567"}});
  const auto refused = [&](const json& body) {
    const ApiReply reply = begin(other, body);
    EXPECT_EQ(reply.status, 422U) << reply.response.body;
    return reply;
  };
  const ApiReply missing = refused({{"level", "ov"}});
  EXPECT_THAT(missing.pointers(), ElementsAre("/adminContactId"));
  EXPECT_THAT(missing.response.body, testing::HasSubstr("org_admin"));
  EXPECT_THAT(refused({{"level", "ev"}}).pointers(),
              ElementsAre("/adminContactId", "/approverId", "/signerId"));
  // What it points to is taken.
  const std::string person = stated("/contacts", {{"roles", {"technical"}},
                                                  {"name", "Grace Hopper"},
                                                  {"title", "CTO"},
                                                  {"mail", "grace@example.org"},
                                                  {"phone", "+442071234567"}});
  EXPECT_THAT(refused({{"level", "ov"}}).pointers(), ElementsAre("/adminContactId"));
  EXPECT_EQ(begin(other, {{"level", "ov"}, {"adminContactId", person}}).status, 201U);
}

TEST_F(ApiValidations, AreFoundUnderTheirOwnOrganizationAlone) {
  begun();
  const std::string mine = organization;
  const ApiReply other =
      post("/organizations",
           {{"legalName", "Another Ltd"},
            {"type", "private_organization"},
            {"registrationNumber", "87654321"},
            {"address", {{"country", "GB"}, {"city", "London"}, {"street", "2 Example Street"}}},
            {"phone", "+442071234567"}});
  organization = other.body.at("id");
  EXPECT_EQ(get(one(), ada).status, 404U);
  EXPECT_EQ(get(at_desk(), eve).status, 404U);
  EXPECT_EQ(decide(":approve", eve, {{"text", "good"}}).status, 404U);
  organization = mine;
  EXPECT_EQ(get(one(), token(tenant("Other Ltd"), Role::org_admin)).status, 404U);
  // An application for a certificate is no validation.
  draft();
  EXPECT_EQ(get("/applications/" + app, ada).body.at("purpose"), "certificate");
  validation = app;
  EXPECT_EQ(get(one(), ada).status, 404U);
}

TEST_F(ApiValidations, AreRemindedOfAndTakenBackByTheApplicant) {
  begun();
  EXPECT_EQ(send("POST", one() + ":remind", json::object(), {.token = ada}).status, 200U);
  EXPECT_EQ(send("POST", one() + ":remind", json::object(), {.token = ada}).code(), "rateLimited");
  EXPECT_EQ(send("POST", one() + ":cancel", json::object(), {.token = ada}).body.at("state"),
            "draft");
  EXPECT_THAT(states(), IsEmpty());
  const std::string etag = get(one(), ada).etag();
  const ApiReply named = send("PATCH", "/applications/" + validation, {{"csr", csr({"a.example"})}},
                              {.token = ada, .if_match = etag});
  EXPECT_THAT(named.pointers(), ElementsAre("/identifiers", "/csr"));
  EXPECT_EQ(
      send("POST", one() + ":submit", json::object(), {.token = ada, .if_match = etag}).status,
      200U);
  EXPECT_THAT(states(), ElementsAre("ov pending"));
}

}  // namespace
}  // namespace server::api
