#include "acme/validation/caa_check.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/fakes.h"
#include "tests/support/run.h"

namespace {

using acme::CaaRecord;

const std::vector<CaaRecord> kOurs{{0, "issue", "ca.example"}};
const std::vector<CaaRecord> kTheirs{{0, "issue", "other.example"}};

acme::Result<std::string> checked(tests::FakeDns& dns, std::string_view name) {
  return tests::run(acme::check_caa(
      dns, ca::DnsName::parse(name).value(),
      {{"ca.example"}, "https://ca.example/a/1", policy::ValidationMethod::http_01}));
}

// RFC8659-3 C-1
TEST(CaaCheck, ClimbsToTheTopLevelDomainWhileThereIsNothing) {
  tests::FakeDns dns;
  EXPECT_EQ(checked(dns, "a.b.example"), "no CAA up to example; not signed");
  EXPECT_EQ(dns.questions(),
            (std::vector<std::string>{"CAA a.b.example", "CAA b.example", "CAA example"}));
}

// RFC8659-3
TEST(CaaCheck, StopsAtTheFirstNameThatHasRecords) {
  tests::FakeDns dns;
  dns.set_caa("b.example", kOurs);
  dns.set_caa("example", kTheirs);
  EXPECT_EQ(checked(dns, "a.b.example"), "CAA of b.example: 0 issue \"ca.example\"; not signed");
  EXPECT_EQ(dns.questions(), (std::vector<std::string>{"CAA a.b.example", "CAA b.example"}));
  // Records that restrict nothing end the climb too.
  dns.set_caa("a.b.example", {{0, "iodef", "mailto:a@b.example"}});
  dns.set_caa("b.example", kTheirs);
  EXPECT_TRUE(checked(dns, "a.b.example").has_value());
}

// RFC8659-3: X in the algorithm is the name without its asterisk.
TEST(CaaCheck, LooksForAWildcardAtTheNameUnderIt) {
  tests::FakeDns dns;
  dns.set_caa("a.example", {{0, "issue", ";"}, {0, "issuewild", "ca.example"}});
  EXPECT_TRUE(checked(dns, "*.a.example").has_value());
  EXPECT_EQ(dns.questions(), std::vector<std::string>{"CAA a.example"});
  EXPECT_FALSE(checked(dns, "a.example").has_value());
}

// BR-3.2.2.8 RFC8659-3 T-A3
TEST(CaaCheck, RefusesWithCaaAboutTheName) {
  for (const char* place : {"a.b.example", "b.example", "example"}) {
    SCOPED_TRACE(place);
    tests::FakeDns dns;
    dns.set_caa(place, kTheirs);
    const auto found = checked(dns, "*.a.b.example");
    ASSERT_FALSE(found.has_value());
    EXPECT_EQ(found.error().type(), acme::ProblemType::caa);
    EXPECT_EQ(found.error().identifier(), acme::ProblemIdentifier("dns", "*.a.b.example"));
    EXPECT_EQ(found.error().detail(),
              "the CAA records of \"" + std::string(place) +
                  "\" do not permit this certificate for \"*.a.b.example\": 0 issue "
                  "\"other.example\" names another CA; expected \"ca.example\"");
  }
}

// C-5 BR-3.2.2.8 D-3 T-A5: a failure anywhere on the way never permits, in no kind of zone.
TEST(CaaCheck, NeverTakesAFailedLookUpForPermission) {
  for (const char* place : {"a.b.example", "b.example", "example"}) {
    for (const char* failure :
         {"the answer was SERVFAIL", "no answer came within 5 s",
          "DNSSEC validation failed: signature expired", "the answer cannot be used: truncated"}) {
      SCOPED_TRACE(std::string(place) + " " + failure);
      tests::FakeDns dns;
      dns.fail(place, failure);
      const auto found = checked(dns, "a.b.example");
      ASSERT_FALSE(found.has_value());
      EXPECT_EQ(found.error().type(), acme::ProblemType::caa);
      EXPECT_EQ(found.error().identifier(), acme::ProblemIdentifier("dns", "a.b.example"));
      EXPECT_NE(found.error().detail().find(failure), std::string::npos);
    }
  }
}

// T-B14: what was seen is only as sure as the least sure answer on the way.
TEST(CaaCheck, SaysWhetherDnssecProvesTheWholeClimb) {
  tests::FakeDns dns;
  for (const char* name : {"a.b.example", "b.example"}) dns.sign(name);
  EXPECT_EQ(checked(dns, "a.b.example"), "no CAA up to example; not signed");
  dns.sign("example");
  EXPECT_EQ(checked(dns, "a.b.example"), "no CAA up to example; DNSSEC secure");
}

TEST(CaaCheck, SaysThatACaWithoutAnIdentityIsMeantByNoRecord) {
  tests::FakeDns dns;
  dns.set_caa("a.example", kOurs);
  const auto found = tests::run(
      acme::check_caa(dns, ca::DnsName::parse("a.example").value(),
                      {{}, "https://ca.example/a/1", policy::ValidationMethod::http_01}));
  ASSERT_FALSE(found.has_value());
  EXPECT_NE(found.error().detail().find("this CA has no CAA identity"), std::string::npos);
}

}  // namespace
