#include "acme/validation/dns_account_01.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/fakes.h"
#include "tests/support/run.h"

namespace {

// printf token.thumbprint | openssl dgst -sha256 -binary | basenc --base64url
constexpr const char* kValue = "61rBZ_4knHblO0MNoxFsXZ_eTFUHum0B6IVRbhvUn5I";
constexpr const char* kAccount = "https://example.com/acme/acct/ExampleAccount";

ca::DnsName name(std::string_view text) {
  return ca::DnsName::parse(text).value();
}

acme::ValidationOutcome validated(tests::FakeDns& dns, std::string_view text) {
  return tests::run(
      acme::validate_dns_account_01(dns, name(text), "token", "thumbprint", kAccount));
}

// draft-ietf-acme-dns-account-label: the example of its section 3.2; V-41
TEST(DnsAccount01, AsksAtTheNameOfTheAccount) {
  EXPECT_EQ(acme::dns_account_01_owner(name("example.org"), kAccount),
            "_ujmmovf2vn55tgye._acme-challenge.example.org");
  EXPECT_EQ(acme::dns_account_01_owner(name("*.example.org"), kAccount),
            "_ujmmovf2vn55tgye._acme-challenge.example.org");
  EXPECT_NE(acme::dns_account_01_owner(name("example.org"), std::string(kAccount) + "/"),
            "_ujmmovf2vn55tgye._acme-challenge.example.org");
}

TEST(DnsAccount01, ProvesNamesAndWildcards) {
  for (const char* text : {"example.org", "*.example.org"}) {
    tests::FakeDns dns;
    dns.set_txt("_ujmmovf2vn55tgye._acme-challenge.example.org", {"other", kValue});
    const auto outcome = validated(dns, text);
    EXPECT_FALSE(outcome.problem.has_value()) << outcome.problem->detail();
    EXPECT_EQ(outcome.hops,
              std::vector<std::string>{"TXT of _ujmmovf2vn55tgye._acme-challenge.example.org, 2 "
                                       "records, not signed"});
  }
}

// The record of dns-01, of another account, or a wrong value proves nothing.
TEST(DnsAccount01, RefusesEveryOtherRecord) {
  tests::FakeDns dns;
  dns.set_txt("_acme-challenge.example.org", {kValue});
  dns.set_txt("_validation-persist.example.org", {kValue});
  dns.set_txt("_ujmmovf2vn55tgye._acme-challenge.other.example.org", {kValue});
  const auto absent = validated(dns, "example.org");
  ASSERT_TRUE(absent.problem.has_value());
  EXPECT_EQ(absent.problem->type(), acme::ProblemType::incorrect_response);
  // Section 3.4: the account URL helps whoever computed another name.
  EXPECT_NE(absent.problem->detail().find(kAccount), std::string::npos);
  EXPECT_EQ(dns.questions().size(), 1U);
  dns.set_txt("_ujmmovf2vn55tgye._acme-challenge.example.org", {"x", std::string(kValue) + "="});
  EXPECT_EQ(validated(dns, "example.org").problem->type(), acme::ProblemType::incorrect_response);
  dns.fail("_ujmmovf2vn55tgye._acme-challenge.example.org", "bogus");
  EXPECT_EQ(validated(dns, "example.org").problem->type(), acme::ProblemType::dns);
}

}  // namespace
