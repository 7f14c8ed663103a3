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
  void issue(int count, const std::string& profile = "dv") {
    store->write_and_wait([&](storage::Transaction& transaction) {
      for (int i = 0; i < count; ++i) {
        ca::AuditEvent event{.time = clock.seconds(),
                             .event = ca::audit_event::kCertificateIntended,
                             .actor = "account",
                             .subject = "a" + std::to_string(++serial_),
                             .facts = {{"issuer", "one"}, {"order", "order-1"}}};
        event.facts.emplace_back("profile", profile);
        ca::append_audit(transaction, event);
        event.event = ca::audit_event::kCertificateIssued;
        event.facts.pop_back();
        ca::append_audit(transaction, event);
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

// BR-8.7 L-4: at least three of a hundred, at random, and the same for whoever asks again.
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

// E-25: three of a hundred of the EV certificates, however many others there are.
TEST_F(ApiSample, IsDrawnOfOneLevelAlone) {
  issue(300);
  issue(34, "ev");
  issue(100, "gm-ev");
  issue(2, "ov");
  issue(5, "private");
  clock.advance(std::chrono::days(31));
  issue(70, "ev");
  const json ev = sample(december + "&level=ev");
  EXPECT_EQ(ev.at("level"), "ev");
  EXPECT_EQ(ev.at("population"), 34);
  ASSERT_EQ(ev.at("certificates").size(), 2U);
  for (const json& each : ev.at("certificates")) {
    const std::string serial = each.at("serial");
    EXPECT_THAT(std::stoi(serial.substr(1)), testing::AllOf(testing::Gt(300), testing::Le(334)));
  }
  EXPECT_EQ(sample(december + "&level=ev&percent=6").at("certificates").size(), 3U);
  EXPECT_EQ(sample(december + "&level=ov").at("certificates").size(), 1U);
  EXPECT_EQ(sample(december + "&level=dv").at("population"), 300);
  EXPECT_TRUE(sample(december + "&level=iv").at("certificates").empty());
  const json all = sample(december);
  EXPECT_EQ(all.at("population"), 441);
  EXPECT_FALSE(all.contains("level"));
  EXPECT_EQ(refusal(december + "&level=xv"), "validation /?level");
}

// An intent that became no certificate is none, nor is the same serial of another issuer.
TEST_F(ApiSample, OfALevelCountsWhatWasIssued) {
  store->write_and_wait([&](storage::Transaction& transaction) {
    ca::AuditEvent event{clock.seconds(),
                         ca::audit_event::kCertificateIntended,
                         "account",
                         "b1",
                         {{"issuer", "one"}, {"profile", "ev"}}};
    ca::append_audit(transaction, event);
    event.event = ca::audit_event::kCertificateIssued;
    event.facts = {{"issuer", "two"}};
    ca::append_audit(transaction, event);
    return true;
  });
  clock.advance(std::chrono::days(31));
  EXPECT_EQ(sample(december + "&level=ev").at("population"), 0);
  EXPECT_EQ(sample(december).at("population"), 1);
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
