// The time to prove control of names ends in a day: who is told, and how often.
#include "policy/applications/control_notice.h"

#include <gtest/gtest.h>

#include "policy/applications/clock_work.h"
#include "policy/applications/gate_events.h"
#include "policy/applications/schedule.h"
#include "policy/applications/verify.h"
#include "policy/mail/outbox.h"
#include "policy/organizations/validation_age.h"
#include "tests/support/office.h"
#include "tests/support/run.h"
#include "tests/support/temp_store.h"

namespace policy {
namespace {

std::vector<Product> told_by_mail() {
  std::vector<Product> products = tests::office_products();
  for (Product& each : products) each.notices = {NoticeChannel::email};
  return products;
}

std::vector<storage::WorkKey> clocks_in(const storage::Snapshot& snapshot) {
  std::vector<storage::WorkKey> rows;
  storage::kDueWork.scan_prefix(snapshot, "",
                                [&](std::string_view key, const storage::WorkRecord&) {
                                  auto row = storage::WorkKey::decode(key);
                                  if (row.kind == storage::WorkKind::application_clock)
                                    rows.push_back(std::move(row));
                                  return storage::Scan::proceed;
                                });
  return rows;
}

std::vector<Message> warnings_in(const storage::Snapshot& snapshot) {
  std::vector<Message> found;
  kMessages.scan_prefix(snapshot, "", [&](std::string_view, const OutgoingMessage& each) {
    if (each.purpose == "application.dcv_deadline_24h") found.push_back(each.message);
    return storage::Scan::proceed;
  });
  return found;
}

class ControlEnds : public testing::Test {
 protected:
  /// What the server does at `time` with rows that are due by then.
  void run_at(ca::Time time) {
    office.now = time;
    for (const storage::WorkKey& row : clocks_in(office.store)) {
      if (row.due > time || validation_in(row.subject)) continue;
      office.act("server", [&](const Here& here) -> Allowed<void> {
        storage::kDueWork.erase(here.transaction, row.encode());
        if (const auto application = control_notice_in(row.subject)) {
          note_control_end(here, *application, random);
        } else {
          EXPECT_TRUE(tick(here, ApplicationId::from_octets(row.subject)));
        }
        return {};
      });
    }
  }
  std::vector<Message> warnings() { return warnings_in(office.store); }

  tests::Office office{told_by_mail()};
  ca::SystemRandom random;
};

// ALI-27: by a row of due work, which outlives the process.
TEST_F(ControlEnds, AreToldOnceADayAhead) {
  const ApplicationId id = office.submitted("dv").id;
  const ca::Time end = office.get(id).deadlines.dcv.value();
  run_at(end - kControlNotice - std::chrono::seconds(1));
  EXPECT_TRUE(warnings().empty());
  const std::uint64_t version = office.get(id).version;
  run_at(end - kControlNotice);
  ASSERT_EQ(warnings().size(), 1U);
  EXPECT_TRUE(warnings().front().text.contains(ca::rfc3339(end)));
  EXPECT_TRUE(warnings().front().text.contains("shop.example.com"));
  EXPECT_EQ(office.get(id).version, version) << "what the applicant read is not changed";
  // A change of the application does not begin it anew.
  office.store.write([&](storage::Transaction& transaction) {
    store_application(transaction, office.get(id));
    return true;
  });
  run_at(end - std::chrono::seconds(1));
  EXPECT_EQ(warnings().size(), 1U);
  run_at(end);
  EXPECT_EQ(office.get(id).state, ApplicationState::dcv_timeout);
  EXPECT_EQ(warnings().size(), 1U);
  EXPECT_TRUE(verify_applications(office.store).empty());
}

// ALI-31
TEST_F(ControlEnds, AreToldInChineseWhereTheApplicationIs) {
  const ApplicationId id = office.submitted("gm-ov").id;
  office.must("ann", [&](const Here& here) {
    return documents_complete(here, {id}, GateName::letter, office.fresh_document());
  });
  const ca::Time end = office.get(id).deadlines.dcv.value();
  run_at(end - kControlNotice);
  ASSERT_EQ(warnings().size(), 1U);
  EXPECT_TRUE(warnings().front().subject.contains("域名验证"));
}

TEST_F(ControlEnds, AreNotToldWhoHasProvenIt) {
  const ApplicationId id = office.submitted("alibaba-ov").id;
  const auto row = control_notice_row(office.get(id)).value();
  EXPECT_TRUE(storage::kDueWork.contains(office.store, row));
  const ca::Time end = office.get(id).deadlines.dcv.value();
  office.must("server", [&](const Here& here) { return dcv_passed(here, {id}, {"claim"}); });
  EXPECT_FALSE(storage::kDueWork.contains(office.store, row));
  run_at(end - kControlNotice);
  EXPECT_TRUE(warnings().empty());
}

TEST_F(ControlEnds, AreNotToldWhoWithdrew) {
  const ApplicationId id = office.submitted("dv").id;
  const ca::Time end = office.get(id).deadlines.dcv.value();
  office.must("ann", [&](const Here& here) { return cancel_application(here, {id}); });
  run_at(end - kControlNotice);
  EXPECT_TRUE(warnings().empty());
}

// After a stop that lasted over both, the end alone is told.
TEST_F(ControlEnds, AreNotToldOnceTheyAreBehind) {
  const ApplicationId id = office.submitted("dv").id;
  run_at(office.get(id).deadlines.dcv.value());
  EXPECT_EQ(office.get(id).state, ApplicationState::dcv_timeout);
  EXPECT_TRUE(warnings().empty());
}

TEST_F(ControlEnds, AreNotToldWhereADayIsAllThereIs) {
  Application application = office.submitted("dv");
  EXPECT_TRUE(control_notice_at(application));
  application.deadlines.dcv = office.now + kControlNotice;
  EXPECT_EQ(control_notice_at(application), std::nullopt);
}

// A clock that was set back: the row stays.
TEST_F(ControlEnds, AreToldLaterWhereTheRowRanTooEarly) {
  const ApplicationId id = office.submitted("dv").id;
  const auto row = control_notice_row(office.get(id)).value();
  office.act("server", [&](const Here& here) -> Allowed<void> {
    storage::kDueWork.erase(here.transaction, row);
    note_control_end(here, id.octets(), random);
    return {};
  });
  EXPECT_TRUE(warnings().empty());
  EXPECT_TRUE(storage::kDueWork.contains(office.store, row));
}

TEST_F(ControlEnds, AreToldOnceHoweverOftenTheServerStarts) {
  const ApplicationId id = office.submitted("dv").id;
  tests::TempStore store;
  store->write_and_wait([&](storage::Transaction& transaction) {
    for (const auto& [table, rows] : office.store.tables()) {
      for (const auto& [key, value] : rows) transaction.put(storage::TableName{table}, key, value);
    }
  });
  ClockServices services{*store, office.surroundings, [this] { return office.now; }, random};
  office.now = *control_notice_at(office.get(id));
  for (int start = 0; start < 2; ++start) {
    for (const storage::WorkKey& row : store->read(clocks_in)) {
      if (row.due > office.now) continue;
      tests::run(run_application_clock(services, row));
      tests::run(run_application_clock(services, row));
    }
    EXPECT_EQ(store->read(warnings_in).size(), 1U);
  }
}

}  // namespace
}  // namespace policy
