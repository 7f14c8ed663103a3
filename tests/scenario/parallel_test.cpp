// Many at once: exactly one winner, nobody poisons anybody.
#include <algorithm>
#include <set>

#include "ca/ledger.h"
#include "tests/scenario/world.h"

namespace tests {
namespace {

constexpr std::size_t kParallel = 32;

using Posts = std::vector<boost::asio::awaitable<acme::Result<acme::Reply>>>;

// T-B6
TEST(Parallel, NewAccountsWithOneKeyAreOneAccount) {
  World world;
  const JwsClient client;
  Posts posts;
  for (std::size_t i = 0; i < kParallel; ++i) {
    posts.push_back(world.prepared(client, world.url(acme::paths::kNewAccount), "{}"));
  }
  std::set<std::string> locations;
  std::size_t created = 0;
  for (const auto& reply : World::run_together(std::move(posts))) {
    locations.insert(reply.value().location.value());
    created += reply->outcome == acme::Outcome::created;
  }
  EXPECT_EQ(created, 1);
  EXPECT_EQ(locations.size(), 1);
}

// T-B6
TEST(Parallel, ChallengePostsLeadToOneAttempt) {
  World world;
  const JwsClient client = registered(world);
  const ClientOrder order = ordered(world, client, {"a.example"});
  const std::string url = challenge_of(world, client, order, 0);
  world.fetcher.serve_challenges("a.example", client.thumbprint());
  Posts posts;
  for (std::size_t i = 0; i < kParallel; ++i) posts.push_back(world.prepared(client, url, "{}"));
  for (const auto& reply : World::run_together(std::move(posts))) {
    EXPECT_EQ(body_of(reply)["status"], "processing");
  }
  world.work();
  EXPECT_EQ(world.fetcher.requests().size(), 1);
  EXPECT_EQ(read(world, client, url)["status"], "valid");
}

// T-B6 acme-3.10.2
TEST(Parallel, FinalizesHaveOneWinnerWhoGetsTheCertificate) {
  World world;
  const JwsClient client = registered(world);
  const ClientOrder order = ready_order(world, client, {"a.example"});
  Posts posts;
  for (std::size_t i = 0; i < kParallel; ++i) {
    const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
    posts.push_back(world.prepared(client, order.finalize(), csr_payload(*key, {"a.example"})));
  }
  std::size_t winners = 0;
  for (const auto& reply : World::run_together(std::move(posts))) {
    if (reply) {
      ++winners;
      EXPECT_EQ(body_of(reply)["status"], "processing");
    } else {
      refusal_of(reply, ProblemType::order_not_ready);
      EXPECT_EQ(reply.error().location(), order.url);
    }
  }
  EXPECT_EQ(winners, 1);
  world.work();
  EXPECT_EQ(read(world, client, order.url)["status"], "valid");
  std::size_t entries = 0;
  world.store->read([&](const storage::Snapshot& snapshot) {
    ca::Ledger::for_each(snapshot, "", [&](const ca::LedgerEntry&) {
      ++entries;
      return storage::Scan::proceed;
    });
  });
  EXPECT_EQ(entries, 1);
}

// T-B6
TEST(Parallel, FinalizeAndDeactivationOfItsAuthorizationExcludeEachOther) {
  World world;
  const JwsClient client = registered(world);
  for (int round = 0; round < 8; ++round) {
    const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
    const ClientOrder order = ready_order(world, client, {"a.example"});
    Posts posts;
    posts.push_back(world.prepared(client, order.finalize(), csr_payload(*key, {"a.example"})));
    posts.push_back(world.prepared(client, order.authorization(0), R"({"status":"deactivated"})"));
    const auto replies = World::run_together(std::move(posts));
    EXPECT_NE(replies[0].has_value(), replies[1].has_value());
    world.work();
    EXPECT_EQ(read(world, client, order.url)["status"], replies[0] ? "valid" : "invalid");
  }
}

// T-B6
TEST(Parallel, RevocationsHaveOneWinner) {
  World world;
  const JwsClient client = registered(world);
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  const Json order = issued(world, client, *key, {"a.example"});
  const std::string leaf = leaf_of(world, client, order["certificate"]);
  const std::string payload = R"({"certificate":")" + ca::base64url(leaf) + R"("})";
  Posts posts;
  for (std::size_t i = 0; i < kParallel; ++i) {
    posts.push_back(world.prepared(client, world.url(acme::paths::kRevokeCert), payload));
  }
  std::size_t winners = 0;
  for (const auto& reply : World::run_together(std::move(posts))) {
    if (reply) {
      ++winners;
    } else {
      refusal_of(reply, ProblemType::already_revoked);
    }
  }
  EXPECT_EQ(winners, 1);
}

}  // namespace
}  // namespace tests
