#include "policy/mail/outbox.h"

#include <gtest/gtest.h>

#include "ca/audit_log.h"
#include "policy/mail/mail_text.h"
#include "tests/support/temp_store.h"

namespace policy {
namespace {

using namespace std::chrono_literals;
using Lasts = DeliveryFault::Lasts;

constexpr ca::Time kNow{std::chrono::sys_days{std::chrono::year{2026} / 11 / 22}};

Message mail() {
  return {.channel = MessageChannel::mail,
          .to = "li@example.org",
          .subject = "Please confirm 请确认",
          .text = "Hello,\n\nhttps://ca.example/confirm/secret\n"};
}

std::string pointer(const Message& message) {
  const auto fault = fault_of(message);
  return fault ? fault->errors.at(0).pointer : "";
}

// T-J5: nothing that a name or a subject holds becomes a header field.
TEST(Messages, WithWhatCouldBecomeAHeaderAreRefused) {
  EXPECT_EQ(fault_of(mail()), std::nullopt);
  for (const char* to :
       {"", "li", "li@example.org\r\nBcc: x@example.org", "li@example.org, x@example.org",
        "\"li\"@example.org", "li@example.org\n", "<li@example.org>", "李@example.org"}) {
    Message wrong = mail();
    wrong.to = to;
    EXPECT_EQ(pointer(wrong), "/to") << to;
  }
  for (const std::string& subject :
       {std::string(), std::string("a\r\nBcc: x@example.org"), std::string("a\nb"),
        std::string("a\0b", 3), std::string("\xFF"), std::string(201, 'x')}) {
    Message wrong = mail();
    wrong.subject = subject;
    EXPECT_EQ(pointer(wrong), "/subject") << subject;
  }
  for (const std::string& text : {std::string(), std::string("a\rb"), std::string("a\x1B[31m"),
                                  std::string("\xC3"), std::string(20'001, 'x')}) {
    Message wrong = mail();
    wrong.text = text;
    EXPECT_EQ(pointer(wrong), "/text");
  }
}

TEST(Messages, WithAnAttachmentSayWhatItIs) {
  Message message = mail();
  message.attachment = Attachment{"report.xml", "text/xml", "<a/>\n"};
  EXPECT_EQ(fault_of(message), std::nullopt);
  const OutgoingMessage stored{.message = message, .purpose = "p", .about = "a", .by = "b"};
  EXPECT_EQ(OutgoingMessage::decode(stored.encode()), stored);
  for (const Attachment& wrong :
       {Attachment{"", "text/xml", "x"}, Attachment{"a\"b", "text/xml", "x"},
        Attachment{"a", "text/xml\r\nX: y", "x"}, Attachment{"a", "", "x"},
        Attachment{"a", "text/xml", "\xFF"},
        Attachment{"a", "text/xml", std::string(20'001, 'x')}}) {
    message.attachment = wrong;
    EXPECT_EQ(pointer(message), "/attachment");
  }
}

TEST(Messages, ByTelephoneHaveANumber) {
  Message sms{
      .channel = MessageChannel::sms, .to = "+8613912345678", .subject = "", .text = "123456"};
  EXPECT_EQ(fault_of(sms), std::nullopt);
  for (const char* to : {"13912345678", "+86 139", "+1", "+12345678901234567", "li@example.org"}) {
    sms.to = to;
    EXPECT_EQ(pointer(sms), "/to") << to;
  }
}

class Outbox : public testing::Test {
 protected:
  void queue() {
    const auto queued = store->write_and_wait([&](storage::Transaction& transaction) {
      return queue_message(transaction, id, mail(),
                           {.purpose = "desk", .about = std::string(16, 'A'), .by = "per_x"}, kNow);
    });
    ASSERT_TRUE(queued);
  }
  std::vector<storage::WorkKey> due() {
    std::vector<storage::WorkKey> rows;
    store->read([&](const storage::Snapshot& snapshot) {
      snapshot.scan(storage::kDueWork.name(), "", [&](std::string_view key, std::string_view) {
        rows.push_back(storage::WorkKey::decode(key));
        return storage::Scan::proceed;
      });
    });
    return rows;
  }
  void note(const storage::WorkKey& work, std::optional<DeliveryFault> fault, ca::Time now) {
    store->write_and_wait(
        [&](storage::Transaction& transaction) { note_delivery(transaction, work, fault, now); });
  }
  OutgoingMessage message() {
    return store->read([&](const auto& snapshot) { return *kMessages.get(snapshot, id.octets()); });
  }
  tests::TempStore store;
  const MessageId id = MessageId::from_octets(std::string(16, 'm'));
};

TEST_F(Outbox, AMessageIsSentOnceAndItsTextForgotten) {
  queue();
  ASSERT_EQ(due().size(), 1U);
  EXPECT_EQ(due()[0].kind, storage::WorkKind::send_message);
  EXPECT_EQ(due()[0].subject, id.octets());
  const storage::WorkKey work = due()[0];
  note(work, std::nullopt, kNow + 1s);
  EXPECT_EQ(due().size(), 0U);
  EXPECT_EQ(message().state, MessageState::sent);
  EXPECT_EQ(message().message.text, "");
  EXPECT_EQ(message().message.subject, mail().subject);
  note(work, DeliveryFault{"failed", Lasts::for_now}, kNow + 2s);  // a row that ran twice
  EXPECT_EQ(message().state, MessageState::sent);
  EXPECT_EQ(due().size(), 0U);
  store->read([&](const auto& snapshot) {
    EXPECT_EQ(messages_about(snapshot, std::string(16, 'A')).size(), 1U);
    EXPECT_EQ(messages_about(snapshot, std::string(16, 'B')).size(), 0U);
    EXPECT_EQ(ca::verify_audit_chain(snapshot), std::vector<std::string>{});
    ca::read_audit(snapshot, 1, [](const ca::AuditEntry& entry) {
      for (const auto& [name, value] : entry.facts) EXPECT_FALSE(value.contains("secret"));
      return storage::Scan::proceed;
    });
  });
}

TEST_F(Outbox, AttemptsAreRepeatedEverMoreSeldomForThreeDays) {
  queue();
  ca::Time now = kNow;
  std::vector<std::chrono::seconds> pauses;
  while (!due().empty()) {
    note(due()[0], DeliveryFault{"refused the connection", Lasts::for_now}, now);
    if (due().empty()) break;
    pauses.push_back(due()[0].due - now);
    now = due()[0].due;
  }
  EXPECT_EQ(pauses.at(0), 60s);
  EXPECT_EQ(pauses.at(1), 120s);
  EXPECT_EQ(pauses.at(6), 3'600s);
  EXPECT_EQ(pauses.back(), 3'600s);
  EXPECT_GE(now, kNow + 72h);
  EXPECT_LT(now, kNow + 74h);
  EXPECT_EQ(message().state, MessageState::given_up);
  EXPECT_EQ(message().last_fault, "refused the connection");
  EXPECT_EQ(message().message.text, "");
}

TEST_F(Outbox, WhatCannotBeSentIsGivenUpAtOnce) {
  queue();
  note(due()[0], DeliveryFault{"was refused: no such mailbox", Lasts::for_good}, kNow);
  EXPECT_EQ(message().state, MessageState::given_up);
  EXPECT_EQ(due().size(), 0U);
}

TEST_F(Outbox, ARefusedMessageLeavesNothing) {
  Message wrong = mail();
  wrong.to = "x";
  const auto queued = store->write_and_wait([&](storage::Transaction& transaction) {
    return queue_message(transaction, id, wrong, {}, kNow);
  });
  EXPECT_EQ(queued.error().code, FaultCode::validation);
  EXPECT_EQ(due().size(), 0U);
}

TEST(MessageTexts, ComeFromTemplatesInTwoLanguages) {
  const TemplateValues values = [](std::string_view name) {
    return std::optional("<" + std::string(name) + ">\r\nBcc: x");
  };
  for (const Template& one : templates()) {
    SCOPED_TRACE(one.name);
    const bool is_mail = one.name.starts_with("mail_");
    if (!is_mail && !one.name.starts_with("sms_")) continue;
    const MessageChannel channel = is_mail ? MessageChannel::mail : MessageChannel::sms;
    const Message message = message_from(
        one.name, one.language, channel, is_mail ? "a@example.org" : "+8613912345678",
        [](std::string_view name) { return std::optional("<" + std::string(name) + ">"); });
    EXPECT_EQ(fault_of(message), std::nullopt);
    EXPECT_FALSE(message_from(one.name, one.language, channel, "", values).subject.contains('\n'));
  }
  EXPECT_THROW((void)message_from("mail_nothing", "en", MessageChannel::mail, "", values),
               std::invalid_argument);
}

TEST(MessageTexts, HaveASubjectThatIsNeverTooLong) {
  const TemplateValues values = [](std::string_view) {
    return std::optional(std::string(999, 'x') + "请");
  };
  const Message message =
      message_from("mail_confirm_application", "zh", MessageChannel::mail, "a@example.org", values);
  EXPECT_EQ(fault_of(message), std::nullopt);
}

}  // namespace
}  // namespace policy
