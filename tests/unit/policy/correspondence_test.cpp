// What applicants and the desk write to each other.
#include "policy/reviews/correspondence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ca/audit_log.h"
#include "policy/applications/verify.h"
#include "tests/support/office.h"

namespace policy {
namespace {

using enum CaseMessageKind;
using testing::ElementsAre;
using testing::IsEmpty;
using tests::Office;

class Correspondence : public testing::Test {
 protected:
  Allowed<CaseMessage> write(const std::string& who,
                             const ApplicationId& about,
                             std::optional<CaseMessageKind> kind,
                             const std::string& text = "Which letter do you mean?") {
    const auto mail = MessageId::from_octets(office.fresh_id().octets());
    return office.act(who, [&](const Here& here) {
      return write_case_message(here, {about}, mail, {kind, text});
    });
  }
  /// The code of a refusal, with its place.
  static std::string refusal(const Allowed<CaseMessage>& written) {
    if (written) return "written";
    std::string text(facts_of(written.error().code).text);
    for (const FaultAt& each : written.error().errors) text += " " + each.pointer;
    return text;
  }
  std::vector<CaseMessageKind> seen_by(const std::string& who) {
    std::vector<CaseMessageKind> kinds;
    for (const CaseMessage& each : case_messages(office.store, id, office.as(who))) {
      kinds.push_back(each.kind);
    }
    return kinds;
  }
  ReviewTask task_of_id(const TaskId& task) { return *kTasks.get(office.store, task.octets()); }
  std::size_t open_tasks() {
    return queue_page(office.store, {TaskType::message, "", ""}, {}, 10)->tasks.size();
  }

  Office office;
  ApplicationId id = office.submitted("tencent-ov").id;
};

// ALI-28 ALI-32
TEST_F(Correspondence, GoesBothWaysAndKeepsNotesFromApplicants) {
  const auto asked = write("ann", id, {});
  ASSERT_TRUE(asked) << asked.error().detail;
  EXPECT_EQ(asked->number, 1U);
  EXPECT_EQ(asked->kind, from_applicant);
  EXPECT_EQ(asked->role, "applicant");
  EXPECT_EQ(asked->by, office.person("ann"));
  EXPECT_EQ(asked->revision, 1U);
  ASSERT_TRUE(write("sue", id, note, "Ask fred first."));
  const auto answered = write("fred", id, to_applicant, "The one with the seal.\n\nRegards");
  ASSERT_TRUE(answered) << answered.error().detail;
  EXPECT_EQ(answered->number, 3U);
  EXPECT_EQ(answered->role, "front_desk");
  EXPECT_THAT(seen_by("ann"), ElementsAre(from_applicant, to_applicant));
  EXPECT_THAT(seen_by("adam"), ElementsAre(from_applicant, to_applicant));
  EXPECT_THAT(seen_by("sam"), ElementsAre(from_applicant, note, to_applicant));
  EXPECT_THAT(verify_applications(office.store), IsEmpty());
}

// A message is none of what is decided about: nobody's If-Match fails because of it.
TEST_F(Correspondence, ChangesNothingOfTheApplication) {
  const Application before = office.get(id);
  ASSERT_TRUE(write("ann", id, {}));
  ASSERT_TRUE(write("sue", id, to_applicant));
  ASSERT_TRUE(write("sue", id, note));
  EXPECT_EQ(office.get(id), before);
}

TEST_F(Correspondence, IsInTheAuditLogByItsHash) {
  ASSERT_TRUE(write("ann", id, {}, "A secret of the house"));
  ASSERT_TRUE(write("sue", id, note, "Another one"));
  std::vector<std::string> events;
  ca::read_audit(office.store, 1, [&](const ca::AuditEntry& entry) {
    for (const auto& [name, value] : entry.facts) {
      EXPECT_EQ(value.find("secret of the house"), std::string::npos);
      if (name == "sha256" && entry.subject == id.text()) events.push_back(entry.event);
    }
    return storage::Scan::proceed;
  });
  EXPECT_THAT(events, ElementsAre("application.message", "application.note"));
}

TEST_F(Correspondence, OpensATaskUntilTheDeskAnswers) {
  EXPECT_EQ(open_tasks(), 0U);
  ASSERT_TRUE(write("ann", id, {}));
  ASSERT_TRUE(write("ann", id, {}));
  EXPECT_EQ(open_tasks(), 1U);
  ASSERT_TRUE(write("sue", id, note));
  EXPECT_EQ(open_tasks(), 1U);
  ASSERT_TRUE(write("sue", id, to_applicant));
  EXPECT_EQ(open_tasks(), 0U);
  office.now += std::chrono::hours(1);
  ASSERT_TRUE(write("ann", id, {}));
  EXPECT_EQ(open_tasks(), 1U);
  EXPECT_THAT(verify_applications(office.store), IsEmpty());
}

// ALI-32: who writes again is not left waiting for the time to which the first message was put off.
TEST_F(Correspondence, BringsATaskBackThatWasPutOff) {
  ASSERT_TRUE(write("ann", id, {}));
  const TaskId task = queue_page(office.store, {TaskType::message, "", ""}, {}, 10)->tasks[0].id;
  ASSERT_TRUE(office.act("sue", [&](const Here& here) {
    return defer_task(here, task, office.now + std::chrono::hours(2), "the papers are not here");
  }));
  ASSERT_TRUE(task_of_id(task).deferred_until);
  ASSERT_TRUE(write("sue", id, note));
  EXPECT_TRUE(task_of_id(task).deferred_until);
  ASSERT_TRUE(write("ann", id, {}));
  EXPECT_FALSE(task_of_id(task).deferred_until);
  EXPECT_EQ(open_tasks(), 1U);
}

// ALI-27: whoever is written to learns of it by mail; of a note nobody does.
TEST_F(Correspondence, IsMailedToTheApplicantAndToNobodyElse) {
  ASSERT_TRUE(write("ann", id, {}));
  ASSERT_TRUE(write("sue", id, note));
  EXPECT_THAT(messages_about(office.store, id.octets()), IsEmpty());
  ASSERT_TRUE(write("sue", id, to_applicant, "The one with the seal."));
  const auto mails = messages_about(office.store, id.octets());
  ASSERT_EQ(mails.size(), 1U);
  EXPECT_EQ(mails[0].message.purpose, "message");
  EXPECT_NE(mails[0].message.message.text.find("The one with the seal."), std::string::npos);
}

TEST_F(Correspondence, SaysWhomItIsFor) {
  EXPECT_EQ(refusal(write("ann", id, to_applicant)), "validation /kind");
  EXPECT_EQ(refusal(write("ann", id, note)), "validation /kind");
  EXPECT_EQ(refusal(write("sue", id, {})), "validation /kind");
  EXPECT_EQ(refusal(write("sue", id, from_applicant)), "validation /kind");
  EXPECT_THAT(seen_by("sue"), IsEmpty());
}

TEST_F(Correspondence, IsPlainText) {
  const std::string longest(kLongestCaseMessage, 'x');
  EXPECT_EQ(refusal(write("ann", id, {}, longest)), "written");
  for (const std::string& bad : {std::string(), std::string(" \n "), longest + "x",
                                 std::string("a\tb"), std::string("a\rb"), std::string("a\0b", 3),
                                 std::string("\xE2\x80\xAE"
                                             "evil"),
                                 std::string("\xFF")}) {
    EXPECT_EQ(refusal(write("ann", id, {}, bad)), "validation /text") << bad.substr(0, 9);
  }
}

// T-I6 III.6
TEST_F(Correspondence, IsWrittenByWhoMay) {
  EXPECT_EQ(refusal(write("otto", id, {})), "notFound");
  EXPECT_EQ(refusal(write("vera", id, {})), "forbidden");
  EXPECT_EQ(refusal(write("bob", id, note)), "forbidden");
  EXPECT_EQ(refusal(write("max", id, note)), "written");
  EXPECT_EQ(refusal(write("adam", id, {})), "written");
}

TEST_F(Correspondence, NeedsSomebodyToReadIt) {
  const ApplicationId unsent = office.draft("tencent-ov").id;
  EXPECT_EQ(refusal(write("ann", unsent, {})), "stateConflict");
  EXPECT_EQ(refusal(write("sue", unsent, to_applicant)), "stateConflict");
  ASSERT_TRUE(write("ann", id, {}));
  office.must("ann", [&](const Here& here) { return cancel_application(here, {id}); });
  EXPECT_EQ(open_tasks(), 0U);
  EXPECT_EQ(refusal(write("ann", id, {})), "stateConflict");
  EXPECT_EQ(refusal(write("sue", id, to_applicant)), "written");
}

TEST_F(Correspondence, HasAnEndAndTheDeskTheLastWord) {
  for (std::size_t i = 0; i < kMostOfApplicant; ++i) ASSERT_TRUE(write("ann", id, {}));
  EXPECT_EQ(refusal(write("ann", id, {})), "quotaExceeded");
  for (std::size_t i = kMostOfApplicant; i < kMostCaseMessages; ++i) {
    ASSERT_TRUE(write("sue", id, to_applicant));
  }
  EXPECT_EQ(refusal(write("sue", id, to_applicant)), "quotaExceeded");
  EXPECT_EQ(refusal(write("sue", id, note)), "written");
  EXPECT_EQ(seen_by("ann").size(), kMostCaseMessages);
}

// An applicant does not learn from a refusal that there are notes.
TEST_F(Correspondence, HasRoomThatNotesDoNotTake) {
  for (std::size_t i = 0; i < kMostNotes; ++i) ASSERT_TRUE(write("sue", id, note));
  EXPECT_EQ(refusal(write("sue", id, note)), "quotaExceeded");
  EXPECT_EQ(refusal(write("ann", id, {})), "written");
  EXPECT_EQ(refusal(write("sue", id, to_applicant)), "written");
  EXPECT_THAT(verify_applications(office.store), IsEmpty());
}

TEST_F(Correspondence, ThatLostAMessageIsFound) {
  ASSERT_TRUE(write("ann", id, {}));
  ASSERT_TRUE(write("ann", id, {}));
  office.store.write([&](storage::Transaction& transaction) {
    std::string first;
    kCaseMessages.scan_prefix(transaction, id.octets(), [&](std::string_view key, CaseMessage) {
      first = key;
      return storage::Scan::stop;
    });
    kCaseMessages.erase(transaction, first);
    return true;
  });
  EXPECT_THAT(verify_applications(office.store),
              ElementsAre("application " + id.text() + " has messages with a gap"));
}

}  // namespace
}  // namespace policy
