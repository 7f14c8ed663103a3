// The process ends at every point there is, and every write fails in both ways there are. Whatever
// happens, the store stays sound, nothing is signed twice, and every order ends.
#include <map>

#include "ca/certificate.h"
#include "tests/scenario/world.h"

namespace tests {
namespace {

const std::vector<std::string> kNames{"a.example", "b.example"};

/// Both challenges answered, nothing attempted yet.
struct Waiting {
  explicit Waiting(World& world)
      : client(registered(world)), order(ordered(world, client, kNames)) {
    world.work();  // the first CRL
    for (const std::string& name : kNames)
      world.fetcher.serve_challenges(name, client.thumbprint());
    for (std::size_t i = 0; i < kNames.size(); ++i) {
      body_of(world.post(client, challenge_of(world, client, order, i), "{}"));
    }
  }
  JwsClient client;
  ClientOrder order;
};

/// An order that was just finalized.
struct Claimed {
  explicit Claimed(World& world)
      : client(registered(world)),
        key(ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256)),
        order(ready_order(world, client, kNames)) {
    body_of(world.post(client, order.finalize(), csr_payload(*key, kNames)));
  }
  JwsClient client;
  std::unique_ptr<ca::Signer> key;
  ClientOrder order;
};

/// Lets time pass until nothing is due within a minute.
void settle(World& world) {
  for (int i = 0; i < 60; ++i) {
    world.work();
    world.clock.advance(std::chrono::seconds(1));
  }
}

// T-B7 R1
TEST(Crash, DuringValidationLosesNoAttempt) {
  bool was_killed = true;
  for (std::size_t handlers = 1; was_killed; ++handlers) {
    SCOPED_TRACE(handlers);
    World world;
    const Waiting before(world);
    was_killed = world.work_until_killed(handlers);
    world.restart();
    settle(world);
    EXPECT_EQ(read(world, before.client, before.order.url)["status"], "ready");
    ASSERT_LT(handlers, 100);
  }
}

// T-B4 R1
TEST(Crash, DuringIssuanceNeverSignsTwiceAndAlwaysEndsTheOrder) {
  bool was_killed = true;
  std::size_t valid = 0;
  std::size_t invalid = 0;
  for (std::size_t handlers = 1; was_killed; ++handlers) {
    SCOPED_TRACE(handlers);
    World world;
    const Claimed before(world);
    was_killed = world.work_until_killed(handlers);
    world.restart();
    settle(world);
    const Json ended = read(world, before.client, before.order.url);
    valid += ended["status"] == "valid";
    invalid += ended["status"] == "invalid";
    EXPECT_TRUE(ended["status"] == "valid" || ended["status"] == "invalid") << ended;
    ASSERT_LT(handlers, 100);
  }
  EXPECT_GT(valid, 0);
  EXPECT_GT(invalid, 0) << "no point between intent and certificate was hit";
}

/// dv as it was, with another number of days.
policy::Catalog with_days(const policy::Catalog& catalog, int count) {
  std::vector<policy::Product> products;
  for (policy::Product each : catalog.versions()) {
    if (each.name == "dv") each.certificate_validity = std::chrono::days(count);
    products.push_back(std::move(each));
  }
  return policy::Catalog(std::move(products));
}

// T-B2: another configuration between any two steps. A certificate is of the one or of the other
// and what was intended, which the end of each world proves, or there is none.
TEST(Crash, ThenAnotherConfigurationNeverMixesTheTwo) {
  bool was_killed = true;
  std::map<std::chrono::seconds, int> lengths;
  std::size_t invalid = 0;
  for (std::size_t handlers = 0; was_killed; ++handlers) {
    SCOPED_TRACE(handlers);
    World world;
    const Claimed before(world);
    was_killed = handlers == 0 || world.work_until_killed(handlers);
    world.catalog = with_days(world.catalog, 30);
    world.restart();
    settle(world);
    const Json ended = read(world, before.client, before.order.url);
    if (ended["status"] == "valid") {
      const auto view =
          ca::view_certificate(leaf_of(world, before.client, ended["certificate"])).value();
      ++lengths[view.not_after - view.not_before + std::chrono::seconds(1)];
    } else {
      EXPECT_EQ(ended["status"], "invalid");
      ++invalid;
    }
    ASSERT_LT(handlers, 100);
  }
  ASSERT_EQ(lengths.size(), 2U);
  EXPECT_GT(lengths[std::chrono::days(30)], 0) << "intended under the new one";
  EXPECT_GT(lengths[std::chrono::days(90)], 0) << "signed under the old one";
  EXPECT_GT(invalid, 0) << "intended under the old one, and never signed under the new one";
}

struct FaultyWrite {
  WriteFault::Kind kind;
  bool restarts;
};

constexpr FaultyWrite kFaultyWrites[] = {
    {WriteFault::Kind::not_stored, false},
    {WriteFault::Kind::not_stored, true},
    {WriteFault::Kind::stored, false},
    {WriteFault::Kind::stored, true},
};

/// Fails the `nth` write of what is due now. False if there were fewer.
bool work_with_fault(World& world, const FaultyWrite& how, std::size_t nth) {
  world.write_fault = WriteFault{how.kind, nth, false};
  world.work();
  world.write_fault.countdown = 0;
  if (how.restarts) world.restart();
  settle(world);
  return world.write_fault.has_struck;
}

// T-B4 R2
TEST(FaultyStore, LosesNoAttemptOfAChallenge) {
  for (const FaultyWrite& how : kFaultyWrites) {
    bool has_struck = true;
    for (std::size_t nth = 1; has_struck; ++nth) {
      SCOPED_TRACE(nth);
      World world;
      const Waiting before(world);
      has_struck = work_with_fault(world, how, nth);
      EXPECT_EQ(read(world, before.client, before.order.url)["status"], "ready");
    }
  }
}

// T-B4 R2
TEST(FaultyStore, NeverSignsTwiceAndAlwaysEndsTheOrder) {
  for (const FaultyWrite& how : kFaultyWrites) {
    bool has_struck = true;
    std::size_t writes = 0;
    for (std::size_t nth = 1; has_struck; ++nth) {
      SCOPED_TRACE(nth);
      World world;
      const Claimed before(world);
      has_struck = work_with_fault(world, how, nth);
      const Json ended = read(world, before.client, before.order.url);
      EXPECT_TRUE(ended["status"] == "valid" || ended["status"] == "invalid") << ended;
      if (ended["status"] == "invalid") {
        EXPECT_EQ(ended["error"]["type"], "urn:ietf:params:acme:error:serverInternal");
      }
      writes += has_struck;
    }
    EXPECT_GE(writes, 2) << "the intent and the certificate are two writes";
  }
}

}  // namespace
}  // namespace tests
