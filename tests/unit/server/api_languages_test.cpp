// What a caller may choose of an answer: its members, and the language of what people read.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "policy/applications/projection.h"
#include "policy/domain_control/finding.h"
#include "policy/reviews/checklist.h"
#include "policy/reviews/document_request.h"
#include "policy/reviews/rejection_code.h"
#include "server/api/openapi.h"
#include "server/api/presentation.h"
#include "server/api/wording.h"
#include "tests/unit/server/api_applications_fixture.h"

namespace server::api {
namespace {

using testing::ElementsAre;

TEST(ApiLanguages, AreNegotiatedByWeight) {
  const auto tag = [](std::string_view value) { return tag_of(negotiated_language(value)); };
  for (const char* chinese : {"zh", "ZH-Hans", "zh-CN", "zh-CN,en;q=0.9", "zh-Hans-CN-u-co-pinyin",
                              "en;q=0.8, zh", "fr, zh;q=0.5, en;q=0.4", "*;q=0.1, zh;q=1.000",
                              "en;q=0,*", "zh ; q=0.7", ",zh,", "en\t;\tQ=0.001,zh;q=0.01"}) {
    EXPECT_EQ(tag(chinese), "zh-Hans") << chinese;
  }
  for (const char* english :
       {"", "en", "en-GB, zh;q=0.9", "fr", "*", "zh;q=0", "zh;q=0, *", "en, zh", "*;q=0",
        // Not of the grammar of RFC 9110 §12.5.4: it asks for nothing.
        "zh;q=2", "zh;q=1.001", "zh;q=0.1234", "zh;q=.5", "zh;q=", "zh;x=1", "zh q=1", "zh;q=-1",
        "zh_CN", "zh--CN", "-zh", "zh-", "zhzhzhzhz", "z1", "zh;", "zh;q=1;q=1", "zh\x01"}) {
    EXPECT_EQ(tag(english), "en") << english;
  }
  std::string many = "zh";
  for (int i = 0; i < 31; ++i) many += ",fr";
  EXPECT_EQ(tag(many), "zh-Hans");
  EXPECT_EQ(tag(many + ",fr"), "en");
}

/// Every word that answers may hold, from where it is defined.
std::set<std::string_view> defined(Vocabulary vocabulary) {
  std::set<std::string_view> words;
  const auto add = [&](std::string_view word) { words.insert(word); };
  switch (vocabulary) {
    case Vocabulary::problem:
      for (const auto& each : http_faults()) add(each.code);
      for (const auto& each : policy::fault_codes()) add(each.text);
      break;
    case Vocabulary::state:
      for (const auto each : policy::application_states()) add(policy::text_of(each));
      break;
    case Vocabulary::sub_state:
      for (const auto each : policy::kWords<policy::SubState>) {
        if (each != "none") add(each);
      }
      break;
    case Vocabulary::label:
      for (const auto each : policy::labels()) add(each);
      break;
    case Vocabulary::gate:
      for (const auto each : policy::gates()) add(policy::text_of(each));
      break;
    case Vocabulary::gate_state:
      for (int i = 0; i <= static_cast<int>(policy::GateState::waived); ++i) {
        add(policy::text_of(static_cast<policy::GateState>(i)));
      }
      break;
    case Vocabulary::action:
      for (const auto state : policy::application_states()) {
        policy::Application application;
        application.state = state;
        application.sub_state = policy::SubState::domain_rejected;
        for (const auto gate : policy::gates()) {
          application.gates.push_back(
              {.name = gate, .state = policy::GateState::waiting_applicant});
        }
        for (const auto& each : policy::required_actions(application)) add(each.code);
      }
      add(policy::kUploadDocument);
      break;
    case Vocabulary::review_step:
      for (const auto level : {policy::ValidationLevel::iv, policy::ValidationLevel::ev}) {
        for (const auto* each : policy::checklist(level)) add(each->name);
      }
      break;
    case Vocabulary::control:
      for (const auto& each : policy::control_codes()) add(each.text);
      break;
    case Vocabulary::cause:
      for (const auto& each : policy::rejection_codes()) add(each.code);
      break;
    case Vocabulary::none:
      break;
  }
  return words;
}

// ALI-31 TCG-45: whoever adds a code adds its text in every language.
TEST(ApiLanguages, HaveATextForEveryWord) {
  for (int i = 1; i <= static_cast<int>(Vocabulary::control); ++i) {
    const auto vocabulary = static_cast<Vocabulary>(i);
    SCOPED_TRACE(i);
    const auto words = defined(vocabulary);
    ASSERT_FALSE(words.empty());
    std::set<std::string_view> terms;
    for (const std::string_view each : terms_of(vocabulary)) {
      EXPECT_TRUE(terms.insert(each).second) << each << " stands there twice";
      EXPECT_TRUE(words.contains(each)) << each;
    }
    for (const std::string_view each : words) {
      EXPECT_TRUE(terms.contains(each)) << each;
      const std::string_view english = wording(vocabulary, each, Language::english);
      const std::string_view chinese = wording(vocabulary, each, Language::simplified_chinese);
      EXPECT_FALSE(english.empty()) << each;
      EXPECT_FALSE(chinese.empty()) << each;
      EXPECT_NE(english, chinese);
      EXPECT_TRUE(std::ranges::all_of(english, [](char c) { return c >= ' ' && c <= '~'; }));
      EXPECT_TRUE(std::ranges::any_of(chinese, [](char c) { return c < 0; })) << chinese;
    }
  }
  EXPECT_EQ(wording(Vocabulary::cause, "a_word_of_a_reviewer", Language::english), "");
}

using ApiPresentation = ApiApplications;

ApiReply in_chinese(ApiApplications& world,
                    const std::string& path,
                    const std::string& token,
                    const std::string& query = {}) {
  return world.ask("GET", path, "", {.token = token, .query = query, .accept_language = "zh-CN"});
}

// ALI-31
TEST_F(ApiPresentation, SpeaksTheLanguageThatIsAskedFor) {
  draft();
  const std::string path = "/applications/" + app;
  const ApiReply english = get(path, ada);
  EXPECT_EQ(english.body.at("stateText"), "Draft");
  EXPECT_EQ(english.field("Content-Language"), "en");
  EXPECT_EQ(english.field("Vary"), "Accept-Language");
  const ApiReply chinese = in_chinese(*this, path, ada);
  EXPECT_EQ(chinese.body.at("state"), "draft");
  EXPECT_EQ(chinese.body.at("stateText"), "草稿");
  EXPECT_EQ(chinese.body.at("words").at("labelText"), "待申请");
  EXPECT_EQ(chinese.body.at("requiredActions").at(0).at("title"), "提交申请");
  for (const json& each : chinese.body.at("gates")) {
    EXPECT_EQ(each.at("title"), wording(Vocabulary::gate, each.at("name").get<std::string>(),
                                        Language::simplified_chinese));
  }
  EXPECT_EQ(chinese.field("Content-Language"), "zh-Hans");
  const json step = in_chinese(*this, "/desk/applications/" + app, eve).body.at("checklist").at(0);
  EXPECT_EQ(step.at("says"), "申请的名称与该申请人相符。");
  EXPECT_EQ(get("/desk/applications/" + app, eve).body.at("checklist").at(0).at("says"),
            "The names are plausible for this applicant.");
}

// RFC 9110 §8.8.3: other octets, another tag. What it was read in does not matter to a change.
TEST_F(ApiPresentation, TagsEachLanguageAndTakesBoth) {
  draft();
  const std::string path = "/applications/" + app;
  const ApiReply english = get(path, ada);
  const ApiReply chinese = in_chinese(*this, path, ada);
  const std::string version = english.etag().substr(0, english.etag().size() - 1);
  EXPECT_EQ(chinese.etag(), version + ".zh-Hans\"");
  const auto rename = [&](const std::string& tag) {
    return send("PATCH", path, {{"mail", "it@example.org"}}, {.token = ada, .if_match = tag});
  };
  EXPECT_EQ(rename(version + ".zh-Hant\"").code(), "versionConflict");
  EXPECT_EQ(rename(version + ".\"").code(), "versionConflict");
  EXPECT_EQ(rename(version + "9.zh-Hans\"").code(), "versionConflict");
  EXPECT_EQ(rename(chinese.etag()).status, 200U);
}

TEST_F(ApiPresentation, NamesProblemsInTheLanguageThatIsAskedFor) {
  const std::string path = "/applications/app_nothing";
  EXPECT_EQ(get(path, ada).body.at("title"), "There is no such thing");
  const ApiReply chinese = in_chinese(*this, path, ada);
  EXPECT_EQ(chinese.body.at("title"), "对象不存在");
  EXPECT_EQ(chinese.code(), "notFound");
  EXPECT_EQ(chinese.field("Content-Language"), "zh-Hans");
  EXPECT_EQ(chinese.field("Vary"), "Accept-Language");
  EXPECT_EQ(in_chinese(*this, "/me", "").body.at("title"), "需要有效的访问令牌");
  for (const json& each : in_chinese(*this, "/problems", ada).body.at("items")) {
    EXPECT_NE(each.at("title"), "") << each;
  }
}

TEST_F(ApiPresentation, TellsTheMembersThatAreAskedFor) {
  draft();
  const std::string path = "/applications/" + app;
  const auto members = [](const json& value) {
    std::vector<std::string> names;
    for (const auto& each : value.items()) names.push_back(each.key());
    return names;
  };
  const ApiReply some = get(path, ada, "fields=state,id,stateText");
  ASSERT_EQ(some.status, 200U) << some.response.body;
  EXPECT_THAT(members(some.body), ElementsAre("id", "state", "stateText"));
  EXPECT_EQ(some.etag(), get(path, ada).etag());
  draft();
  const ApiReply page = get("/applications", ada, "fields=id&limit=1");
  EXPECT_THAT(members(page.body), ElementsAre("items", "next"));
  EXPECT_THAT(members(page.body.at("items").at(0)), ElementsAre("id"));
  // A member that is not stated is not made up.
  EXPECT_TRUE(get(path, ada, "fields=decision").body.empty());
  EXPECT_EQ(in_chinese(*this, path, ada, "fields=stateText").body.dump(),
            R"({"stateText":"草稿"})");
}

TEST_F(ApiPresentation, KnowsTheMembersOfEachAnswer) {
  draft();
  for (const char* query : {"fields=colour", "fields=", "fields=id,,state", "fields=id,colour",
                            "fields=gates.name", "fields=items"}) {
    const ApiReply refused = get("/applications/" + app, ada, query);
    EXPECT_EQ(refused.status, 400U) << query;
    EXPECT_THAT(refused.pointers(), ElementsAre("/?fields")) << query;
    EXPECT_EQ(refused.body.at("errors").at(0).at("code"), "validation");
  }
  EXPECT_EQ(get("/applications", ada, "fields=next").status, 400U);
  EXPECT_EQ(send("POST", "/applications", wish(), {.token = ada, .query = "fields=id"}).status,
            400U);
}

// One place for every GET: the table and the document say so.
TEST(ApiRouteFields, AreOfEveryGetThatAnswersWithAShape) {
  const json document = json::parse(openapi_document(api_routes(), "https://ca.test"));
  std::size_t rows = 0;
  for (const Route& route : api_routes()) {
    if (route.method != Method::get || route.response == nullptr) continue;
    ++rows;
    SCOPED_TRACE(route.name);
    const json& parameters =
        document.at("paths").at(std::string(route.path)).at("get").at("parameters");
    EXPECT_TRUE(std::ranges::any_of(
        parameters, [](const json& each) { return each.value("name", "") == "fields"; }));
    EXPECT_TRUE(std::ranges::any_of(parameters, [](const json& each) {
      return each.value("$ref", "") == "#/components/parameters/AcceptLanguage";
    }));
  }
  EXPECT_GT(rows, 20U);
}

/// The members of a shape that tell what another one means.
void expect_words(const Shape& shape) {
  for (const Field& field : shape.fields) {
    if (field.shape != nullptr) expect_words(*field.shape);
    if (field.vocabulary == Vocabulary::none) continue;
    EXPECT_NE(std::ranges::find(shape.fields, field.tells, &Field::name), shape.fields.end())
        << shape.name << " " << field.name;
    EXPECT_FALSE(terms_of(field.vocabulary).empty());
  }
}
TEST(ApiRouteFields, TellWhatStandsBesideThem) {
  for (const Route& route : api_routes()) {
    if (route.response != nullptr) expect_words(*route.response);
  }
}

}  // namespace
}  // namespace server::api
