// What the API asks of others over the network: registries, and the DNS.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policy/applications/applications.h"
#include "policy/domain_control/control.h"
#include "server/api/patience.h"
#include "tests/support/api_world.h"
#include "tests/support/control_fakes.h"
#include "tests/support/run.h"

namespace server::api {
namespace {

using nlohmann::json;
using policy::Role;
using testing::ElementsAre;
using tests::ApiReply;

class ApiAsking : public testing::Test, public tests::ApiWorld {
 protected:
  std::string draft(const std::string& who) {
    return send("POST", "/applications", json{{"product", "dv"}}, {.token = who}).body.at("id");
  }

  policy::TenantId own = tenant("Example Ltd");
  std::string ada = token(own, Role::org_admin);
  std::string eve = token(std::nullopt, Role::specialist);
};

// A client that waits is told what took so long, before its connection is given up.
TEST(ApiPatience, GivesUpWhatNeverEnds) {
  const auto endless = []() -> boost::asio::awaitable<int> {
    boost::asio::steady_timer never(co_await boost::asio::this_coro::executor,
                                    std::chrono::hours(1));
    co_await never.async_wait(boost::asio::use_awaitable);
    co_return 1;
  };
  const auto given_up = tests::run(within(endless(), std::chrono::milliseconds(1)));
  ASSERT_FALSE(given_up.has_value());
  EXPECT_EQ(given_up.error().code, policy::FaultCode::state_conflict);
  const auto quick = []() -> boost::asio::awaitable<int> { co_return 2; };
  EXPECT_EQ(tests::run(within(quick())).value(), 2);
  const auto failing = []() -> boost::asio::awaitable<int> {
    throw std::runtime_error("no memory");
    co_return 3;
  };
  EXPECT_THROW(tests::run(within(failing())), std::runtime_error);
}

/// A registry that says what it was told to say.
class ToldRegistry final : public policy::RegistrantReader {
 public:
  std::vector<std::string> names;
  std::vector<std::string> asked;
  std::string told_of;  // another domain than it is asked for; empty: the same
  boost::asio::awaitable<std::expected<policy::RegistrantAnswer, std::string>> registrant(
      ca::DnsName domain) override {
    asked.push_back(domain.text());
    co_return policy::RegistrantAnswer{told_of.empty() ? domain.text() : told_of,
                                       "https://rdap.example/domain/" + domain.text(),
                                       "{\"ldhName\":\"" + domain.text() + "\"}", names};
  }
};

class ApiRegistrants : public ApiAsking {
 protected:
  ApiRegistrants() {
    Context with = context();
    with.registrants = &registry;
    api.emplace(with);
    const std::string organization =
        send(
            "POST", "/organizations",
            json{{"legalName", "City of Example"},
                 {"type", "government_entity"},
                 {"registrationNumber", "12345678"},
                 {"address", {{"country", "US"}, {"city", "Example"}, {"street", "1 Main Street"}}},
                 {"phone", "+12025550123"}},
            {.token = ada})
            .body.at("id");
    app = send("POST", "/applications",
               json{{"product", "ov"},
                    {"identifiers", json::array({{{"value", "www.city.gov"}}})},
                    {"organizationId", organization}},
               {.token = ada})
              .body.at("id");
    // As if it had been submitted: the review of the organization is open.
    const auto id = policy::ApplicationId::parse(app).value();
    store->write_and_wait([&](storage::Transaction& transaction) {
      auto record = policy::kApplications.get(transaction, id.octets()).value();
      record.state = policy::ApplicationState::in_review;
      record.revision = 1;
      record.gate(policy::GateName::org_vetting)->state = policy::GateState::waiting_ca;
      policy::store_application(transaction, record);
    });
  }
  ApiReply look_up() {
    return ask("POST", "/desk/applications/" + app + ":look-up-registrant", "", {.token = eve});
  }
  /// Whether the step is still asked for.
  bool is_missing() {
    const json steps = get("/desk/applications/" + app, eve).body.at("checklist");
    for (const json& each : steps) {
      if (each.at("step") == "registrant_match") return each.at("missing");
    }
    ADD_FAILURE() << "the step is not there";
    return false;
  }
  ApiReply pass() {
    return send("PUT", "/desk/applications/" + app + "/steps/registrant_match",
                json{{"result", "passed"}, {"source", "a letter of the registry"}}, {.token = eve});
  }

  ToldRegistry registry;
  std::string app;
};

// ALI-08: the registrant is the applicant; the answer is kept as evidence.
TEST_F(ApiRegistrants, PassTheStepWhereTheyAreTheApplicant) {
  registry.names = {"CITY OF EXAMPLE"};
  EXPECT_TRUE(is_missing());
  const ApiReply looked = look_up();
  ASSERT_EQ(looked.status, 200U) << looked.response.body;
  EXPECT_THAT(registry.asked, ElementsAre("city.gov"));
  EXPECT_FALSE(is_missing());
  const json looks = get("/desk/applications/" + app + "/registrants", eve).body.at("items");
  ASSERT_EQ(looks.size(), 1U);
  EXPECT_EQ(looks[0].at("verdict"), "same");
  EXPECT_EQ(looks[0].at("url"), "https://rdap.example/domain/city.gov");
  const std::string auditor = token(std::nullopt, Role::auditor);
  const ApiReply bundle = get("/audit/applications/" + app + "/bundle", auditor);
  EXPECT_TRUE(bundle.response.body.contains(R"({"ldhName":"city.gov"})"));
  EXPECT_TRUE(bundle.response.body.contains("registrants/"));
}

// ALI-08: a mismatch blocks, until the registry says otherwise.
TEST_F(ApiRegistrants, BlockWhereTheyAreSomebodyElse) {
  registry.names = {"Village of Elsewhere"};
  ASSERT_EQ(look_up().status, 200U);
  EXPECT_TRUE(is_missing());
  EXPECT_EQ(pass().code(), "evidenceMissing");
  registry.names = {"City of Example"};
  ASSERT_EQ(look_up().status, 200U);
  EXPECT_FALSE(is_missing());
  EXPECT_EQ(pass().status, 200U);
  EXPECT_EQ(get("/desk/applications/" + app + "/registrants", eve).body.at("items").size(), 2U);
}

// The names may change while a registry is asked: its answer is for the domain it was asked for.
TEST_F(ApiRegistrants, AreNotNotedForAnotherDomain) {
  registry.names = {"City of Example"};
  registry.told_of = "village.gov";
  EXPECT_EQ(look_up().code(), "stateConflict");
  EXPECT_TRUE(is_missing());
}

// ALI-08: what no registry publishes is found out by a person.
TEST_F(ApiRegistrants, LeaveToAPersonWhatIsNotPublished) {
  ASSERT_EQ(look_up().status, 200U);
  EXPECT_TRUE(is_missing());
  EXPECT_EQ(pass().status, 200U);
  EXPECT_FALSE(is_missing());
}

TEST_F(ApiRegistrants, AreAskedForByReviewersOfNamesThatNeedIt) {
  EXPECT_EQ(
      ask("POST", "/desk/applications/" + app + ":look-up-registrant", "", {.token = ada}).status,
      403U);
  const std::string other = draft(ada);
  const ApiReply refused =
      ask("POST", "/desk/applications/" + other + ":look-up-registrant", "", {.token = eve});
  EXPECT_EQ(refused.status, 422U);
  api.emplace(context());
  EXPECT_EQ(look_up().code(), "stateConflict") << "no registry is known";
}

class ApiLookups : public ApiAsking {
 protected:
  ApiLookups() {
    Context with = context();
    with.lookups.emplace(zones.ports());
    api.emplace(with);
  }
  tests::FakeZones zones;
};

// TCG-37
TEST_F(ApiLookups, TellWhoServesADomain) {
  zones.set_name_servers("example.com", {"f1g1ns1.dnspod.net"});
  zones.set_name_servers("www.example.com", {});
  const ApiReply found = get("/tools/dns-provider", ada, "name=www.example.com");
  ASSERT_EQ(found.status, 200U) << found.response.body;
  EXPECT_EQ(found.body.at("provider"), "DNSPod");
  for (const char* bad : {"", "name=", "name=*.example.com", "name=192.0.2.1"}) {
    EXPECT_EQ(get("/tools/dns-provider", ada, bad).status, 422U) << bad;
  }
}

TEST_F(ApiLookups, JudgeCaaRecords) {
  const auto check = [&](const std::string& name) {
    return send("POST", "/tools/caa-check", json{{"name", name}}, {.token = ada});
  };
  EXPECT_EQ(check("www.example.com").body.at("permitted"), true);
  zones.forbid("www.example.com");
  EXPECT_EQ(check("www.example.com").body.at("permitted"), false);
  EXPECT_EQ(check("192.0.2.1").pointers(), std::vector<std::string>{"/name"});
}

// TCG-39 P-09
TEST_F(ApiLookups, SayWhatToMendFirst) {
  zones.forbid("www.example.com");
  const ApiReply found =
      send("POST", "/tools/dcv-diagnose", json{{"name", "www.example.com"}}, {.token = ada});
  ASSERT_EQ(found.status, 200U) << found.response.body;
  EXPECT_EQ(found.body.at("verdict"), "caa_forbids");
  EXPECT_FALSE(found.body.at("hint").get<std::string>().empty());
  // Of others' applications, and of those that ask for nothing yet, there is nothing to see.
  const std::string stranger = token(tenant("Other Ltd"), Role::org_admin);
  const std::string app = draft(ada);
  for (const std::string& who : {ada, stranger}) {
    EXPECT_EQ(send("POST", "/tools/dcv-diagnose",
                   json{{"name", "www.example.com"}, {"applicationId", app}}, {.token = who})
                  .pointers(),
              std::vector<std::string>{"/applicationId"});
  }
  api.emplace(context());
  EXPECT_EQ(
      send("POST", "/tools/dcv-diagnose", json{{"name", "www.example.com"}}, {.token = ada}).code(),
      "stateConflict")
      << "a server that looks nothing up";
}

// RFC 8657: CAA may name the customer, whoever of the authority looks.
TEST_F(ApiLookups, JudgeForTheCustomerOfTheApplication) {
  const std::string app = draft(ada);
  policy::Product product = policy::Catalog().default_product();
  policy::ControlOrder order{policy::ApplicationId::parse(app).value(),
                             own,
                             std::nullopt,
                             "",
                             &product,
                             {ca::DnsName::parse("shop.example.com").value()},
                             {},
                             clock.seconds() + std::chrono::days(7)};
  const auto opened = store->write_and_wait([&](storage::Transaction& transaction) {
    return policy::open_control(transaction, {}, order, random, clock.seconds());
  });
  ASSERT_TRUE(opened.has_value()) << opened.error().detail;
  const ApiReply found =
      send("POST", "/tools/dcv-diagnose",
           json{{"name", "shop.example.com"}, {"applicationId", app}}, {.token = eve});
  ASSERT_EQ(found.status, 200U) << found.response.body;
  EXPECT_THAT(zones.questions(),
              testing::Contains(testing::HasSubstr("CAA shop.example.com as acct:" + own.text())));
}

}  // namespace
}  // namespace server::api
