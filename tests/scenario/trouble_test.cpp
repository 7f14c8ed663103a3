// One bad row, a store that refuses, a queue that is full: what still works then.
#include "acme/order.h"
#include "acme/records/due_work_record.h"
#include "ca/ledger.h"
#include "tests/scenario/world.h"

namespace tests {
namespace {

using storage::Transaction;

acme::OrderId id_of(const ClientOrder& order) {
  return acme::OrderId::parse(order.url.substr(order.url.rfind('/') + 1)).value();
}

/// Orders that wait for their certificates, one for each name.
std::vector<ClientOrder> claimed_orders(World& world,
                                        const JwsClient& client,
                                        ca::Signer& key,
                                        const std::vector<std::string>& names) {
  std::vector<ClientOrder> orders;
  for (const std::string& name : names) orders.push_back(ready_order(world, client, {name}));
  for (std::size_t i = 0; i < names.size(); ++i) {
    body_of(world.post(client, orders[i].finalize(), csr_payload(key, {names[i]})));
  }
  return orders;
}

bool has_event(const World& world, std::string_view start) {
  for (const std::string& line : world.events.all()) {
    if (line.starts_with(start)) return true;
  }
  return false;
}

// T-B7
TEST(Trouble, OneDamagedOrderDoesNotKeepTheOthersFromRecovery) {
  World world;
  const JwsClient client = registered(world);
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  const auto orders = claimed_orders(world, client, *key, {"a.example", "b.example", "c.example"});
  world.is_tampered = true;
  world.store->write_and_wait([&](Transaction& transaction) {
    transaction.put(acme::kOrders.name(), id_of(orders[1]).octets(), "damage");
  });
  world.restart();
  world.work();
  EXPECT_EQ(read(world, client, orders[0].url)["status"], "valid");
  EXPECT_EQ(read(world, client, orders[2].url)["status"], "valid");
  EXPECT_TRUE(has_event(world, "recovery.skipped order="));
}

// T-B7
TEST(Trouble, KeysOfNoWorkWeKnowAreLoggedAndSkipped) {
  World world;
  const JwsClient client = registered(world);
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  const ClientOrder order = claimed_orders(world, client, *key, {"a.example"}).front();
  world.is_tampered = true;
  world.store->write_and_wait([&](Transaction& transaction) {
    transaction.put(acme::kDueWork.name(), "x", "");
    transaction.put(acme::kDueWork.name(), std::string(8, '\xFF') + "y", "");
  });
  world.restart();
  world.work();
  EXPECT_EQ(read(world, client, order.url)["status"], "valid");
  EXPECT_TRUE(has_event(world, "due_work.unreadable key=\"x\""));
  EXPECT_TRUE(has_event(world, "due_work.unreadable key=\"\\xff"));
}

TEST(Trouble, ADeadStoreHasNoWebServerAskedAgain) {
  World world;
  const JwsClient client = registered(world);
  world.work();
  const ClientOrder order = ordered(world, client, {"a.example"});
  world.fetcher.serve_challenges("a.example", client.thumbprint());
  body_of(world.post(client, challenge_of(world, client, order, 0), "{}"));
  world.write_fault.kind = WriteFault::Kind::dead;
  world.write_fault.countdown = 1;
  EXPECT_EQ(world.work(), 1);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(world.work(), 0);
  EXPECT_EQ(world.fetcher.requests().size(), 1);
}

// T-B3
TEST(Trouble, ABusyStoreAfterTheSignatureCostsNoCertificate) {
  World world;
  const JwsClient client = registered(world);
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  const ClientOrder order = claimed_orders(world, client, *key, {"a.example"}).front();
  world.write_fault.kind = WriteFault::Kind::busy;
  world.write_fault.countdown = 2;  // the intent is stored, the certificate is not
  world.write_fault.times = 6;
  world.work();
  EXPECT_TRUE(world.write_fault.has_struck);
  EXPECT_EQ(read(world, client, order.url)["status"], "valid");
}

// A clock that was set back leaves nothing waiting for the time it showed before.
TEST(Trouble, WorkIsDoneAtOnceAlthoughTheClockWasSetBack) {
  World world;
  const JwsClient client = registered(world);
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  const ClientOrder order = ordered(world, client, {"a.example"});
  world.fetcher.serve_challenges("a.example", client.thumbprint());
  body_of(world.post(client, challenge_of(world, client, order, 0), "{}"));
  world.clock.advance(-std::chrono::minutes(30));
  world.work();
  EXPECT_EQ(read(world, client, order.url)["status"], "ready");
  body_of(world.post(client, order.finalize(), csr_payload(*key, {"a.example"})));
  world.clock.advance(-std::chrono::minutes(10));
  world.work();
  EXPECT_EQ(read(world, client, order.url)["status"], "valid");
}

}  // namespace
}  // namespace tests
