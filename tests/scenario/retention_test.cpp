// What has to be there years later (BR 5.4.3, 5.5.2).
#include <gmock/gmock.h>

#include <map>
#include <string>
#include <string_view>

#include "acme/records/account_record.h"
#include "acme/records/authorization_record.h"
#include "acme/records/certificate_record.h"
#include "acme/records/order_record.h"
#include "ca/crypto/encoding.h"
#include "tests/scenario/world.h"

namespace tests {
namespace {

constexpr std::chrono::days kYear{366};

using Rows = std::map<std::string, std::string>;

Rows rows_of(const World& world, storage::TableName table) {
  Rows rows;
  world.store->read([&](const storage::Snapshot& snapshot) {
    snapshot.scan(table, "", [&](std::string_view key, std::string_view value) {
      rows.emplace(key, value);
      return storage::Scan::proceed;
    });
  });
  return rows;
}

/// Does all that is due, and what that brings about.
void settle(World& world) {
  for (int i = 0; i < 50 && world.work() > 0; ++i) {
  }
}

// A-10: two years after a certificate's end, and after an event, are the least; nothing goes.
TEST(Retention, NothingThatProvesACertificateGoesWithTheYears) {
  World world;
  const JwsClient client = registered(world);
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  const Json order = issued(world, client, *key, {"a.example"});
  ASSERT_EQ(order["status"], "valid");
  ordered(world, client, {"never-proven.example"});
  const std::string leaf = leaf_of(world, client, order["certificate"]);
  body_of(world.post(client, world.url(acme::paths::kRevokeCert),
                     R"({"certificate":")" + ca::base64url(leaf) + R"("})"));
  settle(world);
  const storage::TableName kept[] = {storage::TableName{"audit"},  storage::TableName{"ledger"},
                                     acme::kAccounts.name(),       acme::kOrders.name(),
                                     acme::kAuthorizations.name(), acme::kCertificates.name()};
  std::vector<Rows> before;
  for (const storage::TableName table : kept) {
    before.push_back(rows_of(world, table));
    ASSERT_FALSE(before.back().empty()) << table.text;
  }
  for (int year = 1; year <= 9; ++year) {
    world.clock.advance(kYear);
    settle(world);
    if (year == 5) world.restart();
  }
  for (std::size_t i = 0; i < before.size(); ++i) {
    const Rows after = rows_of(world, kept[i]);
    for (const auto& [row, value] : before[i]) {
      const auto found = after.find(row);
      ASSERT_NE(found, after.end()) << kept[i].text << " " << ca::hex(row);
      EXPECT_EQ(found->second, value) << kept[i].text << " " << ca::hex(row);
    }
  }
}

}  // namespace
}  // namespace tests
