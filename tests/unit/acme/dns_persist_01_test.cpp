#include "acme/validation/dns_persist_01.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/fakes.h"
#include "tests/support/run.h"

namespace {

using acme::PersistentClaim;
using acme::ProblemType;
using policy::PersistentReach;

constexpr const char* kAccount = "https://ca.example/acct/123";
constexpr const char* kHashed =
    "https://ca.example/account-hash/sha-256/5SQm7n6tPh2-PlLbCKGnViTXX5z19SCN4cPGQHSk-kw";
constexpr ca::Time kNow{std::chrono::seconds(1'782'424'856)};

PersistentClaim claim(PersistentReach reach = PersistentReach::domain_itself) {
  return {.name = ca::DnsName::parse("example.com").value(),
          .reach = reach,
          .issuers = {"authority.example", "ca.example.net"},
          .accounts = {kAccount, kHashed},
          .now = kNow};
}

std::string verdict(const std::string& record,
                    PersistentReach reach = PersistentReach::domain_itself) {
  const auto judged = acme::judge_persistent_record(record, claim(reach));
  if (judged) return "permits";
  return judged.error().type() == ProblemType::malformed ? "malformed" : "unauthorized";
}

// draft-ietf-acme-dns-persist-02 section 10.2; recomputed with python3's hashlib
TEST(DnsPersist01, HashesTheAccountAsTheDraftDoes) {
  const auto name = ca::DnsName::parse("example.com").value();
  EXPECT_EQ(acme::hashed_account_uri("https://ca.example/account-hash/", name,
                                     "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs", kAccount),
            kHashed);
  const auto wildcard = ca::DnsName::parse("*.example.com").value();
  EXPECT_EQ(acme::hashed_account_uri("https://ca.example/account-hash/", wildcard,
                                     "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs", kAccount),
            kHashed);
}

// BR-3.2.2.4.22 V-42 V-43 draft-ietf-acme-dns-persist
TEST(DnsPersist01, JudgesOneRecord) {
  struct Row {
    std::string record, name, wildcard;
  };
  const std::string ours = "authority.example; accounturi=" + std::string(kAccount);
  const Row rows[] = {
      {ours, "permits", "unauthorized"},
      {"authority.example;accounturi=" + std::string(kAccount), "permits", "unauthorized"},
      {"  AUTHORITY.example ; accounturi = " + std::string(kAccount) + " ", "permits",
       "unauthorized"},
      {"ca.example.net; ACCOUNTURI=" + std::string(kAccount), "permits", "unauthorized"},
      {"authority.example; accounturi=" + std::string(kHashed), "permits", "unauthorized"},
      {ours + "; policy=wildcard", "permits", "permits"},
      {ours + "; Policy=WildCard", "permits", "permits"},
      {ours + "; policy=subdomains", "permits", "unauthorized"},
      {ours + "; policy=", "permits", "unauthorized"},
      {ours + "; colour=green; policy=wildcard", "permits", "permits"},
      {"authority.example; policy=wildcard; accounturi=" + std::string(kHashed), "permits",
       "permits"},
      // persistUntil: the very second still counts
      {ours + "; persistUntil=1782424856", "permits", "unauthorized"},
      {ours + "; persistUntil=1782424855", "unauthorized", "unauthorized"},
      {ours + "; policy=wildcard; persistUntil=1782424857", "permits", "permits"},
      {ours + "; persistUntil=0", "unauthorized", "unauthorized"},
      {ours + "; persistUntil=99999999999999999999999", "permits", "unauthorized"},
      {ours + "; persistUntil=", "malformed", "malformed"},
      {ours + "; persistUntil=-1", "malformed", "malformed"},
      {ours + "; persistUntil=1e12", "malformed", "malformed"},
      {ours + "; persistUntil=2099-01-01", "malformed", "malformed"},
      {ours + "; persistUntil=0x7fffffff", "malformed", "malformed"},
      // accounts
      {"authority.example; accounturi=https://ca.example/acct/1234", "unauthorized",
       "unauthorized"},
      {"authority.example; accounturi=https://ca.example/acct/12", "unauthorized", "unauthorized"},
      {"authority.example; accounturi=HTTPS://ca.example/acct/123", "unauthorized", "unauthorized"},
      {"authority.example; accounturi=", "malformed", "malformed"},
      {"authority.example", "malformed", "malformed"},
      {"authority.example;", "malformed", "malformed"},
      {"authority.example; policy=wildcard", "malformed", "malformed"},
      // doubled parameters, also of an unknown kind
      {ours + "; accounturi=" + std::string(kAccount), "malformed", "malformed"},
      {ours + "; AccountUri=https://ca.example/acct/124", "malformed", "malformed"},
      {ours + "; policy=wildcard; policy=wildcard", "malformed", "malformed"},
      {ours + "; persistUntil=9999999999; persistUntil=1", "malformed", "malformed"},
      {ours + "; colour=green; colour=red", "malformed", "malformed"},
      // other CAs, and what is no issue-value
      {"other.example; accounturi=" + std::string(kAccount), "unauthorized", "unauthorized"},
      {"authority.example.; accounturi=" + std::string(kAccount), "unauthorized", "unauthorized"},
      {"xauthority.example; accounturi=" + std::string(kAccount), "unauthorized", "unauthorized"},
      {"; accounturi=" + std::string(kAccount), "unauthorized", "unauthorized"},
      {"accounturi=" + std::string(kAccount), "unauthorized", "unauthorized"},
      {ours + " policy=wildcard", "unauthorized", "unauthorized"},
      {ours + ";;", "unauthorized", "unauthorized"},
      {ours + "; policy", "unauthorized", "unauthorized"},
      {ours + "; note=\xc3\xa9", "unauthorized", "unauthorized"},
      {"", "unauthorized", "unauthorized"},
      {"v=spf1 -all", "unauthorized", "unauthorized"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(verdict(row.record), row.name) << row.record;
    EXPECT_EQ(verdict(row.record, PersistentReach::wider), row.wildcard) << row.record;
  }
}

// draft section 4.3: any record of ours that fits is enough; those of other CAs are ignored.
TEST(DnsPersist01, FindsTheRecordAmongOthers) {
  tests::FakeDns dns;
  dns.set_txt("_validation-persist.example.com",
              {"other.example; accounturi=https://other.example/1",
               "authority.example; accounturi=https://ca.example/acct/9",
               "ca.example.net; accounturi=" + std::string(kHashed) + "; policy=wildcard"});
  dns.sign("_validation-persist.example.com");
  const auto outcome =
      tests::run(acme::validate_dns_persist_01(dns, claim(PersistentReach::wider)));
  EXPECT_FALSE(outcome.problem.has_value()) << outcome.problem->detail();
  EXPECT_EQ(outcome.hops, std::vector<std::string>{
                              "TXT of _validation-persist.example.com, 3 records, DNSSEC secure, "
                              "accounturi \"" +
                              std::string(kHashed) + "\""});
  EXPECT_EQ(dns.questions(), std::vector<std::string>{"TXT _validation-persist.example.com"});
}

TEST(DnsPersist01, SaysWhatItWanted) {
  tests::FakeDns dns;
  const auto absent = tests::run(acme::validate_dns_persist_01(dns, claim()));
  EXPECT_EQ(absent.problem->type(), ProblemType::unauthorized);
  EXPECT_NE(absent.problem->detail().find("\"authority.example\" or \"ca.example.net\""),
            std::string::npos);
  EXPECT_NE(absent.problem->detail().find(kAccount), std::string::npos);
  dns.set_txt("_validation-persist.example.com", {"authority.example; policy=wildcard"});
  const auto malformed = tests::run(acme::validate_dns_persist_01(dns, claim()));
  EXPECT_EQ(malformed.problem->type(), ProblemType::malformed);
  EXPECT_NE(malformed.problem->detail().find("has no accounturi"), std::string::npos);
  dns.set_txt("_validation-persist.example.com", {"authority.example", "v=spf1 -all"});
  EXPECT_EQ(tests::run(acme::validate_dns_persist_01(dns, claim())).problem->type(),
            ProblemType::unauthorized);
  dns.fail("_validation-persist.example.com", "bogus");
  EXPECT_EQ(tests::run(acme::validate_dns_persist_01(dns, claim())).problem->type(),
            ProblemType::dns);
}

TEST(DnsPersist01, NamesTenIssuersAtMost) {
  std::vector<std::string> identities;
  for (int i = 0; i < 12; ++i) identities.push_back("CA" + std::to_string(i) + ".example");
  const auto issuers = acme::persistent_issuers(identities);
  EXPECT_EQ(issuers.size(), 10U);
  EXPECT_EQ(issuers.front(), "ca0.example");
}

}  // namespace
