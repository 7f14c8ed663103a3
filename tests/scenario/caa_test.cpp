// CAA, when control is proven and once more before a certificate is signed.
#include <algorithm>

#include "acme/order.h"
#include "acme/validation/caa_report.h"
#include "tests/scenario/world.h"

namespace tests {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

const std::vector<acme::CaaRecord> kOurs{{0, "issue", "ca.example"}};
const std::vector<acme::CaaRecord> kTheirs{{0, "issue", "other.example"}};

acme::LoadedOrder stored(World& world, const std::string& url) {
  const auto id = acme::OrderId::parse(url.substr(url.rfind('/') + 1)).value();
  return world.store->read([&](const storage::Snapshot& snapshot) {
    return acme::load_order(snapshot, id, world.clock.seconds()).value();
  });
}

/// A CA that records can name.
class Caa : public testing::Test {
 protected:
  Caa() { world.meta.caa_identities = {"ca.example"}; }

  /// Tries http-01 for `name` and returns the challenge as it ended.
  Json attempted(const std::string& name = "a.example") {
    const ClientOrder order = ordered(world, client, {name});
    world.fetcher.serve_challenges(name, client.thumbprint());
    const std::string url = challenge_of(world, client, order, 0);
    body_of(world.post(client, url, "{}"));
    world.work();
    EXPECT_EQ(read(world, client, order.url)["status"],
              read(world, client, url)["status"] == "valid" ? "ready" : "invalid");
    return read(world, client, url);
  }
  Json finalized(const ClientOrder& order, const std::vector<std::string>& names) {
    body_of(world.post(client, order.finalize(), csr_payload(*key, names)));
    world.work();
    return read(world, client, order.url);
  }

  World world;
  JwsClient client = registered(world);
  std::unique_ptr<ca::Signer> key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
};

// BR-3.2.2.8 RFC8555-6.7
TEST_F(Caa, EndsTheAttemptOfANameWhoseRecordsNameAnotherCa) {
  world.dns.set_caa("example", kTheirs);
  const Json challenge = attempted();
  EXPECT_EQ(challenge["status"], "invalid");
  EXPECT_EQ(challenge["error"]["type"], "urn:ietf:params:acme:error:caa");
  EXPECT_EQ(challenge["error"]["detail"],
            "the CAA records of \"example\" do not permit this certificate for \"a.example\": 0 "
            "issue \"other.example\" names another CA; expected \"ca.example\"");
}

// T-A5
TEST_F(Caa, EndsTheAttemptOfANameWhoseRecordsCannotBeRead) {
  world.dns.fail("a.example", "the answer was SERVFAIL");
  const Json challenge = attempted();
  EXPECT_EQ(challenge["status"], "invalid");
  EXPECT_EQ(challenge["error"]["type"], "urn:ietf:params:acme:error:caa");
}

TEST_F(Caa, IsNotAskedForANameThatIsNotProven) {
  const ClientOrder order = ordered(world, client, {"a.example"});
  world.fetcher.prepare("a.example", [](const std::string& path) {
    return acme::FetchedBody{"wrong", "http://a.example" + path, {}};
  });
  body_of(world.post(client, challenge_of(world, client, order, 0), "{}"));
  world.work();
  EXPECT_TRUE(world.dns.questions().empty());
}

// C-6 RFC8657-3 RFC8657-4
TEST_F(Caa, IsJudgedForTheAccountAndTheMethodAtHand) {
  const std::string ours = "ca.example; accounturi=" + client.account().value();
  const std::string others = "ca.example; accounturi=" + registered(world).account().value();
  const std::pair<std::string, const char*> rows[] = {
      {ours, "valid"},
      {others, "invalid"},
      {"ca.example; validationmethods=http-01", "valid"},
      {"ca.example; validationmethods=dns-01", "invalid"},
      {ours + "; validationmethods=dns-01,http-01", "valid"},
  };
  int number = 0;
  for (const auto& [value, status] : rows) {
    SCOPED_TRACE(value);
    const std::string name = "n" + std::to_string(++number) + ".example";
    world.dns.set_caa(name, {{0, "issue", value}});
    EXPECT_EQ(attempted(name)["status"], status);
  }
}

// RFC8659-4.3
TEST_F(Caa, JudgesAWildcardByIssuewild) {
  world.dns.set_caa("a.example", {{0, "issue", "ca.example"}, {0, "issuewild", ";"}});
  const ClientOrder order = ordered(world, client, {"*.a.example", "a.example"});
  for (const std::size_t i : {0U, 1U}) {
    answer_dns_01(world, client, order, i, "a.example");
    world.work();
  }
  EXPECT_EQ(read(world, client, order.authorization(0))["status"], "invalid");
  EXPECT_EQ(read(world, client, order.authorization(1))["status"], "valid");
}

std::size_t reports_in(World& world) {
  return world.store->read([](const storage::Snapshot& snapshot) {
    std::size_t count = 0;
    snapshot.scan(acme::kCaaReports.name(), "", [&](std::string_view, std::string_view) {
      ++count;
      return storage::Scan::proceed;
    });
    return count;
  });
}

// RFC8659-4.4 C-8
TEST_F(Caa, TellsWhomTheRecordsNameIfTheOperatorWantsThat) {
  world.dns.set_caa("example", {{0, "issue", "other.example"}, {0, "iodef", "mailto:a@b.example"}});
  const Json without = attempted("a.example");
  EXPECT_EQ(reports_in(world), 0U);
  const acme::CaaReporting reporting{.ca = "https://ca.example"};
  world.services->caa_reporting = &reporting;
  const Json with = attempted("b.example");
  EXPECT_EQ(reports_in(world), 1U);
  EXPECT_EQ(with["error"]["type"], without["error"]["type"]);
  EXPECT_EQ(attempted("c.example")["status"], "invalid");
  EXPECT_EQ(reports_in(world), 1U);
}

// BR-5.4.1 A-12 T-B14
TEST_F(Caa, IsKeptWithTheAttemptAndItsTime) {
  world.dns.set_caa("example", kOurs);
  const ClientOrder order = ready_order(world, client, {"a.example"});
  EXPECT_EQ(stored(world, order.url).authorizations.at(0).challenges.at(0).caa,
            (acme::CaaEvidence{world.clock.seconds(),
                               "CAA of example: 0 issue \"ca.example\"; not signed"}));
}

// BR-4.2.2.1 C-4 T-A4
TEST_F(Caa, IsLookedUpAgainWhenItIsOlderThanSevenHours) {
  for (const seconds age : {seconds(hours(7)) - seconds(1), seconds(hours(7)),
                            seconds(hours(7)) + seconds(1), seconds(hours(24))}) {
    SCOPED_TRACE(age.count());
    const bool is_old = age > hours(7);
    const std::string name = "n" + std::to_string(age.count()) + ".example";
    const ClientOrder order = ready_order(world, client, {name});
    world.dns.forget_questions();
    world.clock.advance(age);
    EXPECT_EQ(finalized(order, {name})["status"], "valid");
    EXPECT_EQ(world.dns.questions().size(), is_old ? 2 : 0);
    const acme::LoadedOrder after = stored(world, order.url);
    ASSERT_EQ(after.record.caa.size(), is_old ? 1 : 0);
    if (is_old) EXPECT_EQ(after.record.caa.at(0).checked_at, world.clock.seconds());
  }
}

// BR-4.2.2.1: an authorization counts for weeks, what CAA said with it does not.
TEST_F(Caa, OfAnAuthorizationThatIsUsedAgainIsLookedUpAgain) {
  const ClientOrder first = ready_order(world, client, {"a.example"});
  EXPECT_EQ(finalized(first, {"a.example"})["status"], "valid");
  world.clock.advance(hours(24));
  const ClientOrder second = ordered(world, client, {"a.example"});
  ASSERT_EQ(second.body["status"], "ready");
  EXPECT_EQ(finalized(second, {"a.example"})["status"], "valid");
  EXPECT_EQ(stored(world, second.url).record.caa.at(0).checked_at, world.clock.seconds());
  world.clock.advance(hours(24));
  world.dns.set_caa("a.example", kTheirs);
  const ClientOrder third = ordered(world, client, {"a.example"});
  ASSERT_EQ(third.body["status"], "ready");
  EXPECT_EQ(finalized(third, {"a.example"})["error"]["type"], "urn:ietf:params:acme:error:caa");
}

// T-B10: no name can be looked up any more. What was proven is signed for as long as what CAA said
// with it counts; nothing else is, and the CA answers.
TEST_F(Caa, LetsFreshOrdersThroughWhenTheResolverIsDead) {
  const ClientOrder fresh = ready_order(world, client, {"fresh.example"});
  const ClientOrder aged = ready_order(world, client, {"aged.example"});
  for (const char* name : {"fresh.example", "aged.example", "new.example", "example"}) {
    world.dns.fail(name, "the resolver does not answer");
  }
  EXPECT_EQ(finalized(fresh, {"fresh.example"})["status"], "valid");
  const Json challenge = attempted("new.example");
  EXPECT_EQ(challenge["status"], "invalid");
  EXPECT_NE(challenge["error"]["detail"].get<std::string>().find("the resolver does not answer"),
            std::string::npos)
      << "the cause is told";
  world.clock.advance(hours(8));
  const Json ended = finalized(aged, {"aged.example"});
  EXPECT_EQ(ended["status"], "invalid");
  EXPECT_FALSE(ended.contains("certificate"));
  EXPECT_EQ(read(world, client, fresh.url)["status"], "valid");
  // It comes back: nobody has to do anything.
  for (const char* name : {"aged.example", "example"}) world.dns.answer_again(name);
  const ClientOrder again = ordered(world, client, {"aged.example"});
  EXPECT_EQ(again.body["status"], "ready");
  EXPECT_EQ(finalized(again, {"aged.example"})["status"], "valid");
}

// T-A1: an order with several aged names, of which any one forbids.
TEST_F(Caa, RefusesByTheNameThatForbidsAndAsksForEach) {
  const std::vector<std::string> names{"a.example", "b.example", "c.example", "d.example"};
  for (const std::string& forbidden : names) {
    SCOPED_TRACE(forbidden);
    client = registered(world);  // another account uses nothing again
    const ClientOrder order = ready_order(world, client, names);
    world.clock.advance(hours(8));
    world.dns.forget_questions();
    world.dns.set_caa(forbidden, kTheirs);
    const Json ended = finalized(order, names);
    EXPECT_EQ(ended["status"], "invalid");
    EXPECT_FALSE(ended.contains("certificate"));
    EXPECT_EQ(ended["error"]["type"], "urn:ietf:params:acme:error:caa");
    ASSERT_EQ(ended["error"]["subproblems"].size(), 1);
    EXPECT_EQ(ended["error"]["subproblems"][0]["type"], "urn:ietf:params:acme:error:caa");
    EXPECT_EQ(ended["error"]["subproblems"][0]["identifier"]["value"], forbidden);
    for (const std::string& name : names) {
      EXPECT_EQ(std::ranges::count(world.dns.questions(), "CAA " + name), 1) << name;
    }
    world.dns.set_caa(forbidden, {});
  }
}

// RFC8555-6.7.1
TEST_F(Caa, NamesEveryNameThatForbids) {
  const std::vector<std::string> names{"a.example", "b.example", "c.example"};
  const ClientOrder order = ready_order(world, client, names);
  world.clock.advance(hours(8));
  world.dns.set_caa("a.example", kTheirs);
  world.dns.fail("c.example", "no answer came within 5 s");
  const Json error = finalized(order, names)["error"];
  EXPECT_EQ(error["detail"], "CAA does not permit 2 of the 3 identifiers; see the subproblems");
  ASSERT_EQ(error["subproblems"].size(), 2);
  EXPECT_EQ(error["subproblems"][0]["identifier"]["value"], "a.example");
  EXPECT_EQ(error["subproblems"][1]["identifier"]["value"], "c.example");
}

TEST_F(Caa, OfTheOnlyNameIsTheErrorOfTheOrder) {
  const ClientOrder order = ready_order(world, client, {"a.example"});
  world.clock.advance(hours(8));
  world.dns.set_caa("a.example", kTheirs);
  const Json ended = finalized(order, {"a.example"});
  EXPECT_EQ(ended["status"], "invalid");
  EXPECT_EQ(ended["error"]["type"], "urn:ietf:params:acme:error:caa");
  EXPECT_FALSE(ended["error"].contains("subproblems"));
}

// RFC8657-4: the method of the name's own challenge, not that of its neighbour.
TEST_F(Caa, IsLookedUpAgainWithEachNamesOwnMethod) {
  world.dns.set_caa("a.example", {{0, "issuewild", "ca.example; validationmethods=dns-01"},
                                  {0, "issue", "ca.example; validationmethods=http-01"}});
  ClientOrder order = ordered(world, client, {"*.a.example", "a.example"});
  answer_dns_01(world, client, order, 0, "a.example");
  world.fetcher.serve_challenges("a.example", client.thumbprint());
  const Json http = challenge_of_type(world, client, order, 1, "http-01");
  body_of(world.post(client, http["url"], "{}"));
  world.work();
  world.clock.advance(hours(8));
  EXPECT_EQ(finalized(order, {"*.a.example", "a.example"})["status"], "valid");
}

}  // namespace
}  // namespace tests
