// What an account did before and need not do again.
#include "acme/records/authorization_record.h"
#include "tests/scenario/world.h"

namespace tests {
namespace {

constexpr const char* kDeactivate = R"({"status":"deactivated"})";
constexpr std::chrono::hours kDay{24};

/// An order for these names that has been issued.
ClientOrder issued_order(World& world,
                         const JwsClient& client,
                         const std::vector<std::string>& names) {
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  const ClientOrder order = ready_order(world, client, names);
  body_of(world.post(client, order.finalize(), csr_payload(*key, names)));
  world.work();
  EXPECT_EQ(read(world, client, order.url)["status"], "valid");
  return order;
}

// RFC8555-7.4 BR-4.2.1
TEST(AuthorizationReuse, MakesTheNextOrderReadyAtOnce) {
  World world;
  const JwsClient client = registered(world);
  const ClientOrder first = issued_order(world, client, {"a.example"});
  world.clock.advance(5 * kDay);
  const ClientOrder second = ordered(world, client, {"a.example"});
  EXPECT_NE(second.url, first.url);
  EXPECT_EQ(second.body["status"], "ready");
  EXPECT_EQ(second.body["authorizations"], first.body["authorizations"]);
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  body_of(world.post(client, second.finalize(), csr_payload(*key, {"a.example"})));
  world.work();
  EXPECT_EQ(read(world, client, second.url)["status"], "valid");
  EXPECT_EQ(world.fetcher.requests().size(), 1);
}

TEST(AuthorizationReuse, AsksOnlyForWhatIsNew) {
  World world;
  const JwsClient client = registered(world);
  const ClientOrder first = issued_order(world, client, {"b.example"});
  const ClientOrder second = ordered(world, client, {"a.example", "b.example"});
  EXPECT_EQ(second.body["status"], "pending");
  EXPECT_NE(second.authorization(0), first.authorization(0));
  EXPECT_EQ(second.authorization(1), first.authorization(0));
  EXPECT_EQ(read(world, client, second.authorization(0))["status"], "pending");
}

// BR-3.2.2.4 V-33
TEST(AuthorizationReuse, NeverCrossesAccounts) {
  World world;
  const JwsClient client = registered(world);
  issued_order(world, client, {"a.example"});
  EXPECT_EQ(ordered(world, registered(world), {"a.example"}).body["status"], "pending");
}

TEST(AuthorizationReuse, IsForExactlyTheName) {
  World world;
  const JwsClient client = registered(world);
  issued_order(world, client, {"a.example"});
  for (const char* name : {"b.a.example", "example.example", "aa.example"}) {
    EXPECT_EQ(ordered(world, client, {name}).body["status"], "pending") << name;
  }
}

// BR-4.2.1: 720 hours for this product, of which an eighth of the order's week must be left.
TEST(AuthorizationReuse, EndsWhenTooLittleIsLeft) {
  World world;
  const JwsClient client = registered(world);
  const ClientOrder first = issued_order(world, client, {"a.example"});
  world.clock.advance(std::chrono::hours(720 - 21));
  const ClientOrder last = ordered(world, client, {"a.example"});
  EXPECT_EQ(last.body["status"], "ready");
  EXPECT_EQ(last.body["expires"], "2026-12-31T00:00:00Z") << "not later than its authorization";
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  body_of(world.post(client, last.finalize(), csr_payload(*key, {"a.example"})));
  world.work();
  world.clock.advance(std::chrono::seconds(1));
  const ClientOrder late = ordered(world, client, {"a.example"});
  EXPECT_EQ(late.body["status"], "pending");
  EXPECT_NE(late.authorization(0), first.authorization(0));
}

// BR-4.2.1 V-50: the limit falls to 10 days on 2029-03-15.
TEST(AuthorizationReuse, KeepsTheLimitOfTheDay) {
  World world;
  world.clock.advance(ca::Time(std::chrono::sys_days{std::chrono::year{2029} / 3 / 1}) -
                      world.clock.seconds());
  const JwsClient client = registered(world);
  const ClientOrder before = ready_order(world, client, {"a.example"});
  EXPECT_EQ(read(world, client, before.authorization(0))["expires"], "2029-03-14T23:59:59Z");
  world.clock.advance(20 * kDay);
  const ClientOrder after = ready_order(world, client, {"a.example"});
  EXPECT_NE(after.authorization(0), before.authorization(0));
  EXPECT_EQ(read(world, client, after.authorization(0))["expires"], "2029-03-31T00:00:00Z");
}

// BR-4.2.1: age counts at the signing act, whatever an earlier rulebook wrote as expiry.
TEST(AuthorizationReuse, IsJudgedAgainWhenTheCertificateIsSigned) {
  World world;
  const JwsClient client = registered(world);
  const ClientOrder order = ready_order(world, client, {"a.example"});
  const std::string url = order.authorization(0);
  const auto id = acme::AuthorizationId::parse(url.substr(url.rfind('/') + 1)).value();
  world.store->write_and_wait([&](storage::Transaction& transaction) {
    auto record = acme::kAuthorizations.get(transaction, id.octets()).value();
    record.challenges.front().validated_at = world.clock.seconds() - 201 * kDay;
    acme::kAuthorizations.put(transaction, id.octets(), record);
  });
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  body_of(world.post(client, order.finalize(), csr_payload(*key, {"a.example"})));
  world.work();
  const Json ended = read(world, client, order.url);
  EXPECT_EQ(ended["status"], "invalid");
  EXPECT_EQ(ended["error"]["type"], "urn:ietf:params:acme:error:unauthorized");
  const std::string detail = ended["error"]["detail"];
  EXPECT_NE(detail.find("too old"), std::string::npos) << detail;
}

// RFC8555-7.5.2
TEST(AuthorizationReuse, EndsWithDeactivationForEveryOrderThatHoldsIt) {
  World world;
  const JwsClient client = registered(world);
  const ClientOrder done = issued_order(world, client, {"a.example"});
  const ClientOrder ready = ordered(world, client, {"a.example"});
  const ClientOrder pending = ordered(world, client, {"a.example", "b.example"});
  body_of(world.post(client, done.authorization(0), kDeactivate));
  EXPECT_EQ(read(world, client, done.url)["status"], "valid") << "valid is final";
  EXPECT_EQ(read(world, client, ready.url)["status"], "invalid");
  EXPECT_EQ(read(world, client, pending.url)["status"], "invalid");
  const ClientOrder fresh = ordered(world, client, {"a.example"});
  EXPECT_EQ(fresh.body["status"], "pending");
  EXPECT_NE(fresh.url, ready.url);
}

// RFC8555-7.5.2 acme-2.7e
TEST(AuthorizationReuse, IsNotTakenFromAnotherOrderThatIsBeingIssued) {
  World world;
  const JwsClient client = registered(world);
  issued_order(world, client, {"a.example"});
  const ClientOrder second = ordered(world, client, {"a.example"});
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  body_of(world.post(client, second.finalize(), csr_payload(*key, {"a.example"})));
  const auto refused = world.post(client, second.authorization(0), kDeactivate);
  refusal_of(refused, ProblemType::conflict);
  EXPECT_EQ(refused.error().location(), second.url);
  world.work();
  EXPECT_EQ(read(world, client, second.url)["status"], "valid");
}

// WIR-28
TEST(OrderReuse, GivesOutAPendingOrReadyOrderAgain) {
  World world;
  const JwsClient client = registered(world);
  const ClientOrder pending = ordered(world, client, {"b.example", "a.example"});
  EXPECT_EQ(ordered(world, client, {"a.example", "B.example"}).url, pending.url);
  const ClientOrder ready = ready_order(world, client, {"a.example", "b.example"});
  EXPECT_EQ(ready.url, pending.url);
  const ClientOrder again = ordered(world, client, {"a.example", "b.example"});
  EXPECT_EQ(again.url, pending.url);
  EXPECT_EQ(again.body["status"], "ready");
  EXPECT_EQ(read(world, client, client.account().value() + "/orders")["orders"].size(), 1);
}

// WIR-28: its certificate would be for another key than the client now has.
TEST(OrderReuse, NeverGivesOutAnOrderThatWasFinalized) {
  World world;
  const JwsClient client = registered(world);
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  const ClientOrder order = ready_order(world, client, {"a.example"});
  body_of(world.post(client, order.finalize(), csr_payload(*key, {"a.example"})));
  const ClientOrder second = ordered(world, client, {"a.example"});
  EXPECT_NE(second.url, order.url);
  world.work();
  EXPECT_EQ(ordered(world, client, {"a.example"}).url, second.url);
}

TEST(OrderReuse, IsForTheSameAccountAndTheSameNames) {
  World world;
  const JwsClient client = registered(world);
  const ClientOrder order = ordered(world, client, {"a.example"});
  EXPECT_NE(ordered(world, client, {"a.example", "b.example"}).url, order.url);
  EXPECT_NE(ordered(world, client, {"b.example"}).url, order.url);
  EXPECT_NE(ordered(world, registered(world), {"a.example"}).url, order.url);
}

TEST(OrderReuse, EndsWithAFailedChallenge) {
  World world;
  const JwsClient client = registered(world);
  const ClientOrder order = ordered(world, client, {"a.example"});
  world.fetcher.prepare("a.example", [](const std::string& path) {
    return acme::FetchedBody{"no", "http://a.example" + path, {}};
  });
  body_of(world.post(client, challenge_of(world, client, order, 0), "{}"));
  world.work();
  EXPECT_NE(ordered(world, client, {"a.example"}).url, order.url);
}

TEST(OrderReuse, LeavesTheClientEnoughTime) {
  World world;
  const JwsClient client = registered(world);
  const ClientOrder order = ordered(world, client, {"a.example"});
  world.clock.advance(std::chrono::hours(168 - 21));
  EXPECT_EQ(ordered(world, client, {"a.example"}).url, order.url);
  world.clock.advance(std::chrono::seconds(1));
  EXPECT_NE(ordered(world, client, {"a.example"}).url, order.url);
}

TEST(OrderReuse, SurvivesARestart) {
  World world;
  const JwsClient client = registered(world);
  const ClientOrder order = ordered(world, client, {"a.example"});
  world.restart();
  EXPECT_EQ(ordered(world, client, {"a.example"}).url, order.url);
}

TEST(OrderReuse, GivesParallelRequestsOneOrder) {
  World world;
  const JwsClient client = registered(world);
  std::vector<boost::asio::awaitable<acme::Result<acme::Reply>>> posts;
  for (int i = 0; i < 8; ++i) {
    posts.push_back(world.prepared(client, world.url(acme::paths::kNewOrder),
                                   R"({"identifiers":[{"type":"dns","value":"a.example"}]})"));
  }
  const auto replies = World::run_together(std::move(posts));
  for (const auto& reply : replies) {
    EXPECT_EQ(reply.value().location, replies.front().value().location);
  }
}

}  // namespace
}  // namespace tests
