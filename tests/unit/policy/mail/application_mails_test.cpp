#include "policy/mail/application_mails.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "policy/applications/clock_work.h"
#include "policy/applications/gate_events.h"
#include "policy/applications/schedule.h"
#include "policy/applications/validation_case.h"
#include "tests/support/office.h"

namespace policy {
namespace {

class ApplicationMails : public testing::Test {
 protected:
  /// An application that waits for the answer to a mail.
  ApplicationId waiting() {
    const ApplicationId id = office.submitted("alibaba-ov").id;
    const Target target{id};
    office.must("server", [&](const Here& here) { return dcv_passed(here, target, {"claim"}); });
    office.pass_steps(id, GateName::org_vetting, "sue");
    EXPECT_TRUE(office.get(id).gate(GateName::email_confirm)->is_open());
    return id;
  }
  ConfirmationSecrets secrets() {
    ++count;
    return {MessageId::from_octets(office.fresh_id().octets()), secret()};
  }
  std::string secret() const { return std::string(42, 's') + static_cast<char>('a' + count); }
  Allowed<void> ask(const std::string& by,
                    const ApplicationId& id,
                    std::optional<MailTarget> to = {}) {
    const ConfirmationSecrets with = secrets();
    return office.act(by, [&](const Here& here) {
      return ask_for_confirmation(here, {id}, to, with, "https://ca.example");
    });
  }
  /// What the server does when the gate opens.
  void by_itself(const ApplicationId& id) {
    const ConfirmationSecrets with = secrets();
    office.store.write([&](storage::Transaction& transaction) {
      ask_by_itself(transaction, office.catalog, office.get(id), with, "https://ca.example",
                    office.now);
      return true;
    });
  }
  Allowed<Confirmation> answer(ConfirmationAnswer said) {
    return office.act("server", [&](const Here& here) {
      return answer_link(here.transaction, here.surroundings, secret(), said, "192.0.2.1",
                         here.now);
    });
  }
  GateState gate(const ApplicationId& id) {
    return office.get(id).gate(GateName::email_confirm)->state;
  }
  std::vector<FoundMessage> messages(const ApplicationId& id) {
    return messages_about(office.store, id.octets());
  }

  tests::Office office;
  int count = 0;
};

// ALI-19 ALI-37 TCO-13 APP-C-04: the mail is about authenticity; its link works once.
TEST_F(ApplicationMails, ALinkConfirmsAnApplicationOnce) {
  const ApplicationId id = waiting();
  by_itself(id);
  ASSERT_EQ(messages(id).size(), 1U);
  const Message mail = messages(id).at(0).message.message;
  EXPECT_TRUE(mail.text.contains("https://ca.example/confirm/" + secret()));
  EXPECT_TRUE(mail.text.contains("Example Trading Ltd"));
  EXPECT_TRUE(mail.text.contains("shop.example.com"));
  const auto answered = answer(ConfirmationAnswer::confirmed);
  ASSERT_TRUE(answered) << answered.error().detail;
  EXPECT_EQ(gate(id), GateState::passed);
  EXPECT_EQ(answer(ConfirmationAnswer::confirmed).error().code, FaultCode::link_expired);
}

// A validation of the organization is for no names: its mails speak of none.
TEST_F(ApplicationMails, AValidationIsToldInItsOwnWords) {
  const ApplicationId id = office.fresh_id();
  office.must("adam", [&](const Here& here) {
    return begin_validation(
        here, id, {.organization = office.organization, .kind = kValidationKinds.front()});
  });
  office.must("ann", [&](const Here& here) {
    return documents_complete(here, {id}, GateName::letter, office.fresh_document());
  });
  office.pass_steps(id, GateName::platform_check, "sue");
  office.pass_steps(id, GateName::org_vetting, "sue");
  by_itself(id);
  ASSERT_EQ(messages(id).size(), 1U);
  const Message mail = messages(id).at(0).message.message;
  EXPECT_EQ(mail.subject, "Please confirm the review of Example Trading Ltd");
  EXPECT_TRUE(mail.text.contains("https://ca.example/confirm/" + secret()));
  ASSERT_TRUE(answer(ConfirmationAnswer::confirmed));
  EXPECT_EQ(gate(id), GateState::passed);

  std::vector<Product> products = office.catalog.versions();
  for (Product& each : products) each.notices = {NoticeChannel::email};
  const Catalog catalog(std::move(products));
  ca::SystemRandom random;
  const auto tells = [&](Notice notice, std::string_view subject) {
    office.act("server", [&](const Here& here) -> Allowed<void> {
      tell(here.transaction, catalog, office.get(id), notice, random, here.now);
      return {};
    });
    return std::ranges::any_of(messages(id), [&](const FoundMessage& each) {
      return each.message.message.subject == subject;
    });
  };
  EXPECT_TRUE(tells(Notice::approved, "Your organization was validated"));
  EXPECT_TRUE(tells(Notice::expired, "The review of your organization has ended"));
}

/// How often the applicant was reminded.
std::int64_t reminders(const tests::Office& office) {
  return std::ranges::count(office.heard.events, text_of(Notice::reminder));
}

// ALI-27 ALO-36: a day after the mail, and then each day until it is answered.
TEST_F(ApplicationMails, WhoDoesNotAnswerIsRemindedEachDay) {
  const ApplicationId id = waiting();
  const auto tick_at = [&](ca::Time time) {
    office.now = time;
    office.must("server", [&](const Here& here) { return tick(here, id); });
  };
  const ca::Time asked = office.now;
  EXPECT_EQ(office.get(id).gate(GateName::email_confirm)->due_at, asked + std::chrono::hours(24));
  tick_at(asked + std::chrono::hours(24) - std::chrono::seconds(1));
  EXPECT_EQ(reminders(office), 0);
  for (int day = 1; day <= 3; ++day) {
    tick_at(asked + std::chrono::days(day));
    EXPECT_EQ(reminders(office), day);
    tick_at(office.now);
    EXPECT_EQ(reminders(office), day) << "once a day";
  }
  office.must("server", [&](const Here& here) {
    return record_mail_confirmation(here, {id}, tests::good_mail());
  });
  tick_at(asked + std::chrono::days(9));
  EXPECT_EQ(reminders(office), 3);
}

// ALI-27: the clock that stands still while the applicant is waited for reminds of nothing else.
TEST_F(ApplicationMails, NobodyIsRemindedWhileSomethingElseIsAsked) {
  const ApplicationId id = waiting();
  const ca::Time asked = office.now;
  office.must("sue",
              [&](const Here& here) { return request_info(here, {id}, {.text = "the extract"}); });
  office.now = asked + std::chrono::days(3);
  office.must("server", [&](const Here& here) { return tick(here, id); });
  EXPECT_EQ(reminders(office), 0);
  office.must("ann", [&](const Here& here) { return answer_info(here, {id}, "here it is"); });
  EXPECT_EQ(office.get(id).gate(GateName::email_confirm)->due_at, asked + std::chrono::days(4));
}

// ALI-27 ALO-16: a call that was missed.
TEST_F(ApplicationMails, WhoMissedACallIsReminded) {
  const ApplicationId id = waiting();
  office.must("server", [&](const Here& here) {
    return record_mail_confirmation(here, {id}, tests::good_mail());
  });
  ASSERT_TRUE(office.get(id).gate(GateName::phone_call)->is_open());
  EXPECT_FALSE(office.get(id).gate(GateName::phone_call)->due_at);
  CallEntry missed = tests::good_call(office.now);
  missed.outcome = CallOutcome::no_answer;
  missed.person_reached.clear();
  office.must("sue", [&](const Here& here) {
    return record_call(here, {id}, office.fresh_call(), missed);
  });
  office.now += std::chrono::hours(24);
  office.must("server", [&](const Here& here) { return tick(here, id); });
  EXPECT_EQ(reminders(office), 1);
  office.must("sue", [&](const Here& here) {
    return record_call(here, {id}, office.fresh_call(), tests::good_call(office.now));
  });
  office.now += std::chrono::hours(24);
  office.must("server", [&](const Here& here) { return tick(here, id); });
  EXPECT_EQ(reminders(office), 1);
}

// ALI-19: as soon as the gate opens, once.
TEST_F(ApplicationMails, TheFirstOneLeavesWithTheStepThatOpensItsGate) {
  const std::string asked = "email_confirm_opened";
  const ApplicationId early = office.submitted("alibaba-ov").id;
  EXPECT_EQ(std::ranges::count(office.heard.events, asked), 0);
  const ApplicationId id = waiting();
  EXPECT_EQ(std::ranges::count(office.heard.events, asked), 1);
  // Nothing is left for the server to do that would change what people have read.
  EXPECT_GT(next_due(office.get(id)), office.now);
  const std::uint64_t version = office.get(id).version;
  office.must("server", [&](const Here& here) { return tick(here, id); });
  EXPECT_EQ(office.get(id).version, version);
  EXPECT_EQ(std::ranges::count(office.heard.events, asked), 1);
}

// APP-C-04: for 30 days, while its random value counts.
TEST_F(ApplicationMails, ALinkWaitsAMonth) {
  const ApplicationId id = waiting();
  by_itself(id);
  office.now += std::chrono::days(30) - std::chrono::seconds(1);
  EXPECT_TRUE(find_link(office.store, secret(), office.now));
  office.now += std::chrono::seconds(1);
  EXPECT_EQ(answer(ConfirmationAnswer::confirmed).error().code, FaultCode::link_expired);
}

// APP-C-06: where only addresses from a register count, the desk has to find one.
TEST_F(ApplicationMails, NothingIsSentByItselfToAnAddressThatDoesNotCount) {
  std::vector<Product> products = tests::office_products();
  for (Product& product : products) product.mails.address_sources = {ContactSource::directory};
  const Catalog strict(std::move(products));
  const ApplicationId id = waiting();
  const ConfirmationSecrets with = secrets();
  office.store.write([&](storage::Transaction& transaction) {
    ask_by_itself(transaction, strict, office.get(id), with, "https://ca.example", office.now);
    return true;
  });
  EXPECT_TRUE(messages(id).empty());
}

TEST_F(ApplicationMails, ANoIsRecordedAndClosesNothing) {
  const ApplicationId id = waiting();
  ASSERT_TRUE(ask("sue", id));
  ASSERT_TRUE(answer(ConfirmationAnswer::refused));
  EXPECT_NE(gate(id), GateState::passed);
}

// T-J5: dead after a change of what it was about.
TEST_F(ApplicationMails, AnApplicationThatChangedIsNotConfirmedByAnOldMail) {
  const ApplicationId id = waiting();
  ASSERT_TRUE(ask("sue", id));
  office.must("ann", [&](const Here& here) { return cancel_application(here, {id}); });
  EXPECT_EQ(answer(ConfirmationAnswer::confirmed).error().code, FaultCode::link_expired);
  office.must("ann", [&](const Here& here) { return submit_application(here, {id}); });
  EXPECT_EQ(answer(ConfirmationAnswer::confirmed).error().code, FaultCode::link_expired);
}

// T-J5: nobody is asked what the authority knows already.
TEST_F(ApplicationMails, ALinkAsksNothingOnceItsGateIsClosed) {
  const ApplicationId id = waiting();
  ASSERT_TRUE(ask("sue", id));
  EXPECT_TRUE(asking_link(office.store, secret(), office.now));
  office.must("server", [&](const Here& here) {
    return record_mail_confirmation(here, {id}, tests::good_mail());
  });
  EXPECT_EQ(asking_link(office.store, secret(), office.now).error().code, FaultCode::link_expired);
  EXPECT_EQ(answer(ConfirmationAnswer::confirmed).error().code, FaultCode::link_expired);
}

TEST_F(ApplicationMails, AreAskedForByTheDeskWhileTheGateIsOpen) {
  const ApplicationId id = office.submitted("alibaba-ov").id;
  EXPECT_EQ(ask("sue", id).error().code, FaultCode::state_conflict);
  const ApplicationId open = waiting();
  EXPECT_EQ(ask("ann", open).error().code, FaultCode::forbidden);
  EXPECT_EQ(ask("max", open).error().code, FaultCode::forbidden);
  EXPECT_EQ(ask("sue", open, MailTarget{"no address"}).error().errors.at(0).pointer, "/to");
  ASSERT_TRUE(ask("sue", open, MailTarget{"office@example.com", ContactSource::directory}));
  EXPECT_EQ(messages(open).at(0).message.message.to, "office@example.com");
}

// ALI-31: in the language of the application; TFR-25: by the channels of the product.
TEST_F(ApplicationMails, PeopleAreToldByTheChannelsOfTheProduct) {
  std::vector<Product> products = tests::office_products();
  for (Product& product : products) product.notices = {NoticeChannel::email, NoticeChannel::sms};
  const Catalog catalog(std::move(products));
  ca::SystemRandom random;
  office.act("server", [&](const Here& here) -> Allowed<void> {
    auto contact = *kContacts.get(here.transaction, office.admin.octets());
    contact.fields.phone = "+493012345678";
    kContacts.put(here.transaction, office.admin.octets(), contact);
    return {};
  });
  for (std::uint8_t each = 0; each <= static_cast<std::uint8_t>(Notice::reminder); ++each) {
    const auto notice = static_cast<Notice>(each);
    SCOPED_TRACE(text_of(notice));
    const Application application = office.submitted("tencent-ov");
    office.act("server", [&](const Here& here) -> Allowed<void> {
      tell(here.transaction, catalog, application, notice, random, here.now);
      return {};
    });
    const auto told = messages(application.id);
    ASSERT_EQ(told.size(), 2U);
    for (const FoundMessage& found : told) {
      EXPECT_EQ(found.message.purpose, text_of(notice));
      EXPECT_EQ(fault_of(found.message.message), std::nullopt);
    }
  }
  EXPECT_EQ(language_of(office.store, office.submitted("gm-ov")), "zh");
  EXPECT_EQ(language_of(office.store, office.submitted("tencent-ov")), "en");
}

// ALI-31: the reason too.
TEST_F(ApplicationMails, TellTheReasonInTheLanguageOfTheMail) {
  std::vector<Product> products = tests::office_products();
  for (Product& product : products) product.notices = {NoticeChannel::email};
  const Catalog catalog(std::move(products));
  ca::SystemRandom random;
  Application application = office.submitted("gm-ov");
  application.decision = Decision{.kind = DecisionKind::reject, .code = "document_missing"};
  office.act("server", [&](const Here& here) -> Allowed<void> {
    tell(here.transaction, catalog, application, Notice::rejected, random, here.now);
    return {};
  });
  const std::string text = messages(application.id).at(0).message.message.text;
  EXPECT_TRUE(text.contains("缺少所要求的材料")) << text;
  EXPECT_FALSE(text.contains("A document")) << text;
}

TEST_F(ApplicationMails, TheDeskWritesToTheContact) {
  const ApplicationId id = office.submitted("tencent-ov").id;
  const auto write = [&](const std::string& by, std::string subject) {
    const auto message = MessageId::from_octets(office.fresh_id().octets());
    return office.act(by, [&](const Here& here) {
      return send_desk_mail(here, {id}, message, subject, "Please send the licence.");
    });
  };
  EXPECT_EQ(write("ann", "Papers").error().code, FaultCode::forbidden);
  EXPECT_EQ(write("sue", "Papers\r\nBcc: x@example.org").error().code, FaultCode::validation);
  ASSERT_TRUE(write("sue", "Papers"));
  EXPECT_EQ(messages(id).size(), 1U);
}

}  // namespace
}  // namespace policy
