// Tenants, people and tokens: who may act.
#include "policy/people/person.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ca/audit_log.h"
#include "ca/crypto/hash.h"
#include "policy/mail_address.h"
#include "policy/people/api_token.h"
#include "policy/people/tenant.h"
#include "policy/plain_text.h"
#include "storage/storage_error.h"
#include "tests/support/temp_store.h"

namespace policy {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr ca::Time kNow{std::chrono::sys_days{std::chrono::year{2026} / 11 / 22}};
const std::string kBy = "command line, ada";

std::vector<std::string> pointers(const Fault& fault) {
  std::vector<std::string> out;
  for (const FaultAt& each : fault.errors) out.push_back(each.pointer);
  return out;
}

class People : public testing::Test {
 protected:
  template <class Work>
  auto write(Work work) {
    return store->write_and_wait(work);
  }
  TenantId tenant(const std::string& name = "Example Ltd") {
    const TenantId id = TenantId::fresh(random, kNow);
    const auto made =
        write([&](auto& transaction) { return create_tenant(transaction, kBy, id, name, kNow); });
    EXPECT_TRUE(made.has_value());
    return id;
  }
  Allowed<PersonId> person(NewPerson wanted) {
    const PersonId id = PersonId::fresh(random, kNow);
    const auto made =
        write([&](auto& transaction) { return create_person(transaction, kBy, id, wanted, kNow); });
    if (!made) return Refused(made.error());
    return id;
  }
  PersonId specialist() {
    return person({"Eve", "eve@ca.example", std::nullopt, {Role::specialist, Role::supervisor}})
        .value();
  }
  Allowed<TokenId> token(const std::string& text, NewApiToken wanted) {
    const TokenId id = TokenId::fresh(random, kNow);
    const auto made = write(
        [&](auto& transaction) { return create_token(transaction, kBy, id, text, wanted, kNow); });
    if (!made) return Refused(made.error());
    return id;
  }
  std::expected<TokenHolder, TokenRefusal> shown(const std::string& text,
                                                 const std::string& from = "192.0.2.1",
                                                 ca::Time now = kNow) {
    return store->read([&](const storage::Snapshot& snapshot) {
      return holder_of(snapshot, text, ca::IpAddress::parse(from).value(), now);
    });
  }
  std::vector<std::string> audited() {
    std::vector<std::string> events;
    store->read([&](const storage::Snapshot& snapshot) {
      ca::read_audit(snapshot, 1, [&](const ca::AuditEntry& entry) {
        events.push_back(entry.event + " by " + entry.actor);
        return storage::Scan::proceed;
      });
    });
    return events;
  }

  ca::SystemRandom random;
  tests::TempStore store;
};

// A-5 A-6
TEST_F(People, AreAuditedWhenTheyAreAdded) {
  const TenantId id = tenant();
  ASSERT_TRUE(person({"Ada", "ada@example.org", id, {Role::org_admin}}));
  EXPECT_THAT(audited(), ElementsAre("tenant.created by " + kBy, "person.created by " + kBy));
}

TEST_F(People, AreRefusedWithEveryFaultAtItsPlace) {
  const TenantId absent = TenantId::fresh(random, kNow);
  const auto refused = person({" Ada", "ada", absent, {Role::specialist}});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, FaultCode::validation);
  EXPECT_THAT(pointers(refused.error()), ElementsAre("/name", "/mail", "/tenant", "/roles"));
  EXPECT_THAT(audited(), IsEmpty());
}

// T-J4: alias accounts with the same mailbox in other case or with a tag.
TEST_F(People, AreOneForEachMailbox) {
  ASSERT_TRUE(person({"Eve", "eve@ca.example", std::nullopt, {Role::specialist}}));
  for (const char* alias : {"eve@ca.example", "EVE@CA.example", "eve+second@ca.example"}) {
    SCOPED_TRACE(alias);
    const auto refused = person({"Eva", alias, std::nullopt, {Role::second_approver}});
    ASSERT_FALSE(refused.has_value());
    EXPECT_THAT(pointers(refused.error()), ElementsAre("/mail"));
  }
}

TEST_F(People, HaveRolesOfOneSide) {
  const TenantId id = tenant();
  EXPECT_FALSE(fault_of_roles({Role::applicant, Role::org_admin}, id));
  EXPECT_FALSE(fault_of_roles({Role::specialist, Role::second_approver}, std::nullopt));
  EXPECT_FALSE(fault_of_roles({Role::auditor}, std::nullopt));
  EXPECT_TRUE(fault_of_roles({}, id));
  EXPECT_TRUE(fault_of_roles({Role::applicant}, std::nullopt));
  EXPECT_TRUE(fault_of_roles({Role::specialist}, id));
  EXPECT_TRUE(fault_of_roles({Role::applicant, Role::specialist}, id));
  EXPECT_TRUE(fault_of_roles({Role::specialist, Role::specialist}, std::nullopt));
  // An auditor changes nothing; an admin appoints, and reviews nothing.
  EXPECT_TRUE(fault_of_roles({Role::auditor, Role::specialist}, std::nullopt));
  EXPECT_TRUE(fault_of_roles({Role::specialist, Role::admin}, std::nullopt));
  // Nobody is the server.
  EXPECT_TRUE(fault_of_roles({Role::system}, std::nullopt));
}

TEST_F(People, ActThroughTokens) {
  const TenantId id = tenant();
  const PersonId ada =
      person({"Ada", "ada@example.org", id, {Role::applicant, Role::org_admin}}).value();
  const std::string text = fresh_token_text(random);
  const TokenId token_id = token(text, {ada, {}, "build server", {}, std::nullopt}).value();
  const auto holder = shown(text);
  ASSERT_TRUE(holder.has_value());
  EXPECT_EQ(holder->token, token_id);
  EXPECT_EQ(holder->actor.person, ada);
  EXPECT_EQ(holder->actor.tenant, id);
  EXPECT_THAT(holder->actor.roles, ElementsAre(Role::applicant, Role::org_admin));
  EXPECT_EQ(holder->actor.through, "token " + token_id.text());
}

TEST_F(People, TokensAreNotInTheStore) {
  const std::string text = fresh_token_text(random);
  ASSERT_TRUE(token(text, {specialist(), {}, "", {}, std::nullopt}));
  EXPECT_TRUE(text.starts_with("cht_"));
  EXPECT_EQ(text.size(), 47U);
  store->read([&](const storage::Snapshot& snapshot) {
    EXPECT_TRUE(snapshot.get(kApiTokensByHash, ca::sha256(text)));
    snapshot.scan(kApiTokens.name(), "", [&](std::string_view, std::string_view value) {
      EXPECT_FALSE(value.contains(text));
      return storage::Scan::proceed;
    });
  });
}

TEST_F(People, TokensHaveNoMoreThanTheirPerson) {
  const PersonId eve = specialist();
  const std::string text = fresh_token_text(random);
  const auto refused = token(text, {eve, {Role::specialist, Role::admin}, "\n", {}, kNow});
  ASSERT_FALSE(refused.has_value());
  EXPECT_THAT(pointers(refused.error()), ElementsAre("/roles/1", "/label", "/expiresAt"));
  ASSERT_TRUE(token(text, {eve, {Role::specialist}, "", {}, std::nullopt}));
  EXPECT_THAT(shown(text)->actor.roles, ElementsAre(Role::specialist));
  // A role that is taken from the person is gone from the token.
  write([&](storage::Transaction& transaction) {
    auto record = kPeople.get(transaction, eve.octets());
    record->roles = {Role::supervisor};
    kPeople.put(transaction, eve.octets(), *record);
  });
  EXPECT_THAT(shown(text)->actor.roles, IsEmpty());
}

// X-7
TEST_F(People, TokensEnd) {
  const PersonId eve = specialist();
  const std::string text = fresh_token_text(random);
  const ca::Time end = kNow + std::chrono::hours(1);
  const TokenId id = token(text, {eve, {}, "", {}, end}).value();
  EXPECT_TRUE(shown(text, "192.0.2.1", end - std::chrono::seconds(1)));
  EXPECT_EQ(shown(text, "192.0.2.1", end).error(), TokenRefusal::expired);
  ASSERT_TRUE(write([&](auto& t) { return disable_token(t, kBy, id, kNow); }));
  EXPECT_EQ(shown(text).error(), TokenRefusal::disabled);
  EXPECT_EQ(shown(fresh_token_text(random)).error(), TokenRefusal::unknown);
  for (const char* odd : {"", "cht_", "cht_AAAA", "Bearer x"}) {
    EXPECT_EQ(shown(odd).error(), TokenRefusal::malformed);
  }
  EXPECT_EQ(shown(text + "=").error(), TokenRefusal::malformed);
}

// X-7
TEST_F(People, WhoIsDisabledDoesNothingMore) {
  const PersonId eve = specialist();
  const std::string text = fresh_token_text(random);
  ASSERT_TRUE(token(text, {eve, {}, "", {}, std::nullopt}));
  ASSERT_TRUE(write([&](auto& t) { return disable_person(t, kBy, eve, kNow); }));
  EXPECT_EQ(shown(text).error(), TokenRefusal::person_disabled);
  const auto refused = token(fresh_token_text(random), {eve, {}, "", {}, std::nullopt});
  ASSERT_FALSE(refused.has_value());
  EXPECT_THAT(pointers(refused.error()), ElementsAre("/person"));
}

TEST_F(People, TokensCountFromTheirNetworks) {
  const std::string text = fresh_token_text(random);
  const std::vector<Network> networks{Network::parse("192.0.2.0/24").value(),
                                      Network::parse("2001:db8::/32").value()};
  ASSERT_TRUE(token(text, {specialist(), {}, "", networks, std::nullopt}));
  EXPECT_TRUE(shown(text, "192.0.2.200"));
  EXPECT_TRUE(shown(text, "2001:db8::1"));
  EXPECT_EQ(shown(text, "198.51.100.1").error(), TokenRefusal::elsewhere);
}

TEST(PlainText, IsOneLineOfUtf8) {
  EXPECT_FALSE(fault_of_line("Société Générale 银行", 20));
  EXPECT_FALSE(fault_of_line("银行", 2));
  EXPECT_TRUE(fault_of_line("银行", 1));
  for (const std::string_view odd : {"", " a", "a ", "a\nb", "a\tb", "a\x7f", "\xff", "\xc0\x80",
                                     "\xed\xa0\x80", "\xf4\x90\x80\x80",
                                     "\xe2\x80\xae"
                                     "a",
                                     "\xc2\x85", "a\xe2\x80\x8b", "\xe2\x80"}) {
    EXPECT_TRUE(fault_of_line(odd, 20)) << odd;
  }
  EXPECT_EQ(characters_in("a银"), 2U);
  EXPECT_FALSE(characters_in("\x80"));
}

TEST(MailAddress, IsADotAtomAndAHostName) {
  EXPECT_FALSE(fault_of_mail("ada.lovelace+ca@example.org"));
  const std::string long_local(65, 'a');
  for (const std::string& odd :
       {std::string("ada"), std::string("@example.org"), std::string("ada@"),
        std::string("ada@localhost"), std::string(".a@example.org"),
        std::string("a..b@example.org"), std::string("a b@example.org"),
        std::string("a@b@example.org"), std::string("a@*.example.org"),
        std::string("a\r\nBcc:b@example.org"), long_local + "@example.org"}) {
    EXPECT_TRUE(fault_of_mail(odd)) << odd;
  }
}

TEST(PeopleRecords, RefuseWhatIsNotWhole) {
  EXPECT_THROW(TenantRecord::decode("\x01"), storage::CorruptRecord);
  EXPECT_THROW(PersonRecord::decode("\x01"), storage::CorruptRecord);
  EXPECT_THROW(ApiTokenRecord::decode("\x01"), storage::CorruptRecord);
}

}  // namespace
}  // namespace policy
