// The validation of an organization grows old: who is told, and how often.
#include "policy/organizations/validation_age.h"

#include "ca/audit_log.h"
#include "policy/applications/clock_work.h"
#include "policy/mail/outbox.h"
#include "policy/reviews/review_task.h"
#include "tests/support/due_rows.h"
#include "tests/support/run.h"
#include "tests/support/temp_store.h"
#include "tests/unit/policy/validation_case_fixture.h"

namespace policy {
namespace {

using std::chrono::days;
using std::chrono::seconds;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

std::vector<storage::WorkKey> ages_in(const storage::Snapshot& snapshot) {
  std::vector<storage::WorkKey> rows;
  storage::kDueWork.scan_prefix(
      snapshot, "", [&](std::string_view key, const storage::WorkRecord&) {
        auto row = storage::WorkKey::decode(key);
        const bool is_age =
            row.kind == storage::WorkKind::application_clock && validation_in(row.subject);
        if (is_age) rows.push_back(std::move(row));
        return storage::Scan::proceed;
      });
  return rows;
}

std::vector<Message> notices_in(const storage::Snapshot& snapshot) {
  std::vector<Message> notices;
  kMessages.scan_prefix(snapshot, "", [&](std::string_view, const OutgoingMessage& each) {
    if (each.purpose == "organization.revalidation_notice") notices.push_back(each.message);
    return storage::Scan::proceed;
  });
  return notices;
}

class ValidationAges : public ValidationCases {
 protected:
  ApplicationId validated(std::string_view word) {
    const ApplicationId id = begun(word);
    approved(id);
    return id;
  }
  ca::Time end_of(std::string_view word) { return known(word).value().valid_until; }
  /// What the server does with rows that are due.
  void run() {
    for (const storage::WorkKey& row : ages_in(office.store)) {
      if (row.due > office.now) continue;
      const auto done = office.act("server", [&](const Here& here) -> Allowed<void> {
        storage::kDueWork.erase(here.transaction, row.encode());
        note_age(here, *validation_in(row.subject), random);
        return {};
      });
      ASSERT_TRUE(done);
    }
  }
  std::vector<Message> notices() { return notices_in(office.store); }
  std::vector<ReviewTask> tasks() {
    return queue_page(office.store, {.type = TaskType::revalidation, .office = {}, .language = {}},
                      std::nullopt, 10)
        .value()
        .tasks;
  }
  int audited(std::string_view event) {
    int count = 0;
    ca::read_audit(office.store, 0, [&](const ca::AuditEntry& each) {
      if (each.event == event) ++count;
      return storage::Scan::proceed;
    });
    return count;
  }

  ca::SystemRandom random;
};

// EVG-3.2.2.14.3: 90, 60, 30 and 7 days before the oldest fact is too old to count.
TEST_F(ValidationAges, AreToldOnceAtEachStage) {
  const ApplicationId id = validated("ov");
  const ca::Time end = end_of("ov");
  std::size_t told = 0;
  for (const days stage : kAgeNotices) {
    SCOPED_TRACE(stage.count());
    office.now = end - stage - seconds(1);
    run();
    EXPECT_THAT(notices(), SizeIs(told));
    office.now += seconds(1);
    run();
    run();
    EXPECT_THAT(notices(), SizeIs(++told));
    EXPECT_EQ(known("ov")->state_at(office.now), OrgValidationState::expiring);
  }
  EXPECT_THAT(ages_in(office.store), IsEmpty());
  office.now = end;
  run();
  EXPECT_THAT(notices(), SizeIs(kAgeNotices.size()));
  EXPECT_EQ(audited("organization.expiring"), 4);
  const Message mail = notices().front();
  EXPECT_EQ(mail.to, "adam@example.com");
  EXPECT_EQ(mail.subject, "The review of Example Trading Ltd ends on " + ca::rfc3339(end));
  EXPECT_THAT(mail.text, AllOf(HasSubstr("Example Trading Ltd"), HasSubstr(ca::rfc3339(end)),
                               HasSubstr("ov"), HasSubstr(id.text())));
}

// ALI-31
TEST_F(ValidationAges, AreToldInChineseWhereTheReviewWas) {
  validated("gm-ov");
  office.now = end_of("gm-ov") - days(90);
  run();
  ASSERT_THAT(notices(), SizeIs(1));
  EXPECT_THAT(notices().front().subject, HasSubstr("审核将于"));
  EXPECT_THAT(notices().front().text, AllOf(HasSubstr("gm-ov"), Not(HasSubstr("Hello"))));
}

TEST_F(ValidationAges, AreToldOnceAfterAStopOverSeveralStages) {
  validated("ov");
  office.now = end_of("ov") - days(20);
  run();
  EXPECT_THAT(notices(), SizeIs(1));
  office.now = end_of("ov") - days(7);
  run();
  EXPECT_THAT(notices(), SizeIs(2));
  EXPECT_THAT(ages_in(office.store), IsEmpty());
}

TEST_F(ValidationAges, AreNotToldOnceTheyAreOver) {
  validated("ov");
  office.now = end_of("ov");
  run();
  EXPECT_THAT(notices(), IsEmpty());
  EXPECT_THAT(tasks(), IsEmpty());
  EXPECT_THAT(ages_in(office.store), IsEmpty());
}

TEST_F(ValidationAges, BeginAnewWithTheNextValidation) {
  validated("ov");
  const ca::Time first_end = end_of("ov");
  office.now = first_end - days(60);
  run();
  ASSERT_THAT(notices(), SizeIs(1));
  ASSERT_THAT(tasks(), SizeIs(1));
  EXPECT_EQ(tasks().front().organization, office.organization);
  EXPECT_EQ(tasks().front().due_at, first_end);
  validated("ov");
  EXPECT_THAT(tasks(), IsEmpty()) << "what it was opened for is done";
  ASSERT_GT(end_of("ov"), first_end);
  const auto rows = ages_in(office.store);
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_EQ(rows.front().due, end_of("ov") - days(90));
  office.now = end_of("ov") - days(90);
  run();
  EXPECT_THAT(notices(), SizeIs(2));
  EXPECT_THAT(tasks(), SizeIs(1));
}

// III.4.3 row 31: the task is there from the first stage on, and ever more urgent.
TEST_F(ValidationAges, BecomeATaskOfTheDesk) {
  validated("ov");
  const ca::Time end = end_of("ov");
  std::vector<std::uint32_t> urgency;
  for (const days stage : kAgeNotices) {
    office.now = end - stage;
    run();
    ASSERT_THAT(tasks(), SizeIs(1));
    urgency.push_back(tasks().front().urgency);
  }
  EXPECT_THAT(urgency, ElementsAre(0, 1, 2, 3));
  const TaskId id = tasks().front().id;
  const auto finished =
      office.act("sue", [&](const Here& here) { return finish_task(here, id, "called them"); });
  ASSERT_TRUE(finished) << finished.error().detail;
  EXPECT_THAT(tasks(), IsEmpty());
}

TEST_F(ValidationAges, OfATaskThatSomebodyFinishedOpenNoOther) {
  validated("ov");
  const ca::Time end = end_of("ov");
  office.now = end - days(90);
  run();
  const TaskId id = tasks().front().id;
  ASSERT_TRUE(office.act("sue", [&](const Here& here) { return finish_task(here, id, "done"); }));
  office.now = end - days(60);
  run();
  EXPECT_THAT(notices(), SizeIs(2));
  EXPECT_THAT(tasks(), IsEmpty());
}

// A review of somebody new takes the facts about the organization over, as old as they are.
TEST_F(ValidationAges, AreNotToldAgainWhereALaterReviewRestsOnThem) {
  validated("ov");
  const ca::Time end = end_of("ov");
  office.now = end - days(90);
  run();
  ASSERT_THAT(notices(), SizeIs(1));
  office.claims.proven = {"a.example.com"};
  Wish people;
  people.admin_contact = office.signer;
  const Application next = of_acme("tencent-ov", "a.example.com", people);
  ASSERT_EQ(next.state, ApplicationState::in_review);
  approved(next.id);
  ASSERT_EQ(known("ov")->application, next.id);
  ASSERT_EQ(end_of("ov"), end);
  run();
  EXPECT_THAT(notices(), SizeIs(1));
  EXPECT_THAT(tasks(), SizeIs(1));
  const auto rows = ages_in(office.store);
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_EQ(rows.front().due, end - days(60));
}

TEST_F(ValidationAges, AreNotToldWhileTheOrganizationIsSuspended) {
  validated("ov");
  suspend();
  EXPECT_THAT(ages_in(office.store), IsEmpty());
  office.now = end_of("ov") - days(90);
  run();
  EXPECT_THAT(notices(), IsEmpty());
  reinstate();
  run();
  EXPECT_THAT(notices(), SizeIs(1));
}

/// The same rows in a store on disk, with the server's own work.
class StoredValidationAges : public ValidationAges {
 protected:
  void move_to_disk() {
    store->write_and_wait([&](storage::Transaction& transaction) {
      for (const auto& [table, rows] : office.store.tables()) {
        for (const auto& [key, value] : rows) {
          transaction.put(storage::TableName{table}, key, value);
        }
      }
    });
  }
  std::vector<storage::WorkKey> rows() { return store->read(ages_in); }
  std::vector<Message> told() { return store->read(notices_in); }
  void work() {
    ClockServices services{*store, office.surroundings, [this] { return office.now; }, random};
    for (const storage::WorkKey& row : rows()) {
      if (row.due <= office.now) tests::run(run_application_clock(services, row));
    }
  }

  tests::TempStore store;
};

TEST_F(StoredValidationAges, AreToldOnceHoweverOftenTheServerStarts) {
  validated("ov");
  move_to_disk();
  const ca::Time end = end_of("ov");
  std::size_t count = 0;
  for (const days stage : kAgeNotices) {
    store.reopen();
    complete_age_notices(*store);
    office.now = end - stage - seconds(1);
    work();
    EXPECT_THAT(told(), SizeIs(count));
    store.reopen();
    office.now += seconds(1);
    work();
    EXPECT_THAT(told(), SizeIs(++count));
    store.reopen();
    complete_age_notices(*store);
    work();
    EXPECT_THAT(told(), SizeIs(count));
  }
  EXPECT_THAT(rows(), IsEmpty());
}

// Rows that are run twice, as after a stop between the run and its end, say nothing twice.
TEST_F(StoredValidationAges, AreToldOnceThoughARowIsRunAgain) {
  validated("ov");
  move_to_disk();
  office.now = end_of("ov") - days(90);
  const auto due = rows();
  ASSERT_THAT(due, SizeIs(1));
  ClockServices services{*store, office.surroundings, [this] { return office.now; }, random};
  tests::run(run_application_clock(services, due.front()));
  tests::run(run_application_clock(services, due.front()));
  EXPECT_THAT(told(), SizeIs(1));
  ASSERT_THAT(rows(), SizeIs(1));
  EXPECT_EQ(rows().front().due, end_of("ov") - days(60));
  // A clock that was set back: the row stays.
  office.now -= days(1);
  tests::run(run_application_clock(services, rows().front()));
  EXPECT_THAT(rows(), SizeIs(1));
}

TEST_F(StoredValidationAges, AreToldOfThoseThatAnOlderProgramStored) {
  validated("ov");
  move_to_disk();
  for (const storage::WorkKey& row : rows()) {
    store->write_and_wait([&](storage::Transaction& transaction) {
      storage::kDueWork.erase(transaction, row.encode());
    });
  }
  ASSERT_THAT(rows(), IsEmpty());
  store->write_and_wait([](storage::Transaction& transaction) {
    transaction.put(kOrgValidations.name(), "damaged", "\xFF");
    transaction.put(storage::kDueWork.name(), "damaged", "");
  });
  complete_age_notices(*store);
  store->write_and_wait([](storage::Transaction& transaction) {
    transaction.erase(storage::kDueWork.name(), "damaged");
  });
  EXPECT_THAT(rows(), SizeIs(1));
  office.now = end_of("ov") - days(90);
  work();
  EXPECT_THAT(told(), SizeIs(1));
}

// The runner puts off what failed; a start in between adds nothing to it.
TEST_F(StoredValidationAges, ArePutOffAfterAFaultWithoutASecondRow) {
  validated("ov");
  move_to_disk();
  storage::WorkKey row = rows().front();
  store->write_and_wait([&](storage::Transaction& transaction) {
    storage::kDueWork.erase(transaction, row.encode());
    row.due += seconds(1);
    storage::kDueWork.put(transaction, row.encode(), {.failures = 1});
  });
  complete_age_notices(*store);
  EXPECT_THAT(rows(), ElementsAre(row));
  office.now = row.due;
  work();
  EXPECT_THAT(told(), SizeIs(1));
  EXPECT_THAT(rows(), SizeIs(1));
}

}  // namespace
}  // namespace policy
