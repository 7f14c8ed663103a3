// A method that is stopped proves nothing for applications: neither what is looked for, nor what a
// look under way finds, nor what was proven before (docs/stopping.md).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>

#include "policy/issuing/issuance_refusal.h"
#include "policy/stops/stop.h"
#include "tests/unit/policy/issuing_fixture.h"

namespace policy {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

/// Zones that do something before they answer.
class EventfulZones final : public ZoneReader {
 public:
  EventfulZones(tests::FakeZones& zones, std::function<void()> event)
      : zones_(zones), event_(std::move(event)) {}
  boost::asio::awaitable<LookupResult<LookedUp>> text_records(std::string owner) override {
    event_();
    return zones_.text_records(std::move(owner));
  }
  boost::asio::awaitable<LookupResult<LookedUp>> alias(std::string owner) override {
    return zones_.alias(std::move(owner));
  }
  boost::asio::awaitable<LookupResult<LookedUp>> name_servers(std::string domain) override {
    return zones_.name_servers(std::move(domain));
  }

 private:
  tests::FakeZones& zones_;
  std::function<void()> event_;
};

class StoppedMethods : public IssuingTest {
 protected:
  void stop_method(std::string_view method) {
    write([&](storage::Transaction& transaction) {
      return stop(transaction, {StopKind::method, std::string(method)},
                  {.since = now, .person = "p", .reason = "r"});
    });
  }
  void resume_method(std::string_view method) {
    write([&](storage::Transaction& transaction) {
      return resume(transaction, {StopKind::method, std::string(method)}, "q", "over", now);
    });
  }
  ControlItem item(const ApplicationId& id) {
    return store->read([&](const storage::Snapshot& snapshot) {
      return kDomainControls.get(snapshot, id.octets()).value().items.at(0);
    });
  }
};

// one switch for each, whoever speaks of it.
TEST_F(StoppedMethods, HaveOneNameForApplicationsAndAcme) {
  for (const std::string_view word : kWords<ControlMethod>) {
    SCOPED_TRACE(word);
    stop_method(word);
    store->read([&](const storage::Snapshot& snapshot) {
      for (std::size_t i = 0; i < kWords<ControlMethod>.size(); ++i) {
        const auto method = static_cast<ControlMethod>(i);
        EXPECT_EQ(is_stopped(snapshot, method), text_of(method) == word) << text_of(method);
        const auto& acme = facts_of(method).acme;
        if (acme) {
          EXPECT_EQ(is_stopped(snapshot, *acme), text_of(method) == word) << text_of(*acme);
        }
      }
    });
    resume_method(word);
  }
}

// X-4 T-A7
TEST_F(StoppedMethods, AreNotLookedFor) {
  stop_method("dns-txt");
  const ApplicationId id = submitted({"a.example.com"}).id;
  place_everything(id);
  const std::size_t asked = zones.questions().size();
  now += minutes(1);
  run_kind(storage::WorkKind::check_domains);
  EXPECT_EQ(zones.questions().size(), asked) << "nobody is asked";
  EXPECT_NE(get(id).state, ApplicationState::approved);
  EXPECT_FALSE(item(id).is_proven());
  EXPECT_THAT(item(id).last.detail, HasSubstr("dns-txt"));
  resume_method("dns-txt");
  now += hours(1);
  work();
  EXPECT_TRUE(item(id).is_proven()) << "it goes on by itself";
  work();
  EXPECT_EQ(get(id).state, ApplicationState::issued);
  expect_sound();
}

TEST_F(StoppedMethods, LeaveTheOthersAlone) {
  stop_method("file");
  stop_method("dns-01");
  const ApplicationId id = approved({"a.example.com"});
  work();
  EXPECT_EQ(get(id).state, ApplicationState::issued);
}

// T-A7: the look that is under way when the stop comes proves nothing.
TEST_F(StoppedMethods, TakeWhatALookUnderWayFinds) {
  const ApplicationId id = submitted({"a.example.com"}).id;
  place_everything(id);
  bool has_stopped = false;
  EventfulZones eventful(zones, [&] {
    if (!std::exchange(has_stopped, true)) stop_method("dns-txt");
  });
  ControlServices services{
      *store, catalog, house, {eventful, zones, zones}, random, control_services->now, outcomes};
  now += minutes(1);
  for (const storage::WorkKey& row : rows()) {
    if (row.kind == storage::WorkKind::check_domains) tests::run(run_control_look(services, row));
  }
  EXPECT_TRUE(has_stopped);
  EXPECT_FALSE(item(id).is_proven());
  EXPECT_NE(get(id).state, ApplicationState::approved);
}

// X-4 T-A7: also what was proven before.
TEST_F(StoppedMethods, TakeWhatTheyProved) {
  const ApplicationId id = approved({"a.example.com"});
  stop_method("dns-txt");
  work();
  EXPECT_EQ(get(id).state, ApplicationState::approved);
  EXPECT_THAT(ledger(id), IsEmpty());
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_THAT(told[0], HasSubstr("proven by dns-txt"));
  resume_method("dns-txt");
  now += hours(1);
  work();
  EXPECT_EQ(get(id).state, ApplicationState::issued);
  expect_sound();
}

}  // namespace
}  // namespace policy
