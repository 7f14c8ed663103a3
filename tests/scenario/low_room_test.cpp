// A store that is almost full: nothing new begins, and everything that was begun ends.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "ca/certificate.h"
#include "ca/crl.h"
#include "ca/crypto/encoding.h"
#include "storage/storage_error.h"
#include "tests/scenario/world.h"

namespace tests {
namespace {

constexpr storage::TableName kFiller{"filler"};
constexpr std::size_t kCertificates = 200;
constexpr std::size_t kNames = 100;

class LowRoom : public testing::Test {
 protected:
  using Posts = std::vector<boost::asio::awaitable<acme::Result<acme::Reply>>>;

  /// Leaves only the reserve.
  void fill() {
    for (; !world.store->is_low_on_room(); ++fillers) {
      world.store->write_and_wait([key = std::to_string(fillers)](storage::Transaction& rows) {
        rows.put(kFiller, key, std::string(200'000, 'f'));
      });
    }
  }
  void make_room() {
    world.store->write_and_wait([count = fillers](storage::Transaction& rows) {
      for (std::size_t i = 0; i < count; ++i) rows.erase(kFiller, std::to_string(i));
    });
  }

  /// Posts all at once, to share commits. Every one must succeed.
  static std::vector<acme::Reply> together(Posts posts) {
    std::vector<acme::Reply> replies;
    for (acme::Result<acme::Reply>& each : World::run_together(std::move(posts))) {
      body_of(each);
      replies.push_back(*std::move(each));
    }
    return replies;
  }

  void work_to_the_end() {
    while (world.work() > 0) {
    }
  }

  /// So many certificates, each for a name of its own.
  std::vector<std::string> issue(std::size_t count) {
    Posts orders;
    Posts challenges;
    Posts claims;
    std::vector<std::string> names;
    for (std::size_t i = 0; i < count; ++i) {
      names.push_back("a" + std::to_string(i) + ".example");
      world.fetcher.serve_challenges(names.back(), client.thumbprint());
      orders.push_back(
          world.prepared(client, world.url(acme::paths::kNewOrder),
                         R"({"identifiers":[{"type":"dns","value":")" + names.back() + R"("}]})"));
    }
    std::vector<ClientOrder> made;
    for (const acme::Reply& reply : together(std::move(orders))) {
      made.push_back({reply.location.value(), Json::parse(reply.body)});
    }
    for (const ClientOrder& order : made) {
      challenges.push_back(world.prepared(client, challenge_of(world, client, order, 0), "{}"));
    }
    together(std::move(challenges));
    work_to_the_end();
    for (std::size_t i = 0; i < count; ++i) {
      claims.push_back(world.prepared(client, made[i].finalize(), csr_payload(*key, {names[i]})));
    }
    together(std::move(claims));
    work_to_the_end();
    std::vector<std::string> leaves;
    for (const ClientOrder& order : made) {
      leaves.push_back(leaf_of(world, client, read(world, client, order.url)["certificate"]));
    }
    return leaves;
  }

  World world{{.map_bytes = std::uint64_t{32} << 20}};
  JwsClient client = registered(world);
  std::unique_ptr<ca::Signer> key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  std::size_t fillers = 0;
};

// T-G1
TEST_F(LowRoom, EndsAClaimedOrderOfManyNamesAndRevokesManyCertificates) {
  const std::vector<std::string> leaves = issue(kCertificates);
  std::vector<std::string> names;
  for (std::size_t i = 0; i < kNames; ++i) {
    names.push_back("n" + std::to_string(i) + "." + std::string(50, 'x') + ".example");
  }
  const ClientOrder order = ready_order(world, client, names);
  body_of(world.post(client, order.finalize(), csr_payload(*key, names)));
  fill();

  Posts revocations;
  for (const std::string& leaf : leaves) {
    revocations.push_back(world.prepared(client, world.url(acme::paths::kRevokeCert),
                                         R"({"certificate":")" + ca::base64url(leaf) + "\"}"));
  }
  together(std::move(revocations));
  work_to_the_end();
  world.clock.advance(std::chrono::hours(1));  // a CRL may wait for the one before to age
  work_to_the_end();

  EXPECT_TRUE(world.store->is_low_on_room());
  EXPECT_EQ(read(world, client, order.url)["status"], "valid");
  const std::string crl = world.store->read([&](const storage::Snapshot& snapshot) {
    return ca::newest_crl(snapshot, world.issuer->id()).value();
  });
  for (const std::string& leaf : leaves) {
    EXPECT_TRUE(crl.contains(ca::view_certificate(leaf).value().serial));
  }
}

// T-G1
TEST_F(LowRoom, BeginsNothingNewUntilThereIsRoomAgain) {
  const ClientOrder ready = ready_order(world, client, {"a.example"});
  const std::string claim = csr_payload(*key, {"a.example"});
  const std::string wanted = R"({"identifiers":[{"type":"dns","value":"b.example"}]})";
  const std::string new_account = world.url(acme::paths::kNewAccount);
  fill();

  EXPECT_THROW(registered(world), storage::StorageFull);
  EXPECT_THROW(world.post(client, world.url(acme::paths::kNewOrder), wanted), storage::StorageFull);
  EXPECT_THROW(world.post(client, ready.finalize(), claim), storage::StorageFull);
  EXPECT_EQ(read(world, client, ready.url)["status"], "ready");
  // RFC 8555 §7.3.1: an account that exists is found, not made.
  const std::string account = client.account().value();
  client.forget_account();
  EXPECT_EQ(world.post(client, new_account, "{}").value().location, account);
  client.use_account(account);

  make_room();
  registered(world);
  body_of(world.post(client, world.url(acme::paths::kNewOrder), wanted));
  body_of(world.post(client, ready.finalize(), claim));
}

}  // namespace
}  // namespace tests
