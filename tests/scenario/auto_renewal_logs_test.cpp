// Orders that renew their certificate by themselves (RFC 8739), where certificates are logged: each
// of them is a whole issuance, with a precertificate and SCTs of its own.
#include <gmock/gmock.h>

#include <algorithm>
#include <set>

#include "ca/ct/precertificate.h"
#include "ca/ct/sct.h"
#include "tests/scenario/auto_renewal.h"
#include "tests/support/fake_logs.h"

namespace tests {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using testing::Pair;
using testing::UnorderedElementsAre;

/// All signatures for orders, whether or not there is a certificate; the oldest first.
std::vector<ca::LedgerEntry> entries_of(const World& world) {
  std::vector<ca::LedgerEntry> entries;
  world.store->read([&](const storage::Snapshot& snapshot) {
    ca::Ledger::for_each(snapshot, "", [&](const ca::LedgerEntry& entry) {
      if (!entry.order.empty()) entries.push_back(entry);
      return storage::Scan::proceed;
    });
  });
  std::ranges::sort(entries, {}, &ca::LedgerEntry::intended_at);
  return entries;
}

std::optional<std::string> precertificate_of(const World& world, const ca::LedgerEntry& entry) {
  return world.store->read([&](const storage::Snapshot& snapshot) {
    return ca::ct::find_precertificate(snapshot, entry.issuer_id, entry.serial);
  });
}

/// A CA with two logs, whose clocks go as its own does.
class AutoRenewalLogged : public AutoRenewal {
 protected:
  AutoRenewalLogged() {
    world.services->transparency = &transparency;
    keep_time();
  }
  ~AutoRenewalLogged() override { world.services->transparency = nullptr; }

  void keep_time() {
    logs.on_asked = [this](const ca::ct::Log&) { logs.now = world.clock.seconds(); };
  }
  /// Does something once, while a log is asked.
  void while_asked(std::function<void()> something) {
    logs.on_asked = [this, something = std::move(something)](const ca::ct::Log&) {
      keep_time();
      logs.now = world.clock.seconds();
      something();
    };
  }
  [[nodiscard]] ca::LedgerEntry newest() const { return entries_of(world).back(); }

  FakeLogs logs;
  ca::ct::Transparency transparency = two_logs(logs);
};

// RFC8739-2.2 P-50 P-54 BR-7.1.2.9 CRP-1.3.4
TEST_F(AutoRenewalLogged, EachCertificateIsShownToLogsBeforeItExistsAndAfter) {
  const ClientOrder made = finalized(wanted());
  std::set<std::string> given_out;
  for (hours passed{0}; passed < days(10) - hours(1); passed += hours(12)) {
    given_out.insert(leaf(made).serial);
    pass(hours(12));
  }
  const std::vector<ca::LedgerEntry> entries = entries_of(world);
  ASSERT_EQ(entries.size(), 5U);
  for (const ca::LedgerEntry& entry : entries) {
    SCOPED_TRACE(entry.intended_at - start);
    EXPECT_TRUE(given_out.contains(entry.serial));
    const auto final_view = ca::view_certificate(entry.certificate).value();
    const auto shown = precertificate_of(world, entry);
    ASSERT_TRUE(shown);
    EXPECT_EQ(
        ca::ct::without_extension(final_view.tbs, ca::ct::kSctListOid),
        ca::ct::without_extension(ca::view_certificate(*shown).value().tbs, ca::ct::kPoisonOid));
    EXPECT_THAT(
        ca::ct::sct_log_ids(entry.certificate),
        testing::Optional(UnorderedElementsAre(transparency.logs[0].id, transparency.logs[1].id)));
    EXPECT_THAT(logs.finals, testing::IsSupersetOf(
                                 {Pair("a1", entry.certificate), Pair("b1", entry.certificate)}));
  }
  EXPECT_EQ(logs.asked.size(), 10U);
  EXPECT_EQ(logs.finals.size(), 10U);
}

// RFC8739-3.1.1 P-50: as for any order, the first one is all or nothing.
TEST_F(AutoRenewalLogged, WithoutEnoughSctsForTheFirstNothingIsRenewed) {
  logs.behaviours = {{"a1", LogBehaviour::good}, {"b1", LogBehaviour::refuses}};
  const ClientOrder made = finalized(wanted());
  logs.behaviours["b1"] = LogBehaviour::good;
  pass(hours(72));
  const Json order = look(made);
  EXPECT_EQ(order["status"], "invalid");
  EXPECT_FALSE(order.contains("star-certificate"));
  EXPECT_EQ(signatures(), 1U);
  EXPECT_TRUE(newest().certificate.empty());
  EXPECT_TRUE(newest().revoked);
  EXPECT_THAT(logs.finals, testing::IsEmpty());
}

// RFC8739-3.1.2: what logs have seen already is not given out after the cancellation either.
TEST_F(AutoRenewalLogged, CancellationWhileLogsAreAskedIsTheEnd) {
  const ClientOrder made = finalized(wanted());
  pass(hours(23));
  while_asked([&] { body_of(cancel(made)); });
  pass(hours(48));
  ASSERT_EQ(signatures(), 2U);
  refusal_of(get(made), ProblemType::auto_renewal_canceled);
  EXPECT_TRUE(precertificate_of(world, newest()));
  EXPECT_TRUE(newest().certificate.empty());
  EXPECT_TRUE(newest().revoked);
  EXPECT_EQ(logs.finals.size(), 2U) << "the first one at two logs";
}

// S17 I9 RFC8739-2.2: a stop holds for what logs are asked for, and ends as it does elsewhere.
TEST_F(AutoRenewalLogged, StopWhileLogsAreAskedKeepsTheNextUntilItIsOver) {
  const ClientOrder made = finalized(wanted());
  const std::string first = leaf(made).serial;
  pass(hours(23));
  while_asked([&] { stop_all(); });
  pass(hours(12));
  ASSERT_EQ(signatures(), 2U);
  EXPECT_TRUE(newest().certificate.empty());
  EXPECT_TRUE(newest().revoked);
  EXPECT_EQ(leaf(made).serial, first);
  resume_all();
  pass(hours(6));
  EXPECT_EQ(signatures(), 3U);
  EXPECT_NE(leaf(made).serial, first);
  EXPECT_EQ(ca::ct::sct_log_ids(newest().certificate).value().size(), 2U);
  EXPECT_EQ(error_of(made), "");
}

// K-6 RFC8739-2.2: a key that was given away meanwhile gets no more certificates.
TEST_F(AutoRenewalLogged, KeyThatIsBlockedWhileLogsAreAskedEndsIt) {
  const ClientOrder made = finalized(wanted());
  pass(hours(23));
  while_asked([&] {
    world.store->write_and_wait([&](storage::Transaction& transaction) {
      ca::Ledger::block_key(transaction, key->public_key().spki_sha256(), "a test",
                            world.clock.seconds());
    });
  });
  pass(hours(48));
  ASSERT_EQ(signatures(), 2U);
  EXPECT_TRUE(newest().certificate.empty());
  EXPECT_TRUE(newest().revoked);
  EXPECT_NE(error_of(made), "");
}

// P-50 R1: an outage of a day costs a handful of serials.
TEST_F(AutoRenewalLogged, LogsThatDoNotAnswerAreAskedEverMorePatiently) {
  const auto pass_in_steps = [&](hours time) {
    for (minutes passed{0}; passed < time; passed += minutes(5)) {
      world.clock.advance(minutes(5));
      world.work();
    }
  };
  const ClientOrder made = finalized(wanted());
  ASSERT_EQ(signatures(), 1U);
  const std::string first = leaf(made).serial;
  logs.behaviours = {{"a1", LogBehaviour::refuses}, {"b1", LogBehaviour::refuses}};
  pass_in_steps(hours(42));
  EXPECT_GE(signatures(), 4U);
  EXPECT_LE(signatures(), 10U);
  EXPECT_EQ(leaf(made).serial, first);
  EXPECT_EQ(error_of(made), "");
  logs.behaviours = {{"a1", LogBehaviour::good}, {"b1", LogBehaviour::good}};
  pass_in_steps(hours(6));
  EXPECT_NE(leaf(made).serial, first);
  EXPECT_EQ(revoked(), signatures() - 2);
}

/// Fails unless every signature left either a certificate that both logs were shown, or a serial
/// that is revoked. Returns how many precertificates are without a certificate.
std::size_t expect_settled(const World& world, const FakeLogs& logs) {
  std::size_t orphans = 0;
  for (const ca::LedgerEntry& entry : entries_of(world)) {
    const bool was_shown = precertificate_of(world, entry).has_value();
    EXPECT_EQ(entry.certificate.empty(), entry.revoked);
    if (entry.certificate.empty()) {
      orphans += was_shown ? 1 : 0;
    } else if (was_shown) {
      EXPECT_THAT(logs.finals, testing::IsSupersetOf(
                                   {Pair("a1", entry.certificate), Pair("b1", entry.certificate)}));
    }
  }
  return orphans;
}

// T-B7 R1 P-54 RFC8739-2.2: the process ends at every point of a renewal with logs.
TEST(AutoRenewalLoggedCrash, LeavesNoPrecertificateInDoubtAndTheNextRunGoesOn) {
  bool was_killed = true;
  std::size_t orphans = 0;
  for (std::size_t handlers = 1; was_killed; ++handlers) {
    SCOPED_TRACE(handlers);
    FakeLogs logs;
    ca::ct::Transparency transparency = two_logs(logs);
    ToBeRenewed renewed;
    World& world = renewed.world;
    logs.on_asked = [&](const ca::ct::Log&) { logs.now = world.clock.seconds(); };
    world.services->transparency = &transparency;
    was_killed = world.work_until_killed(handlers);
    world.restart();
    world.services->transparency = &transparency;
    renewed.settle();
    EXPECT_EQ(renewed.fetch().value().certificate_times.value().not_after - world.clock.seconds(),
              days(2) - hours(13) - minutes(6));
    orphans += expect_settled(world, logs);
    world.services->transparency = nullptr;
    ASSERT_LT(handlers, 200);
  }
  EXPECT_GT(orphans, 0U) << "no kill fell between precertificate and certificate";
}

}  // namespace
}  // namespace tests
