// The public list of registration agencies over the API (EVG 3.2.2.1.3).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policy/agencies/load.h"
#include "tests/support/api_world.h"
#include "tests/support/test_agencies.h"

namespace server::api {
namespace {

using nlohmann::json;
using testing::IsEmpty;
using testing::SizeIs;
using tests::ApiReply;

class ApiAgencies : public testing::Test, public tests::ApiWorld {
 protected:
  void put(policy::AgencyList list, std::uint64_t version) {
    list.version = version;
    store->write_and_wait([&](storage::Transaction& transaction) {
      tests::put_agencies(transaction, list, clock.seconds());
    });
  }
  ApiReply list(const std::string& query = "") {
    return ask("GET", "/registration-agencies", "", {.query = query});
  }
};

// E-3 EVG-3.2.2.1.3: without a token, in every version, each with its number and its date.
TEST_F(ApiAgencies, AreToldToEverybodyInEveryVersion) {
  EXPECT_THAT(list().body.at("items"), IsEmpty());
  const auto shipped = policy::load_agencies(policy::shipped_agencies().front()).value().back();
  put(shipped, 1);
  clock.advance(std::chrono::days(1));
  policy::AgencyList second = tests::test_agencies();
  second.from = kNow + std::chrono::days(30);
  put(second, 2);
  const ApiReply reply = list();
  ASSERT_EQ(reply.status, 200U);
  const json& items = reply.body.at("items");
  ASSERT_THAT(items, SizeIs(2));
  EXPECT_EQ(items[0].at("version"), 2);
  EXPECT_EQ(items[0].at("inForce"), false);
  EXPECT_EQ(items[0].at("from"), "2026-12-31T00:00:00Z");
  EXPECT_EQ(items[1].at("inForce"), true);
  EXPECT_EQ(items[1].at("disclosedAt"), "2026-12-01T00:00:00Z");
  EXPECT_EQ(items[1].at("from"), "2026-03-15T00:00:00Z");
  ASSERT_THAT(items[1].at("agencies"), SizeIs(shipped.agencies.size()));
  for (const json& each : items[1].at("agencies")) {
    if (each.at("id") != "fr-rne") continue;
    EXPECT_EQ(each.at("country"), "FR");
    EXPECT_EQ(each.at("numberForms"), json::parse(R"([{"name":"SIREN","form":"999999999"}])"));
  }
  clock.advance(std::chrono::days(30));
  EXPECT_EQ(list().body.at("items")[0].at("inForce"), true);
}

TEST_F(ApiAgencies, AreListedByPageTheNewestFirst) {
  for (const std::uint64_t version : {1U, 2U, 3U}) put(tests::test_agencies(), version);
  const ApiReply first = list("limit=2");
  ASSERT_EQ(first.status, 200U) << first.response.body;
  ASSERT_THAT(first.body.at("items"), SizeIs(2));
  EXPECT_EQ(first.body.at("items")[0].at("version"), 3);
  const ApiReply rest = list("limit=2&cursor=" + first.body.at("next").get<std::string>());
  ASSERT_EQ(rest.status, 200U) << rest.response.body;
  ASSERT_THAT(rest.body.at("items"), SizeIs(1));
  EXPECT_EQ(rest.body.at("items")[0].at("version"), 1);
  EXPECT_FALSE(rest.body.contains("next"));
  EXPECT_EQ(list("fields=version").body.at("items")[0], json::parse(R"({"version":3})"));
}

}  // namespace
}  // namespace server::api
