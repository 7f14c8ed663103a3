#include "policy/mail/confirmation.h"

#include <gtest/gtest.h>

#include <set>

#include "ca/audit_log.h"
#include "policy/mail/contact_confirmation.h"
#include "policy/people/tenant.h"
#include "tests/support/scripted_random.h"
#include "tests/support/temp_store.h"

namespace policy {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;

constexpr ca::Time kNow{std::chrono::sys_days{std::chrono::year{2026} / 11 / 22}};
constexpr std::string_view kBase = "https://ca.example";

template <class Tag>
Id<Tag> id(char last) {
  return Id<Tag>::from_octets(std::string(15, '\1') + last);
}

Actor applicant(char tenant) {
  return {.person = id<PersonTag>('p'),
          .tenant = id<TenantTag>(tenant),
          .roles = {Role::applicant},
          .through = "token tok_x"};
}

ContactFields fields(std::string mail, std::string phone) {
  ContactFields made;
  made.roles = {ContactRole::requester};
  made.name = "李明";
  made.mail = std::move(mail);
  made.phone = std::move(phone);
  return made;
}

TEST(Secrets, OfLinksAreLongAndOfCodesFair) {
  ca::SystemRandom random;
  EXPECT_EQ(fresh_link_secret(random).size(), 43U);
  EXPECT_NE(fresh_link_secret(random), fresh_link_secret(random));
  tests::ScriptedRandom script("\x00\xFF\xFA\xF9\x09\x0A\x63\x64\x01\x02\x03\x04\x05\x06\x07\x08"s);
  EXPECT_EQ(fresh_code(script), "099090");
  std::set<char> digits;
  for (int i = 0; i < 100; ++i) {
    for (const char digit : fresh_code(random)) digits.insert(digit);
  }
  EXPECT_EQ(digits.size(), 10U);
  EXPECT_NE(hash_of_code("a", "1"), hash_of_code("b", "1"));
}

class Confirmations : public testing::Test {
 protected:
  Confirmations() {
    store->write_and_wait([&](storage::Transaction& transaction) {
      for (const char tenant : {'t', 'u'})
        kTenants.put(transaction, id<TenantTag>(tenant).octets(),
                     {.name = "T", .created_at = kNow});
      ASSERT_TRUE(create_contact(transaction, applicant('t'), contact_,
                                 fields("li@example.org", "+8613912345678"), kNow));
    });
  }
  ConfirmationSecrets secrets(std::string secret) {
    return {MessageId::from_octets(std::string(15, 'm') + static_cast<char>(++messages_)),
            std::move(secret)};
  }
  std::string link_secret() { return std::string(42, 'x') + static_cast<char>('a' + messages_); }
  Allowed<void> ask(const Actor& by, const ConfirmationSecrets& with, ca::Time now) {
    return store->write_and_wait([&](storage::Transaction& transaction) {
      return ask_contact_by_mail(transaction, by, contact_, with, kBase, "zh-CN", now);
    });
  }
  Allowed<void> ask_by_phone(const ConfirmationSecrets& with, ca::Time now) {
    return store->write_and_wait([&](storage::Transaction& transaction) {
      return ask_contact_by_phone(transaction, applicant('t'), contact_, with, "en", now);
    });
  }
  Allowed<Contact> confirm(const std::string& secret, ca::Time now, char tenant = 't') {
    return store->write_and_wait([&](storage::Transaction& transaction) {
      return confirm_contact_mail(transaction, applicant(tenant), contact_, secret, now);
    });
  }
  Allowed<Contact> type(const std::string& code, ca::Time now) {
    return store
        ->write_and_wait([&](storage::Transaction& transaction) {
          return confirm_contact_phone(transaction, applicant('t'), contact_, code, now);
        })
        .contact;
  }
  Contact contact() {
    return store->read(
        [&](const auto& snapshot) { return *kContacts.get(snapshot, contact_.octets()); });
  }
  void edit(ContactFields fields) {
    const auto edited = store->write_and_wait([&](storage::Transaction& transaction) {
      return edit_contact(transaction, applicant('t'), contact_, contact_version(transaction),
                          std::move(fields), kNow);
    });
    ASSERT_TRUE(edited);
  }
  std::uint64_t contact_version(const storage::Snapshot& snapshot) {
    return kContacts.get(snapshot, contact_.octets())->version;
  }
  std::vector<FoundMessage> messages() {
    return store->read(
        [&](const auto& snapshot) { return messages_about(snapshot, contact_.octets()); });
  }

  tests::TempStore store;
  const ContactId contact_ = id<ContactTag>('c');
  int messages_ = 0;
};

// ALO-17: verified by a link.
TEST_F(Confirmations, ALinkConfirmsTheAddressOnce) {
  const std::string secret = link_secret();
  ASSERT_TRUE(ask(applicant('t'), secrets(secret), kNow));
  ASSERT_EQ(messages().size(), 1U);
  const Message mail = messages().at(0).message.message;
  EXPECT_EQ(mail.to, "li@example.org");
  EXPECT_TRUE(mail.text.contains("https://ca.example/confirm/" + secret + "\n"));
  EXPECT_TRUE(mail.text.contains("李明，您好"));
  EXPECT_EQ(contact().mail_verified_at, std::nullopt);
  ASSERT_TRUE(confirm(secret, kNow + 1h));
  EXPECT_EQ(contact().mail_verified_at, kNow + 1h);
  EXPECT_EQ(confirm(secret, kNow + 2h).error().code, FaultCode::link_expired);
  EXPECT_EQ(ask(applicant('t'), secrets(link_secret()), kNow + 2h).error().code,
            FaultCode::state_conflict);
}

// T-J5 ALI-37: the link works once, and for a day; an expired link is known as such.
TEST_F(Confirmations, ALinkIsGoodForADayAndOnlyTheLastOne) {
  const std::string first = link_secret();
  ASSERT_TRUE(ask(applicant('t'), secrets(first), kNow));
  const std::string second = link_secret();
  ASSERT_TRUE(ask(applicant('t'), secrets(second), kNow + 1h));
  EXPECT_EQ(confirm(first, kNow + 2h).error().code, FaultCode::link_expired);
  store->read([&](const auto& snapshot) {
    EXPECT_TRUE(find_link(snapshot, second, kNow + 1h + 24h - 1s));
    EXPECT_EQ(find_link(snapshot, second, kNow + 1h + 24h).error().code, FaultCode::link_expired);
    EXPECT_EQ(find_link(snapshot, std::string(43, 'y'), kNow).error().code, FaultCode::not_found);
    EXPECT_EQ(find_link(snapshot, "", kNow).error().code, FaultCode::not_found);
    EXPECT_EQ(find_link(snapshot, std::string(1'000'000, 'y'), kNow).error().code,
              FaultCode::not_found);
  });
}

// T-J5: the store holds no secret (beside the message that is still to be sent).
TEST_F(Confirmations, OnlyHashesOfSecretsAreStored) {
  const std::string secret = link_secret();
  const ConfirmationSecrets with = secrets(secret);
  ASSERT_TRUE(ask(applicant('t'), with, kNow));
  store->write_and_wait([&](storage::Transaction& transaction) {
    note_delivery(transaction,
                  {.due = storage::kAtOnce,
                   .kind = storage::WorkKind::send_message,
                   .subject = with.message.octets()},
                  std::nullopt, kNow);
  });
  store->read([&](const auto& snapshot) {
    for (const auto table : {kConfirmations.name(), kConfirmationsAbout, kMessages.name(),
                             kContacts.name(), storage::TableName{"audit"}}) {
      snapshot.scan(table, "", [&](std::string_view key, std::string_view value) {
        EXPECT_FALSE(key.contains(secret) || value.contains(secret));
        return storage::Scan::proceed;
      });
    }
  });
}

TEST_F(Confirmations, AnAddressThatChangedMeanwhileIsNotConfirmed) {
  const std::string secret = link_secret();
  ASSERT_TRUE(ask(applicant('t'), secrets(secret), kNow));
  edit(fields("other@example.org", "+8613912345678"));
  ASSERT_TRUE(confirm(secret, kNow + 1h));
  EXPECT_EQ(contact().mail_verified_at, std::nullopt);
}

TEST_F(Confirmations, AreForTheContactsOwnTenantAndForNobodyElse) {
  EXPECT_EQ(ask(applicant('u'), secrets(link_secret()), kNow).error().code, FaultCode::not_found);
  const std::string secret = link_secret();
  ASSERT_TRUE(ask(applicant('t'), secrets(secret), kNow));
  EXPECT_EQ(confirm(secret, kNow, 'u').error().code, FaultCode::not_found);
  EXPECT_EQ(contact().mail_verified_at, std::nullopt);
}

TEST_F(Confirmations, AreNotSentOverAndOver) {
  ASSERT_TRUE(ask(applicant('t'), secrets(link_secret()), kNow));
  EXPECT_EQ(ask(applicant('t'), secrets(link_secret()), kNow + 59s).error().code,
            FaultCode::rate_limited);
  for (int i = 1; i < 10; ++i)
    ASSERT_TRUE(ask(applicant('t'), secrets(link_secret()), kNow + i * 60s)) << i;
  EXPECT_EQ(ask(applicant('t'), secrets(link_secret()), kNow + 1h).error().code,
            FaultCode::rate_limited);
  EXPECT_TRUE(ask(applicant('t'), secrets(link_secret()), kNow + 24h + 1s));
}

// ALO-16: verified by a code.
TEST_F(Confirmations, ACodeConfirmsTheNumber) {
  ASSERT_TRUE(ask_by_phone(secrets("123456"), kNow));
  EXPECT_EQ(messages().at(0).message.message.channel, MessageChannel::sms);
  EXPECT_TRUE(messages().at(0).message.message.text.contains("123456"));
  EXPECT_EQ(type("654321", kNow + 1min).error().code, FaultCode::validation);
  ASSERT_TRUE(type("123456", kNow + 1min));
  EXPECT_EQ(contact().phone_verified_at, kNow + 1min);
  EXPECT_EQ(type("123456", kNow + 1min).error().code, FaultCode::link_expired);
}

// S22: guessing ends after five.
TEST_F(Confirmations, ACodeIsGoodForFiveTriesAndTenMinutes) {
  ASSERT_TRUE(ask_by_phone(secrets("123456"), kNow));
  for (int i = 0; i < 5; ++i) EXPECT_EQ(type("000000", kNow).error().code, FaultCode::validation);
  EXPECT_EQ(type("123456", kNow).error().code, FaultCode::link_expired);
  ASSERT_TRUE(ask_by_phone(secrets("123456"), kNow + 2min));  // the same digits by chance
  EXPECT_EQ(type("123456", kNow + 12min).error().code, FaultCode::link_expired);
  ASSERT_TRUE(type("123456", kNow + 12min - 1s));
}

TEST_F(Confirmations, OfAContactThatIsGoneChangeNothing) {
  const std::string secret = link_secret();
  ASSERT_TRUE(ask(applicant('t'), secrets(secret), kNow));
  store->write_and_wait([&](storage::Transaction& transaction) {
    ASSERT_TRUE(
        delete_contact(transaction, applicant('t'), contact_, contact_version(transaction), kNow));
    auto link = find_link(transaction, secret, kNow);
    ASSERT_TRUE(link);
    note_contact_mail(transaction,
                      end_confirmation(transaction, hash_of_link(secret), *link,
                                       ConfirmationAnswer::confirmed, "::1", kNow),
                      kNow);
  });
}

}  // namespace
}  // namespace policy
