#include "acme/validation/dns_01.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/fakes.h"
#include "tests/support/run.h"

namespace {

// printf token.thumbprint | openssl dgst -sha256 -binary | basenc --base64url
constexpr const char* kValue = "61rBZ_4knHblO0MNoxFsXZ_eTFUHum0B6IVRbhvUn5I";

acme::ValidationOutcome validated(tests::FakeDns& dns, std::string_view name = "a.example") {
  return tests::run(
      acme::validate_dns_01(dns, ca::DnsName::parse(name).value(), "token", "thumbprint"));
}

// RFC8555-8.4
TEST(Dns01, ComputesTheDigestOfTheKeyAuthorization) {
  EXPECT_EQ(acme::dns_01_value("token", "thumbprint"), kValue);
  // The example of RFC 8555 section 8.4 has this length: 43 characters, no padding.
  EXPECT_EQ(acme::dns_01_value("token", "thumbprint").size(), 43);
}

// RFC8555-8.4
TEST(Dns01, AcceptsAnyOneOfSeveralRecords) {
  const std::vector<std::vector<std::string>> zones{
      {kValue}, {"other", kValue}, {kValue, "other", ""}, {"", "v=spf1 -all", kValue}};
  for (const auto& records : zones) {
    SCOPED_TRACE(testing::PrintToString(records));
    tests::FakeDns dns;
    dns.set_txt("_acme-challenge.a.example", records);
    const auto outcome = validated(dns);
    EXPECT_FALSE(outcome.problem.has_value());
    EXPECT_EQ(outcome.hops,
              std::vector<std::string>{"TXT of _acme-challenge.a.example, " +
                                       std::to_string(records.size()) + " records, not signed"});
  }
}

// RFC8555-8.4 BR-3.2.2.4.7: the wildcard's own name is not asked for.
TEST(Dns01, ProvesAWildcardByTheDomainUnderIt) {
  tests::FakeDns dns;
  dns.set_txt("_acme-challenge.a.example", {kValue});
  dns.sign("_acme-challenge.a.example");
  const auto outcome = validated(dns, "*.a.example");
  EXPECT_FALSE(outcome.problem.has_value());
  EXPECT_EQ(dns.questions(), std::vector<std::string>{"TXT _acme-challenge.a.example"});
  EXPECT_EQ(outcome.hops,
            std::vector<std::string>{"TXT of _acme-challenge.a.example, 1 records, DNSSEC secure"});
}

// RFC8555-8.4
TEST(Dns01, RefusesEveryOtherRecord) {
  const std::string value = kValue;
  const std::vector<std::vector<std::string>> zones{
      {},
      {""},
      {"token.thumbprint"},
      {value + "="},
      {value + " "},
      {" " + value},
      {'"' + value + '"'},
      {value.substr(1)},
      {value + value},
      {value.substr(0, 20), value.substr(20)},
  };
  for (const auto& records : zones) {
    SCOPED_TRACE(testing::PrintToString(records));
    tests::FakeDns dns;
    dns.set_txt("_acme-challenge.a.example", records);
    // Nothing else in the zone counts.
    dns.set_txt("a.example", {value});
    dns.set_txt("_acme-challenge.example", {value});
    const auto outcome = validated(dns);
    ASSERT_TRUE(outcome.problem.has_value());
    EXPECT_EQ(outcome.problem->type(), acme::ProblemType::incorrect_response);
    EXPECT_NE(outcome.problem->detail().find("expected one that is \"" + value + '"'),
              std::string::npos)
        << outcome.problem->detail();
  }
}

TEST(Dns01, QuotesManyLongOrBinaryRecordsHarmlessly) {
  tests::FakeDns dns;
  dns.set_txt("_acme-challenge.a.example",
              std::vector<std::string>(200, std::string(5'000, '\x1b')));
  const auto outcome = validated(dns);
  ASSERT_TRUE(outcome.problem.has_value());
  EXPECT_LT(outcome.problem->detail().size(), 2'500);
  EXPECT_EQ(outcome.problem->detail().find('\x1b'), std::string::npos);
  EXPECT_NE(outcome.problem->detail().find("and 195 more"), std::string::npos);
}

// T-A5
TEST(Dns01, PassesOnWhatTheDnsRefuses) {
  tests::FakeDns dns;
  dns.fail("_acme-challenge.a.example", "DNSSEC validation failed: signature expired");
  const auto outcome = validated(dns);
  ASSERT_TRUE(outcome.problem.has_value());
  EXPECT_EQ(outcome.problem->type(), acme::ProblemType::dns);
  EXPECT_EQ(outcome.problem->detail(),
            "looking up TXT of _acme-challenge.a.example: DNSSEC validation failed: signature "
            "expired");
}

}  // namespace
