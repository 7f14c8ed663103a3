// What else applications promise over the API: limits, lists, actions by state.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policy/applications/agreement.h"
#include "storage/due_work.h"
#include "tests/support/bound_account.h"
#include "tests/unit/server/api_applications_fixture.h"

namespace server::api {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

// T-J6: neither items nor cursors tell that others ask for the same name.
TEST_F(ApiApplications, ShowNothingOfOthersWhoAskForTheSameName) {
  const std::string stranger = token(tenant("Other Ltd"), Role::org_admin);
  const json same{{"product", "dv"},
                  {"identifiers", json::array({{{"value", "www.example.org"}}})}};
  for (const std::string& who : {stranger, ada, stranger}) {
    clock.advance(std::chrono::seconds(1));
    ASSERT_EQ(send("POST", "/applications", same, {.token = who}).status, 201U);
  }
  const ApiReply mine = get("/applications", ada, "limit=1&filter%5Bname%5D=www.example.org");
  EXPECT_EQ(mine.body.at("items").size(), 1U);
  EXPECT_FALSE(mine.body.contains("next"));
  EXPECT_EQ(get("/applications", eve, "filter%5Bname%5D=www.example.org").body.at("items").size(),
            3U);
}

TEST_F(ApiApplications, GiveEveryClaimedTaskOnce) {
  for (int count = 0; count < 2; ++count) {
    draft();
    ASSERT_EQ(act("/applications/" + app + ":submit", ada).status, 200U);
    send_letter();
    work_through_steps();
    happen([](const policy::Here& here, const policy::Target& target) {
      return policy::dcv_passed(here, target, {"claim"});
    });
    work_through_steps();
    for (const json& task : get("/desk/tasks", eve, "queue=phone_call").body.at("items")) {
      send("POST", "/desk/tasks/" + task.at("id").get<std::string>() + ":claim", json::object(),
           {.token = eve});
    }
  }
  const ApiReply all = get("/desk/tasks", eve, "mine=true&limit=1");
  EXPECT_EQ(all.body.at("items").size(), 2U);
  EXPECT_FALSE(all.body.contains("next"));
}

// ALI-15: submitted once, frozen as revision 1.
TEST_F(ApiApplications, AreSubmittedOnce) {
  draft();
  const ApiReply first = act("/applications/" + app + ":submit", ada);
  ASSERT_EQ(first.status, 200U) << first.response.body;
  EXPECT_EQ(first.body.at("revision"), 1);
  EXPECT_EQ(act("/applications/" + app + ":submit", ada).code(), "stateConflict");
  EXPECT_EQ(get("/applications/" + app, ada).body.at("revision"), 1);
}

// ALI-28: who was not contacted says so once a business day, and a supervisor has a task.
TEST_F(ApiApplications, AreEscalatedOnceABusinessDay) {
  draft();
  ASSERT_EQ(act("/applications/" + app + ":submit", ada).status, 200U);
  const std::string path = "/applications/" + app + ":escalate";
  EXPECT_EQ(act(path, ada, {{"text", "nobody called"}}).status, 200U);
  const ApiReply again = act(path, ada, {{"text", "nobody called"}});
  EXPECT_EQ(again.status, 429U);
  EXPECT_EQ(again.field("Retry-After"), "60");
  const std::string max = token(std::nullopt, Role::supervisor);
  const json tasks = get("/desk/tasks", max, "queue=escalation").body.at("items");
  ASSERT_EQ(tasks.size(), 1U);
  EXPECT_EQ(tasks[0].at("reason"), "nobody called");
  clock.advance(std::chrono::days(1));
  EXPECT_EQ(act(path, ada, {{"text", "still nobody"}}).status, 200U);
}

std::vector<std::string> codes_in(const ApiReply& reply) {
  std::vector<std::string> codes;
  for (const json& each : reply.body.at("requiredActions")) codes.push_back(each.at("code"));
  return codes;
}

// ALI-32 ALI-43 ALI-34 ALO-39: what is asked of the applicant, and what they may do, in each state.
TEST_F(ApiApplications, SayWhatCanBeDoneInEachState) {
  draft();
  EXPECT_THAT(get("/applications/" + app, ada).body.at("actions").get<std::vector<std::string>>(),
              ElementsAre("edit", "submit", "delete"));
  const ApiReply submitted = act("/applications/" + app + ":submit", ada);
  EXPECT_THAT(codes_in(submitted), Contains("upload_letter"));
  send_letter();
  work_through_steps();
  EXPECT_THAT(codes_in(get("/applications/" + app, ada)), Contains("prove_domains"));
  const auto id = policy::ApplicationId::parse(app).value();
  store->write_and_wait([&](storage::Transaction& transaction) {
    auto record = policy::kApplications.get(transaction, id.octets()).value();
    record.state = policy::ApplicationState::issued;
    policy::store_application(transaction, record);
  });
  const ApiReply issued = get("/applications/" + app, ada);
  EXPECT_THAT(codes_in(issued), IsEmpty());
  EXPECT_THAT(issued.body.at("actions").get<std::vector<std::string>>(), Contains("revoke"));
  for (const char* verb : {":cancel", ":withdraw"}) {
    EXPECT_EQ(act("/applications/" + app + verb, ada).code(), "alreadyIssued") << verb;
  }
}

// TCG-02: the agreement that is published is the one that is accepted; the form says which.
TEST_F(ApiApplications, AcceptTheAgreementThatIsPublished) {
  store->write_and_wait([&](storage::Transaction& transaction) {
    return policy::publish_agreement(transaction, {"2026-01", "", "", kNow});
  });
  json wanted = wish();
  wanted["terms"] = "bogus-99";
  wanted["submit"] = true;
  const ApiReply refused = post("/applications", wanted);
  EXPECT_EQ(refused.status, 422U);
  EXPECT_THAT(refused.pointers(), ElementsAre("/terms"));
  EXPECT_THAT(get("/applications", ada).body.at("items"), IsEmpty()) << "nothing was stored";
  wanted.erase("terms");
  EXPECT_THAT(post("/applications", wanted).pointers(), ElementsAre("/terms"));
  wanted["terms"] = ask("GET", "/profiles/ov/form", "", {})
                        .body.at("schema")
                        .at("properties")
                        .at("terms")
                        .at("const");
  EXPECT_EQ(post("/applications", wanted).status, 201U);
}

// RFC8555-7.3.4: nothing is left behind that would order for an organization that is gone.
TEST_F(ApiApplications, KeepAnOrganizationThatSomethingIsBoundTo) {
  const std::string path = "/organizations/" + organization;
  const auto removed = [&] {
    return ask("DELETE", path, "", {.token = ada, .if_match = get(path, ada).etag()});
  };
  const auto act_on = [&](const std::string& what) {
    return ask("POST", what, "", {.token = ada}).status;
  };
  const json key{{"organizationId", organization}, {"profiles", {"ov"}}};
  const std::string kid = post("/eab-keys", key).body.at("key").at("id");
  const auto account = acme::AccountId::fresh(random, kNow);
  store->write_and_wait(
      [&](storage::Transaction& transaction) { tests::bind_account(transaction, account, kid); });
  EXPECT_EQ(removed().code(), "stateConflict") << "a key opens accounts";
  ASSERT_EQ(act_on("/eab-keys/" + kid + ":disable"), 200U);
  EXPECT_EQ(removed().code(), "stateConflict") << "an account orders";
  ASSERT_EQ(act_on("/acme-accounts/" + account.text() + ":deactivate"), 200U);
  ASSERT_EQ(post(path + "/domains", {{"name", "example.org"}, {"product", "ov"}}).status, 201U);
  EXPECT_EQ(removed().code(), "stateConflict") << "a domain is under proof";
  EXPECT_EQ(get(path, ada).status, 200U);
  store->write_and_wait([&](storage::Transaction& transaction) {
    std::vector<std::string> rows;
    transaction.scan(storage::kDueWork.name(), "", [&](std::string_view row, std::string_view) {
      rows.emplace_back(row);
      return storage::Scan::proceed;
    });
    for (const std::string& row : rows) storage::kDueWork.erase(transaction, row);
  });
  EXPECT_EQ(removed().status, 204U);
}

// TCG-18: the www comes with a registered domain unless it is declined, and then stays away.
TEST_F(ApiApplications, TakeTheWwwUnlessItIsDeclined) {
  json wanted{{"product", "tencent-dv"},
              {"csr", csr({"example.org"})},
              {"methods", json::array({{{"name", "example.org"}, {"method", "dns-txt"}}})},
              {"mail", "ada@example.org"},
              {"terms", "2026-01"}};
  const auto proven_names = [&] {
    return get("/applications/" + app + "/dcv-methods", ada).body.at("items").size();
  };
  const ApiReply with = post("/applications", wanted);
  ASSERT_EQ(with.status, 201U) << with.response.body;
  app = with.body.at("id");
  EXPECT_EQ(with.body.at("wwwPairing"), true);
  EXPECT_EQ(proven_names(), 2U);
  const ApiReply without = send("PATCH", "/applications/" + app, {{"wwwPairing", false}},
                                {.token = ada, .if_match = with.etag()});
  ASSERT_EQ(without.status, 200U) << without.response.body;
  EXPECT_EQ(without.body.at("wwwPairing"), false);
  EXPECT_EQ(proven_names(), 1U);
  ASSERT_EQ(act("/applications/" + app + ":submit", ada).status, 200U);
  EXPECT_EQ(get("/applications/" + app + "/dcv", ada).body.at("items").size(), 1U);
  // TCG-17: names that were submitted stand, and so does the one that was left out.
  ASSERT_EQ(act("/applications/" + app + ":cancel", ada).status, 200U);
  const auto change = [&](const json& to) {
    return send("PATCH", "/applications/" + app, {{"wwwPairing", to}},
                {.token = ada, .if_match = get("/applications/" + app, ada).etag()});
  };
  EXPECT_EQ(change(true).code(), "namesLocked");
  EXPECT_EQ(change(nullptr).code(), "namesLocked");
  EXPECT_EQ(change(false).status, 200U);
}

// TCG-18: a product may leave no choice.
TEST_F(ApiApplications, LeaveTheWwwToTheProductWhereItSays) {
  std::vector<policy::Product> products = files.products;
  for (policy::Product& each : products) {
    if (each.name == "tencent-dv") each.www_pairing = policy::WwwPairing::always;
  }
  catalog = policy::Catalog(products);
  const auto ask_for = [&](const std::string& product, const json& choice) {
    return post("/applications", {{"product", product},
                                  {"identifiers", json::array({{{"value", "example.org"}}})},
                                  {"wwwPairing", choice}});
  };
  EXPECT_THAT(ask_for("tencent-dv", false).pointers(), ElementsAre("/wwwPairing"));
  EXPECT_EQ(ask_for("tencent-dv", true).body.at("wwwPairing"), true);
  EXPECT_THAT(ask_for("dv", true).pointers(), ElementsAre("/wwwPairing"));
  EXPECT_FALSE(ask_for("dv", false).body.contains("wwwPairing"));
  EXPECT_EQ(get("/profiles/tencent-dv", ada).body.at("wwwPairing"), "always");
}

// TWT-06 TWT-11: what a product takes and how long it lasts is told before anybody applies.
TEST_F(ApiApplications, AreOfProductsThatSayWhatTheyTakeAndHowLongTheyLast) {
  const json slow = get("/profiles/wotrus-ov", ada).body;
  EXPECT_EQ(slow.at("service").at("preReviewSeconds"), json({{"least", 600}, {"most", 259'200}}));
  EXPECT_EQ(slow.at("service").at("reviewBusinessDays"), json({{"least", 3}, {"most", 5}}));
  const json called = get("/profiles/alibaba-ov", ada).body;
  EXPECT_EQ(called.at("service").at("firstContactBusinessDays"), 1);
  EXPECT_FALSE(called.at("service").contains("preReviewSeconds"));
  const json letter = get("/profiles/dnspod-gm-ov", ada).body.at("documents").at(0);
  EXPECT_EQ(letter.at("reupload"), "never");
  EXPECT_FALSE(letter.at("waivable"));
  EXPECT_EQ(get("/profiles/dnspod-dv", ada).body.at("termMonths"), json({12, 24, 36}));
}

// TFR-54 TFR-53: a project and tags, changed at any time.
TEST_F(ApiApplications, BelongToAProject) {
  draft();
  const auto label = [&](const json& labels) {
    return send("PATCH", "/applications/" + app, labels,
                {.token = ada, .if_match = get("/applications/" + app, ada).etag()});
  };
  const ApiReply labelled =
      label({{"project", "shop"}, {"tags", json::array({{{"key", "team"}, {"value", "blue"}}})}});
  ASSERT_EQ(labelled.status, 200U) << labelled.response.body;
  EXPECT_EQ(labelled.body.at("project"), "shop");
  EXPECT_EQ(labelled.body.at("tags")[0].at("value"), "blue");
  ASSERT_EQ(act("/applications/" + app + ":submit", ada).status, 200U);
  EXPECT_EQ(label({{"project", "other"}}).body.at("project"), "other");
  EXPECT_THAT(label({{"tags", json::array({{{"key", "team"}, {"value", "a"}},
                                           {{"key", "team"}, {"value", "b"}}})}})
                  .pointers(),
              ElementsAre("/tags/1/key"));
}

// ALO-32: what was stated once serves every later application.
TEST_F(ApiApplications, ShareWhatWasStatedOnce) {
  draft();
  const std::string first = app;
  draft();
  EXPECT_NE(app, first);
  EXPECT_EQ(get("/applications/" + app, ada).body.at("organizationId"), organization);
  EXPECT_EQ(
      get("/applications", ada, "filter%5Borganization%5D=" + organization).body.at("items").size(),
      2U);
}

// TCO-07: the reviewer says that the seal is there and the name is that of the register.
TEST_F(ApiApplications, AreReviewedWithTheirSeal) {
  draft();
  ASSERT_EQ(act("/applications/" + app + ":submit", ada).status, 200U);
  const json steps = get("/desk/applications/" + app, eve).body.at("checklist");
  const auto asked = [&](const std::string& name) {
    for (const json& each : steps) {
      if (each.at("step") == name) return each.at("asked").get<bool>();
    }
    return false;
  };
  EXPECT_TRUE(asked("seal_and_name"));
  EXPECT_FALSE(asked("registrant_match"));
}

}  // namespace
}  // namespace server::api
