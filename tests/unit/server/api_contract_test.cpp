// Refusals of the API: each with its code and the place it is about, and as the OpenAPI document
// says (tests/support/api_contract.h looks at every answer of every test).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/api/openapi.h"
#include "tests/unit/server/api_applications_fixture.h"

namespace server::api {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

class ApiContract : public ApiApplications {
 protected:
  /// "422 validation /fields/0"
  static std::string said(const ApiReply& reply) {
    std::string text = std::to_string(reply.status) + " " + reply.code();
    for (const std::string& each : reply.pointers()) text += " " + each;
    return text;
  }
  std::string asked(const std::string& path, const std::string& who, const std::string& query) {
    return said(get(path, who, query));
  }
  ApiReply call(const json& changes) {
    json body{{"number", "+442079460000"},
              {"numberSource", "registration_record"},
              {"sourceReference", "Companies House"},
              {"result", "confirmed"},
              {"personReached", "Ada Lovelace"}};
    body.update(changes);
    return send("POST", "/desk/applications/" + app + "/calls", body, {.token = eve});
  }
};

TEST_F(ApiContract, QueriesAreRefusedWithTheirParameter) {
  draft();
  const std::string one = "/applications/" + app;
  EXPECT_EQ(asked("/applications", ada, "filter[state]=zz"), "422 validation /?filter[state]");
  EXPECT_EQ(asked("/applications", ada, "filter[name]=.."), "422 validation /?filter[name]");
  EXPECT_EQ(asked("/applications", ada, "limit=0"), "400 malformed /?limit");
  EXPECT_EQ(asked("/applications", ada, "colour=red"), "400 malformed /?colour");
  EXPECT_EQ(asked("/desk/tasks", eve, "queue=zz"), "422 validation /?queue");
  EXPECT_EQ(asked("/desk/tasks", eve, "mine=zz"), "422 validation /?mine");
  EXPECT_EQ(asked("/desk/tasks", eve, "language=fr"), "422 validation /?language");
  EXPECT_EQ(asked(one + "/letter-template", ada, "language=xx"), "422 validation /?language");
  EXPECT_EQ(asked(one + "/letter-template", ada, "language="), "422 validation /?language");
  EXPECT_EQ(get(one + "/letter-template", ada, "language=zh").status, 200U);
  EXPECT_EQ(asked("/tools/dns-provider", ada, "name=.."), "422 validation /?name");
  const auto upload = [&](const std::string& query) {
    return said(ask("POST", one + "/documents", "x", {.token = ada, .query = query}));
  };
  EXPECT_EQ(upload("kind=xx"), "422 validation /?kind");
  EXPECT_EQ(upload(""), "422 validation /?kind");
  EXPECT_EQ(upload("kind=other"), "422 validation /kind");
}

TEST_F(ApiContract, ACursorIsOfOneListOnly) {
  draft();
  draft();
  const std::string cursor = get("/applications", ada, "limit=1").body.at("next");
  EXPECT_EQ(get("/applications", ada, "cursor=" + cursor).status, 200U);
  EXPECT_EQ(asked("/contacts", ada, "cursor=" + cursor), "422 validation /?cursor");
  EXPECT_EQ(asked("/applications", ada, "cursor=!"), "400 malformed /?cursor");
}

TEST_F(ApiContract, WhatIsAskedForIsRefusedWithItsPlace) {
  json wanted = wish();
  wanted["product"] = "nothing";
  EXPECT_EQ(said(post("/applications", wanted)), "403 entitlementRequired /product");
  wanted = wish();
  wanted["organizationId"] = policy::OrganizationId::fresh(random, clock.now()).text();
  wanted["contactId"] = policy::ContactId::fresh(random, clock.now()).text();
  EXPECT_EQ(said(post("/applications", wanted)), "422 validation /organizationId /contactId");
  EXPECT_EQ(said(post("/contacts", {{"roles", {"requester", "requester"}},
                                    {"name", "Ada"},
                                    {"mail", "ada@example.org"},
                                    {"phone", "+442071234567"}})),
            "422 validation /roles/1");
  const std::string domains = "/organizations/" + organization + "/domains";
  EXPECT_EQ(said(post(domains, {{"name", "example.org"}, {"product", "trustasia-free"}})),
            "422 validation /product");
  EXPECT_EQ(said(post(domains, {{"name", "example.org"}, {"product", "nothing"}})),
            "403 entitlementRequired /product");
}

TEST_F(ApiContract, WhatTheDeskRecordsIsRefusedWithItsPlace) {
  bring_to_the_desk();
  EXPECT_EQ(said(call({{"number", "12"}})), "422 validation /number");
  EXPECT_EQ(said(call({{"numberSource", "applicant"}})),
            "422 numberSourceNotAllowed /numberSource");
  EXPECT_EQ(said(call({{"personReached", ""}})), "409 evidenceMissing /personReached");
  EXPECT_EQ(said(call({{"sourceReference", ""}})), "409 evidenceMissing /sourceReference");
  const std::string path = "/desk/applications/" + app;
  EXPECT_EQ(said(send("PUT", path + "/steps/nothing", {{"result", "passed"}}, {.token = eve})),
            "404 notFound");
  const std::string queue =
      get("/desk/tasks", eve, "queue=phone_call").body.at("items")[0].at("id");
  const std::string boss = token(std::nullopt, Role::supervisor);
  EXPECT_EQ(said(send("POST", "/desk/tasks/" + queue + ":assign",
                      {{"personId", person(own, {Role::applicant}).text()}}, {.token = boss})),
            "422 validation /personId");
  const std::string second = token(std::nullopt, Role::second_approver);
  for (const char* verb : {":countersign", ":send-back"}) {
    EXPECT_EQ(said(act(path + verb, second)), "422 validation /text") << verb;
  }
}

// APP-A-10 III.5: the cause is there for programs and for people.
TEST_F(ApiContract, RejectionsSayWhyAndWhere) {
  bring_to_the_desk();
  const auto rejected = [&](const json& changes) {
    json body{{"code", "organization_not_found"}, {"text", "There is no such company."}};
    body.update(changes);
    return said(act("/desk/applications/" + app + ":reject", eve, body));
  };
  EXPECT_EQ(rejected({{"code", ""}}), "422 validation /code");
  EXPECT_EQ(rejected({{"code", "No such company!"}}), "422 validation /code");
  EXPECT_EQ(rejected({{"text", ""}}), "422 validation /text");
  for (const char* nowhere : {"/nonsense/zzz", "", "/", "organization", "/identifiers/1",
                              "/organization/", "/contact/x", "/csr/x"}) {
    EXPECT_EQ(rejected({{"fields", {"/organization", nowhere}}}), "422 validation /fields/1")
        << nowhere;
  }
  const json info{{"text", "Which company?"}, {"fields", {"/nonsense"}}};
  EXPECT_EQ(said(act("/desk/applications/" + app + ":request-info", eve, info)),
            "422 validation /fields/0");
  EXPECT_EQ(state(), "in_review");
  EXPECT_EQ(rejected({{"fields", {"/organization/address", "/identifiers/0", "/contact/email"}}}),
            "200 ");
}

// TGS-02 TGS-03: the letter is not asked for; what came by mail is filed by the desk.
TEST_F(ApiContract, PapersThatCameByMailCloseTheirGate) {
  const auto person_with = [&](const std::string& role) -> std::string {
    return post("/contacts", {{"roles", {role}},
                              {"name", "Vera Example"},
                              {"mail", "vera@example.org"},
                              {"phone", "+442071234567"},
                              {"personId", person(own, {Role::applicant}).text()}})
        .body.at("id");
  };
  json wanted = wish();
  wanted["product"] = "globalsign-ev";
  wanted["approverId"] = person_with("approver");
  wanted["signerId"] = person_with("signer");
  wanted["methods"] = json::array({{{"name", "www.example.org"}, {"method", "dns-txt"}}});
  const ApiReply made = post("/applications", wanted);
  ASSERT_EQ(made.status, 201U) << made.response.body;
  app = made.body.at("id");
  const ApiReply submitted = act("/applications/" + app + ":submit", ada);
  ASSERT_EQ(submitted.status, 200U) << submitted.response.body;
  happen([](const policy::Here& here, const policy::Target& target) {
    return policy::dcv_passed(here, target, {"a claim"});
  });
  const auto documents = [&] {
    for (const json& gate : get("/applications/" + app, ada).body.at("gates")) {
      if (gate.at("name") == "documents") return gate.at("state").get<std::string>();
    }
    return std::string("none");
  };
  EXPECT_EQ(documents(), "waiting_applicant");
  const auto file = [&](const std::string& kind) {
    return ask(
        "POST", "/desk/applications/" + app + "/documents", tests::pdf_document(2000),
        {.token = eve, .query = "source=mail&kind=" + kind, .content_type = "application/pdf"});
  };
  EXPECT_EQ(file("authorization").status, 201U);
  EXPECT_EQ(documents(), "waiting_applicant");
  const ApiReply filed = file("business_licence");
  ASSERT_EQ(filed.status, 201U) << filed.response.body;
  EXPECT_EQ(filed.body.at("source"), "mail");
  EXPECT_EQ(documents(), "passed");
}

// ALI-19 APP-C-06: an answer comes from an address that there can be.
TEST_F(ApiContract, AMailCountsFromAnAddress) {
  bring_to_the_desk();
  const auto mailed = [&](const std::string& to) {
    return said(send("POST", "/desk/applications/" + app + "/emails",
                     json{{"to", to},
                          {"toSource", "registration_record"},
                          {"reference", "mail 1"},
                          {"answer", "confirmed"}},
                     {.token = eve}));
  };
  for (const char* to : {"not an address", "ada", "ada@", "ada@localhost", "a b@example.org"}) {
    EXPECT_EQ(mailed(to), "422 validation /to") << to;
  }
  EXPECT_EQ(get("/applications/" + app + "/progress", ada).body.dump().find("not an address"),
            std::string::npos);
  EXPECT_NE(mailed("ada@example.org"), "422 validation /to");
}

// TWT-14: the call comes from the office that the applicant was told.
TEST_F(ApiContract, ACallCountsFromTheOfficeThatWasTold) {
  json wanted = wish();
  wanted["product"] = "wotrus-ov";
  wanted["methods"] = json::array({{{"name", "www.example.org"}, {"method", "dns-txt"}}});
  const ApiReply made = post("/applications", wanted);
  ASSERT_EQ(made.status, 201U) << made.response.body;
  EXPECT_EQ(made.body.at("callFrom"), (json{{"office", "us"}, {"country", "US"}}));
  app = made.body.at("id");
  ASSERT_EQ(act("/applications/" + app + ":submit", ada).status, 200U);
  work_through_steps();
  const ApiReply looked_at = act("/desk/applications/" + app + ":pass-pre-review", eve);
  ASSERT_EQ(looked_at.status, 200U) << looked_at.response.body;
  happen([](const policy::Here& here, const policy::Target& target) {
    return policy::dcv_passed(here, target, {"a claim"});
  });
  work_through_steps();
  EXPECT_EQ(said(call({{"office", "cn"}})), "422 validation /office");
  EXPECT_EQ(said(call({{"office", "moon"}, {"result", "no_answer"}})), "422 validation /office")
      << "there is no such office";
  // What does not count may come from any office.
  EXPECT_EQ(call({{"office", "cn"}, {"result", "no_answer"}}).status, 200U);
  EXPECT_EQ(call({{"office", "us"}}).status, 200U);
}

// TWT-14: and what number it has, where the operator says so.
TEST_F(ApiContract, ACallIsToldWithItsNumber) {
  const auto office = policy::load_catalog({{"mine.toml",
                                             "[[office]]\nname = \"house\"\ntime_zone = \"UTC0\"\n"
                                             "calendar = \"weekdays\"\ncountry = \"DE\"\n"
                                             "phone = \"+4930901820\"\n"}});
  ASSERT_TRUE(office) << office.error().front().text();
  files.calendars = office->calendars;
  draft();
  EXPECT_EQ(get("/applications/" + app, ada).body.at("callFrom"),
            (json{{"office", "house"}, {"country", "DE"}, {"number", "+4930901820"}}));
}

TEST(OpenApi, SaysWhatIsAnswered) {
  const json document = json::parse(openapi_document(api_routes(), "https://ca.test"));
  const auto operation = [&](const std::string& path, const std::string& method) -> const json& {
    return document.at("paths").at(path).at(method);
  };
  const auto codes = [&](const std::string& path, const std::string& method, const char* status) {
    return operation(path, method).at("responses").at(status).at("description").get<std::string>();
  };
  const std::string one = "/applications/{application}";
  EXPECT_THAT(codes("/desk" + one + ":approve", "post", "409"), HasSubstr("alreadyIssued"));
  EXPECT_THAT(codes("/desk" + one + "/calls", "post", "409"), HasSubstr("evidenceMissing"));
  EXPECT_THAT(codes(one + ":submit", "post", "409"), HasSubstr("stateConflict"));
  EXPECT_THAT(codes(one + "/documents", "post", "429"), HasSubstr("quotaExceeded"));
  EXPECT_THAT(codes("/me", "get", "429"), HasSubstr("rateLimited"));
  std::vector<std::string> types;
  const json& download =
      operation(one + "/certificates/{certificate}/download", "get").at("responses").at("200");
  for (const auto& [type, media] : download.at("content").items()) types.push_back(type);
  EXPECT_THAT(types, ElementsAre("application/pem-certificate-chain", "application/pkcs7-mime",
                                 "application/pkix-cert", "application/x-pem-file"));
  for (const json& each : operation("/desk/tasks", "get").at("parameters")) {
    if (each.value("name", "") != "queue") continue;
    EXPECT_THAT(each.at("schema").at("enum").get<std::vector<std::string>>(),
                Contains("org_vetting"));
  }
}

}  // namespace
}  // namespace server::api
