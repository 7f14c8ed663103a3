#include "policy/stops/stop.h"

#include <gtest/gtest.h>

#include "ca/audit_log.h"
#include "storage/storage_error.h"
#include "tests/support/temp_store.h"

namespace policy {
namespace {

constexpr ca::Time kNow{std::chrono::sys_days{std::chrono::year{2026} / 12 / 1}};

StopRecord by(const std::string& person, ResumeRule rule = ResumeRule::one_person) {
  return {.since = kNow, .person = person, .reason = "incident 12", .rule = rule};
}

class Stops : public testing::Test {
 protected:
  bool stopped(const StopTarget& target, const StopRecord& record = by("alice")) {
    return store->write_and_wait(
        [&](storage::Transaction& transaction) { return stop(transaction, target, record); });
  }
  Resumed resumed(const StopTarget& target, const std::string& person) {
    return store->write_and_wait([&](storage::Transaction& transaction) {
      return resume(transaction, target, person, "it is over", kNow);
    });
  }
  template <class Question>
  auto ask(Question question) const {
    return store->read([&](const storage::Snapshot& snapshot) { return question(snapshot); });
  }
  [[nodiscard]] std::optional<StopTarget> over(const Undertaking& undertaking) const {
    return ask([&](const storage::Snapshot& snapshot) { return stop_over(snapshot, undertaking); });
  }
  [[nodiscard]] std::vector<std::string> stopped_among(
      const std::vector<std::string>& names) const {
    std::vector<ca::Identifier> identifiers;
    for (const std::string& each : names) {
      const auto address = ca::IpAddress::parse(each);
      if (address) identifiers.emplace_back(*address);
      if (!address) identifiers.emplace_back(ca::DnsName::parse(each).value());
    }
    std::vector<std::string> found;
    ask([&](const storage::Snapshot& snapshot) {
      for (const auto& each : stopped_names(snapshot, identifiers)) {
        found.push_back(ca::value_of(each));
      }
      return true;
    });
    return found;
  }
  [[nodiscard]] std::vector<std::string> history() const {
    std::vector<std::string> lines;
    ask([&](const storage::Snapshot& snapshot) {
      ca::read_audit(snapshot, 0, [&](const ca::AuditEntry& entry) {
        lines.push_back(entry.event + " " + entry.subject + " by " + entry.actor);
        return storage::Scan::proceed;
      });
      return true;
    });
    return lines;
  }

  tests::TempStore temp;
  storage::Store* store = &*temp;
};

// X-4 P11 S17
TEST_F(Stops, AreOverWhatTheyName) {
  const Undertaking mine{"abc", "dv", "me"};
  EXPECT_EQ(over(mine), std::nullopt);
  const StopTarget rows[] = {{StopKind::account, "me"},
                             {StopKind::profile, "dv"},
                             {StopKind::issuer, "abc"},
                             {StopKind::all}};
  for (const StopTarget& each : rows) {  // each is wider than the one before
    EXPECT_TRUE(stopped(each));
    EXPECT_EQ(over(mine), each);
    const bool is_all = each.kind == StopKind::all;
    EXPECT_EQ(over({"other", "other", "other"}).has_value(), is_all) << each.text();
    EXPECT_EQ(over({}).has_value(), is_all) << "nothing is certain yet";
  }
  EXPECT_FALSE(stopped({StopKind::all})) << "again";
}

TEST_F(Stops, OfANameReachDownAndNotUp) {
  EXPECT_TRUE(stopped({StopKind::name, "b.example"}));
  EXPECT_TRUE(stopped({StopKind::name, "192.0.2.1"}));
  EXPECT_EQ(stopped_among({"b.example", "a.b.example", "*.b.example", "*.a.b.example", "c.example",
                           "ab.example", "*.c.example", "192.0.2.1", "192.0.2.11"}),
            (std::vector<std::string>{"b.example", "a.b.example", "*.b.example", "*.a.b.example",
                                      "192.0.2.1"}));
  EXPECT_EQ(over({"abc", "dv", "me"}), std::nullopt);
}

// T-A7
TEST_F(Stops, OfAMethodAreOverThatMethod) {
  EXPECT_TRUE(stopped({StopKind::method, "http-01"}));
  ask([&](const storage::Snapshot& snapshot) {
    EXPECT_TRUE(is_stopped(snapshot, ValidationMethod::http_01));
    EXPECT_FALSE(is_stopped(snapshot, ValidationMethod::dns_01));
    EXPECT_FALSE(is_stopped(snapshot, ValidationMethod::tls_alpn_01));
    return true;
  });
  EXPECT_EQ(over({"abc", "dv", "http-01"}), std::nullopt);
}

TEST_F(Stops, EndByOnePersonWhereThatIsEnough) {
  const StopTarget target{StopKind::profile, "dv"};
  EXPECT_EQ(resumed(target, "alice"), Resumed::not_stopped);
  EXPECT_TRUE(stopped(target));
  EXPECT_EQ(resumed({StopKind::profile, "shortlived"}, "alice"), Resumed::not_stopped);
  EXPECT_EQ(resumed(target, "alice"), Resumed::done);
  EXPECT_EQ(over({"abc", "dv", "me"}), std::nullopt);
  EXPECT_EQ(history(), (std::vector<std::string>{"issuance.stopped profile dv by alice",
                                                 "issuance.resumed profile dv by alice"}));
}

// S17 B11: reopening needs two persons
TEST_F(Stops, EndByTwoPersonsWhereOneIsNotEnough) {
  const StopTarget target{StopKind::all};
  EXPECT_TRUE(stopped(target, by("alice", ResumeRule::two_persons)));
  EXPECT_EQ(resumed(target, "bob"), Resumed::waits_for_another);
  EXPECT_EQ(resumed(target, "bob"), Resumed::same_person);
  EXPECT_EQ(over({}), target);
  EXPECT_EQ(resumed(target, "alice"), Resumed::done) << "whoever stopped may be one of the two";
  EXPECT_EQ(over({}), std::nullopt);
  EXPECT_EQ(history(), (std::vector<std::string>{"issuance.stopped all by alice",
                                                 "issuance.resume_asked all by bob",
                                                 "issuance.resumed all by alice"}));
  // The next stop begins anew.
  EXPECT_TRUE(stopped(target, by("alice", ResumeRule::two_persons)));
  EXPECT_EQ(resumed(target, "bob"), Resumed::waits_for_another);
}

TEST(StopRecord, ComesBackAsItWas) {
  StopRecord record = by("alice", ResumeRule::two_persons);
  EXPECT_EQ(StopRecord::decode(record.encode()), record);
  record.resume_asked_by = "bob";
  EXPECT_EQ(StopRecord::decode(record.encode()), record);
  for (const StopTarget& each : {StopTarget{StopKind::all}, StopTarget{StopKind::name, "a.b"}}) {
    EXPECT_EQ(StopTarget::of_key(each.key()), each);
  }
  for (const char* text : {"all", "issuer", "profile", "method", "account", "name"}) {
    EXPECT_EQ(text_of(stop_kind(text).value()), text);
  }
  EXPECT_FALSE(stop_kind("everything"));
  for (const std::string& key :
       {std::string("\1x"), std::string("\4"), std::string("\7x"), std::string()}) {
    EXPECT_THROW(StopTarget::of_key(key), storage::CorruptRecord);
  }
}

}  // namespace
}  // namespace policy
