// Tasks that are put off.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ca/audit_export.h"
#include "ca/audit_log.h"
#include "policy/applications/verify.h"
#include "policy/reviews/desk.h"
#include "tests/support/office.h"

namespace policy {
namespace {

using std::chrono::days;
using std::chrono::hours;
using testing::IsEmpty;
using tests::Office;

class Deferral : public testing::Test {
 protected:
  Deferral() {
    office.must("server", [&](const Here& here) { return dcv_passed(here, {id}, {"claim"}); });
    for (const ReviewTask& each : tasks_of(office.store, id)) {
      if (!each.closed_at && each.type == TaskType::org_vetting) task = each.id;
    }
  }
  Allowed<ReviewTask> defer(const std::string& who,
                            ca::Time until,
                            const std::string& reason = "the register is closed") {
    return office.act(who, [&](const Here& here) { return defer_task(here, task, until, reason); });
  }
  /// Those of the queue now.
  std::size_t shown(QueueFilter::Deferred deferred) {
    const QueueFilter filter{.type = TaskType::org_vetting,
                             .office = "",
                             .language = "",
                             .deferred = deferred,
                             .now = office.now};
    return queue_page(office.store, filter, {}, 10)->tasks.size();
  }
  std::size_t in_queue() { return shown(QueueFilter::Deferred::left_out); }
  ReviewTask stored() { return kTasks.get(office.store, task.octets()).value(); }
  /// Of a refusal; nothing if it was none.
  static std::optional<FaultCode> code_of(const Allowed<ReviewTask>& outcome) {
    return outcome ? std::nullopt : std::optional(outcome.error().code);
  }

  Office office;
  ApplicationId id = office.submitted("alibaba-ov").id;
  TaskId task = TaskId::from_octets(std::string(kIdOctets, '\0'));
};

// ALO-41
TEST_F(Deferral, LeavesTheQueueUntilItsTime) {
  ASSERT_EQ(in_queue(), 1U);
  const ReviewTask before = stored();
  const ReviewClock clock = office.get(id).clock;
  const auto deferred = defer("sue", office.now + hours(20));
  ASSERT_TRUE(deferred) << deferred.error().detail;
  EXPECT_EQ(deferred->deferred_until, office.now + hours(20));
  EXPECT_EQ(deferred->deferral_reason, "the register is closed");
  EXPECT_EQ(in_queue(), 0U);
  EXPECT_EQ(shown(QueueFilter::Deferred::alone), 1U);
  EXPECT_EQ(shown(QueueFilter::Deferred::shown), 1U);
  // Nothing that was promised moves.
  EXPECT_EQ(deferred->due_at, before.due_at);
  EXPECT_EQ(office.get(id).clock, clock);
  office.now += hours(20);
  EXPECT_EQ(in_queue(), 1U);
  EXPECT_EQ(shown(QueueFilter::Deferred::alone), 0U);
  EXPECT_THAT(verify_applications(office.store), IsEmpty());
}

TEST_F(Deferral, HasBounds) {
  const ca::Time due = stored().due_at;
  ASSERT_LT(due, office.now + kLongestDeferral);
  for (const ca::Time bad : {office.now, office.now - hours(1), due + std::chrono::seconds(1)}) {
    const auto refused = defer("sue", bad);
    EXPECT_EQ(code_of(refused), FaultCode::validation);
    EXPECT_EQ(refused.error().errors.at(0).pointer, "/until");
  }
  EXPECT_EQ(defer("sue", office.now + hours(1), "").error().errors.at(0).pointer, "/reason");
  EXPECT_TRUE(defer("sue", due));
  office.now = due;
  EXPECT_EQ(code_of(defer("sue", office.now + hours(1))), FaultCode::validation);
}

TEST_F(Deferral, IsAtMostSoManyDays) {
  ReviewTask later = stored();
  later.due_at = office.now + days(90);
  office.store.write([&](storage::Transaction& transaction) {
    store_task(transaction, later);
    return true;
  });
  EXPECT_EQ(code_of(defer("sue", office.now + kLongestDeferral + std::chrono::seconds(1))),
            FaultCode::validation);
  EXPECT_TRUE(defer("sue", office.now + kLongestDeferral));
}

TEST_F(Deferral, IsForWhoMayDoTheTask) {
  const ca::Time then = office.now + hours(20);
  EXPECT_EQ(code_of(defer("ann", then)), FaultCode::not_found);
  EXPECT_EQ(code_of(defer("fred", then)), FaultCode::forbidden);
  ASSERT_TRUE(office.act("sam", [&](const Here& here) { return claim_task(here, task); }));
  EXPECT_EQ(code_of(defer("sue", then)), FaultCode::state_conflict);
  EXPECT_TRUE(defer("max", then));
  EXPECT_TRUE(defer("sam", then));
  EXPECT_EQ(stored().claimed_by, office.person("sam"));
}

TEST_F(Deferral, EndsWhenSomebodyTakesItUpOrAsks) {
  const ca::Time then = office.now + hours(20);
  ASSERT_TRUE(defer("sue", then));
  ASSERT_TRUE(office.act("sam", [&](const Here& here) { return claim_task(here, task); }));
  EXPECT_EQ(in_queue(), 1U);
  ASSERT_TRUE(defer("sam", then));
  EXPECT_EQ(in_queue(), 0U);
  const PersonId sue = office.person("sue");
  ASSERT_TRUE(office.act("max", [&](const Here& here) { return assign_task(here, task, sue); }));
  EXPECT_EQ(in_queue(), 1U);
  ASSERT_TRUE(defer("sue", then));
  office.must("ann", [&](const Here& here) { return remind_reviewers(here, {id}); });
  EXPECT_EQ(in_queue(), 1U);
  EXPECT_FALSE(stored().deferred_until);
}

TEST_F(Deferral, IsInTheAuditLog) {
  ASSERT_TRUE(defer("sue", office.now + hours(20)));
  std::string note;
  ca::read_audit(office.store, 1, [&](const ca::AuditEntry& entry) {
    if (entry.event == "review.task_deferred") note = ca::fact_in(entry, "note");
    return storage::Scan::proceed;
  });
  EXPECT_EQ(note, ca::rfc3339(office.now + hours(20)) + ": the register is closed");
}

// Pages go on behind what is left out.
TEST_F(Deferral, LeavesPagesWhole) {
  const auto put = [&](std::uint8_t number, std::optional<ca::Time> until) {
    ReviewTask one = stored();
    one.id = TaskId::from_octets(std::string(kIdOctets, static_cast<char>(number)));
    one.type = TaskType::revalidation;
    one.deferred_until = until;
    office.store.write([&](storage::Transaction& transaction) {
      store_task(transaction, one);
      return true;
    });
  };
  for (std::uint8_t number = 1; number <= 30; ++number) {
    put(number, number % 3 == 0 ? std::nullopt : std::optional(office.now + hours(1)));
  }
  const QueueFilter filter{.type = TaskType::revalidation,
                           .office = "",
                           .language = "",
                           .deferred = QueueFilter::Deferred::left_out,
                           .now = office.now};
  std::size_t found = 0;
  std::optional<std::string> after;
  do {
    const auto page = queue_page(office.store, filter, after, 4);
    ASSERT_TRUE(page);
    EXPECT_LE(page->tasks.size(), 4U);
    found += page->tasks.size();
    after = page->next;
  } while (after);
  EXPECT_EQ(found, 10U);
}

}  // namespace
}  // namespace policy
