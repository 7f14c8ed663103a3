// Orders whose certificates are logged: what happens while logs are waited for, and after.
#include <gmock/gmock.h>

#include "acme/fulfilment/ct_work.h"
#include "acme/records/order_record.h"
#include "ca/certificate.h"
#include "ca/crypto/encoding.h"
#include "ca/ct/precertificate.h"
#include "ca/ct/sct.h"
#include "ca/ledger.h"
#include "policy/stops/stop.h"
#include "tests/scenario/world.h"
#include "tests/support/fake_logs.h"

namespace tests {
namespace {

/// A world with two logs of two operators, and an order that is ready.
class Transparent : public testing::Test {
 protected:
  Transparent() {
    logs.now = world.clock.seconds();
    world.services->transparency = &transparency;
  }
  void finalize() {
    body_of(world.post(client, order.finalize(), csr_payload(*key, {"a.example"})));
  }
  acme::OrderRecord record() {
    const auto id = acme::OrderId::parse(order.url.substr(order.url.rfind('/') + 1)).value();
    return world.store
        ->read([&](const storage::Snapshot& snapshot) {
          return acme::kOrders.get(snapshot, id.octets());
        })
        .value();
  }
  ca::LedgerEntry entry() {
    return world.store
        ->read([&](const storage::Snapshot& snapshot) {
          return ca::Ledger::find(snapshot, world.issuer->id(), record().serial);
        })
        .value();
  }
  void stop_everything() {
    world.store->write_and_wait([&](storage::Transaction& transaction) {
      return policy::stop(
          transaction, {policy::StopKind::all},
          {.since = world.clock.seconds(), .person = "alice", .reason = "incident 12"});
    });
  }
  /// Until nothing is due at this time.
  void work() {
    for (int i = 0; i < 20 && world.work() > 0; ++i) {
    }
  }

  FakeLogs logs;
  ca::ct::Transparency transparency = two_logs(logs);
  World world;
  JwsClient client = registered(world);
  std::unique_ptr<ca::Signer> key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  ClientOrder order = ready_order(world, client, {"a.example"});
};

// P-50 P-54 CRP-1.3.4
TEST_F(Transparent, IssuesFirstAndLogsTheCertificateBehindIt) {
  finalize();
  ASSERT_EQ(world.work(), 1U) << "the issuance alone";
  EXPECT_EQ(read(world, client, order.url)["status"], "valid");
  EXPECT_EQ(ca::ct::sct_log_ids(entry().certificate).value().size(), 2U);
  EXPECT_THAT(logs.finals, testing::IsEmpty());
  work();
  EXPECT_THAT(logs.finals, testing::UnorderedElementsAre(testing::Pair("a1", entry().certificate),
                                                         testing::Pair("b1", entry().certificate)));
}

TEST_F(Transparent, LogsTheCertificateAfterARestartToo) {
  finalize();
  ASSERT_EQ(world.work(), 1U);
  world.restart();
  world.services->transparency = &transparency;
  work();
  EXPECT_EQ(logs.finals.size(), 2U);
}

TEST_F(Transparent, TriesALogAgainForADay) {
  finalize();
  ASSERT_EQ(world.work(), 1U);
  logs.behaviours["b1"] = LogBehaviour::refuses;
  const auto shown_after = [&](std::chrono::seconds pause) {
    logs.finals.clear();
    world.clock.advance(pause);
    work();
    return logs.finals.size();
  };
  EXPECT_EQ(shown_after(std::chrono::seconds(0)), 2U);
  EXPECT_EQ(shown_after(std::chrono::seconds(59)), 0U);
  EXPECT_EQ(shown_after(std::chrono::seconds(1)), 2U);
  EXPECT_EQ(shown_after(std::chrono::minutes(1)), 0U);
  EXPECT_EQ(shown_after(std::chrono::minutes(1)), 2U);
  EXPECT_EQ(shown_after(acme::kLoggingPatience), 2U) << "the last time";
  EXPECT_EQ(shown_after(acme::kLoggingPatience), 0U);
}

// I9 X-4 P11: a stop while logs are waited for is in effect for what they are waited for.
TEST_F(Transparent, SignsNothingThatWasStoppedWhileLogsWereAsked) {
  logs.on_asked = [&](const ca::ct::Log&) {
    if (logs.asked.size() == 1) stop_everything();
  };
  finalize();
  world.work();
  EXPECT_TRUE(entry().certificate.empty());
  EXPECT_TRUE(world.store
                  ->read([&](const storage::Snapshot& snapshot) {
                    return ca::ct::find_precertificate(snapshot, world.issuer->id(),
                                                       record().serial);
                  })
                  .has_value());
  world.clock.advance(std::chrono::seconds(2));
  work();
  EXPECT_EQ(read(world, client, order.url)["status"], "invalid");
  EXPECT_TRUE(entry().revoked);
  EXPECT_THAT(logs.finals, testing::IsEmpty());
}

// K-6: the same for its key.
TEST_F(Transparent, SignsNothingWhoseKeyWasBlockedWhileLogsWereAsked) {
  logs.on_asked = [&](const ca::ct::Log&) {
    world.store->write_and_wait([&](storage::Transaction& transaction) {
      ca::Ledger::block_key(transaction, key->public_key().spki_sha256(), "a test",
                            world.clock.seconds());
    });
  };
  finalize();
  world.work();
  EXPECT_TRUE(entry().certificate.empty());
  world.clock.advance(std::chrono::seconds(2));
  work();
  EXPECT_TRUE(entry().revoked);
}

}  // namespace
}  // namespace tests
