// What applicants and the desk ask of each other over the API: messages, documents, and when.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/api/openapi.h"
#include "tests/unit/server/api_applications_fixture.h"

namespace server::api {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class ApiCorrespondence : public ApiApplications {
 protected:
  /// "422 validation /kind"
  static std::string said(const ApiReply& reply) {
    std::string text = std::to_string(reply.status) + " " + reply.code();
    for (const std::string& each : reply.pointers()) text += " " + each;
    return text;
  }
  void submitted() {
    draft();
    ASSERT_EQ(act("/applications/" + app + ":submit", ada).status, 200U);
  }
  ApiReply write(const std::string& who, const json& body) {
    return send("POST", "/applications/" + app + "/messages", body, {.token = who});
  }
  json seen_by(const std::string& who, const std::string& query = {}) {
    return get("/applications/" + app + "/messages", who, query).body;
  }
  std::vector<std::string> texts_for(const std::string& who) {
    std::vector<std::string> texts;
    const json page = seen_by(who);
    for (const json& each : page.at("items")) texts.push_back(each.at("text"));
    return texts;
  }
  std::vector<std::string> events_for(const std::string& who) {
    std::vector<std::string> events;
    const json page = get("/applications/" + app + "/timeline", who).body;
    for (const json& each : page.at("items")) events.push_back(each.at("event"));
    return events;
  }
  ApiReply ask_for(const json& documents) {
    return send("POST", "/desk/applications/" + app + "/document-requests",
                {{"documents", documents}}, {.token = eve});
  }
};

// ALI-28 ALI-32 T-I6
TEST_F(ApiCorrespondence, MessagesGoBothWaysAndNotesStayAtTheDesk) {
  submitted();
  const ApiReply asked = write(ada, {{"text", "Is there news?"}});
  ASSERT_EQ(asked.status, 201U) << asked.response.body;
  EXPECT_EQ(asked.body.at("kind"), "from_applicant");
  ASSERT_EQ(write(eve, {{"kind", "note"}, {"text", "A difficult one."}}).status, 201U);
  ASSERT_EQ(write(fred, {{"kind", "to_applicant"}, {"text", "Tomorrow."}}).status, 201U);
  EXPECT_THAT(texts_for(ada), ElementsAre("Is there news?", "Tomorrow."));
  EXPECT_THAT(texts_for(eve), ElementsAre("Is there news?", "A difficult one.", "Tomorrow."));
  EXPECT_THAT(texts_for(token(std::nullopt, Role::auditor)), testing::SizeIs(3));
  EXPECT_EQ(
      get("/applications/" + app + "/messages", token(tenant("Other Ltd"), Role::org_admin)).status,
      404U);
  // The applicant reads in which role somebody of the authority wrote, and not who it was.
  const json mine = seen_by(ada).at("items");
  EXPECT_EQ(mine[1].at("role"), "front_desk");
  EXPECT_FALSE(mine[1].contains("personId"));
  EXPECT_TRUE(mine[0].contains("personId"));
  EXPECT_TRUE(seen_by(eve).at("items")[2].contains("personId"));
  // Neither text nor trace of a note.
  EXPECT_THAT(events_for(ada), Contains("application.message"));
  EXPECT_THAT(events_for(ada), Not(Contains("application.note")));
  EXPECT_THAT(events_for(eve), Contains("application.note"));
}

// III.6: support sees states and messages, and writes none.
TEST_F(ApiCorrespondence, MessagesAreSeenBySupportWithoutNotes) {
  submitted();
  const std::string support = token(std::nullopt, Role::support);
  ASSERT_EQ(write(eve, {{"kind", "note"}, {"text", "A difficult one."}}).status, 201U);
  ASSERT_EQ(write(ada, {{"text", "Is there news?"}}).status, 201U);
  ASSERT_EQ(get("/applications/" + app + "/messages", support).status, 200U);
  EXPECT_THAT(texts_for(support), ElementsAre("Is there news?"));
  EXPECT_EQ(said(write(support, {{"kind", "to_applicant"}, {"text", "x"}})), "403 forbidden");
}

// ALI-28: a gap would tell of a note.
TEST_F(ApiCorrespondence, MessagesAreNumberedAsTheReaderSeesThem) {
  submitted();
  ASSERT_EQ(write(eve, {{"kind", "note"}, {"text", "1"}}).status, 201U);
  EXPECT_EQ(write(ada, {{"text", "2"}}).body.at("number"), 1);
  ASSERT_EQ(write(eve, {{"kind", "note"}, {"text", "3"}}).status, 201U);
  EXPECT_EQ(write(eve, {{"kind", "to_applicant"}, {"text", "4"}}).body.at("number"), 4);
  const auto numbers = [](const json& page) {
    std::vector<int> all;
    for (const json& each : page.at("items")) all.push_back(each.at("number"));
    return all;
  };
  EXPECT_THAT(numbers(seen_by(ada)), ElementsAre(1, 2));
  EXPECT_THAT(numbers(seen_by(eve)), ElementsAre(1, 2, 3, 4));
  // Nor do pages begin again.
  const json first = seen_by(ada, "limit=1");
  EXPECT_THAT(numbers(first), ElementsAre(1));
  EXPECT_THAT(numbers(seen_by(ada, "cursor=" + first.at("next").get<std::string>())),
              ElementsAre(2));
}

// An applicant's own people are named to them, whoever of them did it; the authority's are not.
TEST_F(ApiCorrespondence, TheTimelineNamesPeopleOfTheTenant) {
  submitted();
  const std::string adam = token(own, Role::org_admin);
  const ApiReply written = write(adam, {{"text", "Is there news?"}});
  ASSERT_EQ(written.status, 201U) << written.response.body;
  ASSERT_EQ(write(eve, {{"kind", "to_applicant"}, {"text", "Tomorrow."}}).status, 201U);
  std::vector<std::string> actors;
  const json page = get("/applications/" + app + "/timeline", ada).body;
  for (const json& each : page.at("items")) {
    if (each.at("event") == "application.message") actors.push_back(each.at("actor"));
  }
  EXPECT_THAT(actors, ElementsAre(written.body.at("personId"), "authority"));
}

TEST_F(ApiCorrespondence, MessagesComeInPages) {
  submitted();
  for (const char* text : {"1", "2", "3"}) ASSERT_EQ(write(ada, {{"text", text}}).status, 201U);
  const json first = seen_by(ada, "limit=2");
  ASSERT_EQ(first.at("items").size(), 2U);
  const json second = seen_by(ada, "cursor=" + first.at("next").get<std::string>());
  ASSERT_EQ(second.at("items").size(), 1U);
  EXPECT_EQ(second.at("items")[0].at("text"), "3");
  EXPECT_FALSE(second.contains("next"));
}

TEST_F(ApiCorrespondence, MessagesAreRefusedWithTheirPlace) {
  submitted();
  EXPECT_EQ(said(write(eve, {{"text", "x"}})), "422 validation /kind");
  EXPECT_EQ(said(write(eve, {{"kind", "from_applicant"}, {"text", "x"}})), "422 validation /kind");
  EXPECT_EQ(said(write(ada, {{"kind", "note"}, {"text", "x"}})), "422 validation /kind");
  EXPECT_EQ(said(write(ada, {{"kind", "secret"}, {"text", "x"}})), "422 validation /kind");
  EXPECT_EQ(said(write(ada, {{"text", "a\u0007b"}})), "422 validation /text");
  EXPECT_EQ(said(write(ada, {{"text", std::string(4'001, 'x')}})), "422 validation /text");
  EXPECT_EQ(said(write(token(std::nullopt, Role::auditor), {{"text", "x"}})), "403 forbidden");
  EXPECT_THAT(texts_for(eve), testing::IsEmpty());
}

TEST_F(ApiCorrespondence, AMessageThatIsRepeatedIsWrittenOnce) {
  submitted();
  for (int times = 0; times < 2; ++times) {
    const ApiReply again =
        send("POST", "/applications/" + app + "/messages", {{"text", "Is there news?"}},
             {.token = ada, .idempotency_key = "once"});
    EXPECT_EQ(again.status, 201U);
  }
  EXPECT_EQ(texts_for(ada).size(), 1U);
}

// and an auditor has them in the evidence.
TEST_F(ApiCorrespondence, MessagesAreInTheBundle) {
  submitted();
  ASSERT_EQ(write(eve, {{"kind", "note"}, {"text", "A difficult one."}}).status, 201U);
  const ApiReply bundle =
      get("/audit/applications/" + app + "/bundle", token(std::nullopt, Role::auditor));
  EXPECT_THAT(bundle.response.body, HasSubstr("messages.json"));
  EXPECT_THAT(bundle.response.body, HasSubstr("A difficult one."));
}

// TGS-02 ALI-32
TEST_F(ApiCorrespondence, DocumentsAreAskedForAndTheUploadIsTheAnswer) {
  bring_to_the_desk();
  EXPECT_EQ(said(ask_for(json::array())), "422 validation /documents");
  EXPECT_EQ(said(ask_for(json::array({{{"kind", "passport"}, {"reason", "x"}}}))),
            "422 validation /documents/0/kind");
  EXPECT_EQ(said(ask_for(json::array({{{"kind", "business_licence"}}}))),
            "422 validation /documents/0/reason");
  const ApiReply asked =
      ask_for(json::array({{{"kind", "business_licence"}, {"reason", "The copy cannot be read"}}}));
  ASSERT_EQ(asked.status, 200U) << asked.response.body;
  EXPECT_EQ(asked.body.at("state"), "awaiting_applicant");
  EXPECT_TRUE(asked.body.at("clock").contains("pausedSince"));
  const json actions = get("/applications/" + app + "/required-actions", ada).body.at("items");
  EXPECT_EQ(actions, get("/applications/" + app, ada).body.at("requiredActions"));
  const json& wanted = actions.back();
  EXPECT_EQ(wanted.at("code"), "upload_document");
  EXPECT_EQ(wanted.at("kind"), "business_licence");
  EXPECT_EQ(wanted.at("reason"), "The copy cannot be read");
  EXPECT_TRUE(wanted.contains("deadline"));
  const ApiReply sent =
      ask("POST", "/applications/" + app + "/documents", tests::pdf_document(2000),
          {.token = ada, .query = "kind=business_licence", .content_type = "application/pdf"});
  ASSERT_EQ(sent.status, 201U) << sent.response.body;
  EXPECT_EQ(state(), "in_review");
  const json requests = get("/desk/applications/" + app, eve).body.at("documentRequests");
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_EQ(requests[0].at("documentId"), sent.body.at("id"));
}

// ALO-41
TEST_F(ApiCorrespondence, TasksArePutOff) {
  bring_to_the_desk();
  const auto queue = [&](const std::string& query = {}) {
    return get("/desk/tasks", eve, "queue=phone_call" + query).body.at("items");
  };
  ASSERT_EQ(queue().size(), 1U);
  const std::string task = queue()[0].at("id");
  const std::string path = "/desk/tasks/" + task + ":defer";
  const auto defer = [&](const json& body) { return send("POST", path, body, {.token = eve}); };
  EXPECT_EQ(said(defer({{"reason", "later"}})), "422 validation /until");
  EXPECT_EQ(said(defer({{"until", "2026-11-30T00:00:00Z"}, {"reason", "later"}})),
            "422 validation /until");
  EXPECT_EQ(said(defer({{"until", "2027-11-30T00:00:00Z"}, {"reason", "later"}})),
            "422 validation /until");
  const json put_off{{"until", "2026-12-01T09:00:00Z"}, {"reason", "they open at nine"}};
  const ApiReply deferred = defer(put_off);
  ASSERT_EQ(deferred.status, 200U) << deferred.response.body;
  EXPECT_EQ(deferred.body.at("deferredUntil"), "2026-12-01T09:00:00Z");
  EXPECT_EQ(queue().size(), 0U);
  EXPECT_EQ(queue("&deferred=true").size(), 1U);
  clock.advance(std::chrono::hours(9));
  EXPECT_EQ(queue().size(), 1U);
}

TEST_F(ApiCorrespondence, FiltersAreOfWhatThereIs) {
  draft();
  const auto asked = [&](const std::string& path, const std::string& query) {
    return said(get(path, eve, query));
  };
  EXPECT_EQ(asked("/desk/tasks", "office=nowhere"), "422 validation /?office");
  EXPECT_EQ(asked("/desk/tasks", "office="), "422 validation /?office");
  EXPECT_EQ(asked("/desk/tasks", "deferred=maybe"), "422 validation /?deferred");
  EXPECT_EQ(asked("/applications", "filter[product]=nothing"), "422 validation /?filter[product]");
  for (const policy::Office& office : files.calendars.offices()) {
    EXPECT_EQ(get("/desk/tasks", eve, "office=" + office.name).status, 200U);
  }
  EXPECT_EQ(get("/applications", eve, "filter[product]=ov").body.at("items").size(), 1U);
}

// ALI-40 ALI-41: one closed list, for programs and for people.
TEST_F(ApiCorrespondence, RejectionCodesAreAClosedList) {
  const json codes = ask("GET", "/rejection-codes", "", {}).body.at("items");
  std::vector<std::string> of_desk;
  for (const json& each : codes) {
    if (each.at("by") == "desk") of_desk.push_back(each.at("code"));
  }
  const json document = json::parse(openapi_document(api_routes(), "https://ca.test"));
  const json& schemas = document.at("components").at("schemas");
  for (const char* shape : {"Rejection", "Cause"}) {
    EXPECT_EQ(schemas.at(shape).at("properties").at("code").at("enum"), json(of_desk)) << shape;
  }
  bring_to_the_desk();
  const auto reject = [&](const std::string& code) {
    return act("/desk/applications/" + app + ":reject", eve,
               {{"code", code}, {"text", "There is no such company."}});
  };
  EXPECT_EQ(said(reject("my_own_code")), "422 validation /code");
  EXPECT_EQ(said(reject("caa")), "422 validation /code");
  const ApiReply rejected = reject("organization_not_found");
  ASSERT_EQ(rejected.status, 200U) << rejected.response.body;
  EXPECT_EQ(get("/applications/" + app, ada).body.at("decision").at("says"),
            "The organization was not found in a register that counts");
}

}  // namespace
}  // namespace server::api
