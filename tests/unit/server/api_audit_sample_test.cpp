// Which certificates auditors look at again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "ca/audit_events.h"
#include "ca/crypto/hash.h"
#include "tests/unit/server/api_applications_fixture.h"

namespace server::api {
namespace {

class ApiSample : public ApiApplications {
 protected:
  /// As the ledger notes it.
  void issue(int count) {
    store->write_and_wait([&](storage::Transaction& transaction) {
      for (int i = 0; i < count; ++i) {
        ca::append_audit(transaction, {.time = clock.seconds(),
                                       .event = ca::audit_event::kCertificateIssued,
                                       .actor = "server",
                                       .subject = "a" + std::to_string(++serial_),
                                       .facts = {{"issuer", "one"}, {"order", "order-1"}}});
      }
      return true;
    });
  }
  json sample(const std::string& query) {
    const ApiReply reply = get("/audit/sample", auditor, query);
    EXPECT_EQ(reply.status, 200U) << reply.response.body;
    return reply.body;
  }
  std::string refusal(const std::string& query) {
    const ApiReply reply = get("/audit/sample", auditor, query);
    EXPECT_EQ(reply.pointers().size(), 1U);
    return reply.code() + " " + (reply.pointers().empty() ? "" : reply.pointers().front());
  }

  std::string auditor = token(std::nullopt, Role::auditor);
  const std::string december = "from=2026-12-01T00:00:00Z&to=2027-01-01T00:00:00Z";

 private:
  int serial_ = 0;
};

// BR-8.7: at least three of a hundred, at random, and the same for whoever asks again.
TEST_F(ApiSample, IsDrawnByTheLogAlone) {
  issue(67);
  clock.advance(std::chrono::days(31));
  issue(50);
  const json drawn = sample(december);
  EXPECT_EQ(drawn.at("population"), 67);
  EXPECT_EQ(drawn.at("percent"), 3);
  ASSERT_EQ(drawn.at("certificates").size(), 3U);
  issue(1);
  EXPECT_EQ(sample(december), drawn);

  // What an auditor does with the log in hand.
  std::vector<std::pair<std::string, std::uint64_t>> ranks;
  std::string seed;
  for (const ca::AuditEntry& entry : audit()) {
    if (entry.time < kNow + std::chrono::days(31)) seed = entry.hash;
  }
  for (const ca::AuditEntry& entry : audit()) {
    if (entry.event == "certificate.issued" && entry.time < kNow + std::chrono::days(31)) {
      ranks.emplace_back(ca::sha256(seed + entry.hash), entry.sequence);
    }
  }
  std::ranges::sort(ranks);
  std::vector<std::uint64_t> chosen;
  for (const json& each : drawn.at("certificates")) chosen.push_back(each.at("sequence"));
  EXPECT_THAT(chosen,
              testing::UnorderedElementsAre(ranks[0].second, ranks[1].second, ranks[2].second));
  EXPECT_EQ(drawn.at("seed"), ca::hex(seed));
  EXPECT_EQ(drawn.at("certificates").at(0).at("order"), "order-1");
}

TEST_F(ApiSample, IsNeverEmptyWhereSomethingWasIssued) {
  clock.advance(std::chrono::days(31));
  EXPECT_TRUE(sample(december).at("certificates").empty());
  issue(1);
  clock.advance(std::chrono::days(31));
  EXPECT_EQ(sample("from=2027-01-01T00:00:00Z&to=2027-02-01T00:00:00Z").at("certificates").size(),
            1U);
  EXPECT_TRUE(sample(december).at("certificates").empty());
  issue(10);
  clock.advance(std::chrono::days(31));
  EXPECT_EQ(sample("from=2026-12-01T00:00:00Z&to=2027-03-01T00:00:00Z&percent=100")
                .at("certificates")
                .size(),
            11U);
}

TEST_F(ApiSample, AsksForAPeriodThatIsOver) {
  EXPECT_EQ(refusal("from=2026-12-01T00:00:00Z&to=2026-12-02T00:00:00Z"), "validation /?to");
  EXPECT_EQ(refusal("to=2026-11-01T00:00:00Z"), "validation /?from");
  EXPECT_EQ(refusal("from=2026-11-01T00:00:00Z"), "validation /?to");
  EXPECT_EQ(refusal("from=2026-11-01T00:00:00Z&to=2026-11-01T00:00:00Z"), "validation /?from");
  const std::string past = "from=2026-10-01T00:00:00Z&to=2026-11-01T00:00:00Z&percent=";
  for (const char* percent : {"2", "0", "101", "3.5", "-3", "x", ""}) {
    EXPECT_EQ(refusal(past + percent), "validation /?percent") << percent;
  }
  const std::string desk = token(std::nullopt, Role::supervisor);
  EXPECT_EQ(get("/audit/sample", desk, past + "3").status, 403U);
}

}  // namespace
}  // namespace server::api
