#include "acme/validation/http_01.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/fakes.h"
#include "tests/support/run.h"

namespace {

constexpr const char* kToken = "token";
constexpr const char* kThumbprint = "thumbprint";

acme::ValidationOutcome validated(const std::string& body) {
  tests::FakeFetcher fetcher;
  fetcher.prepare("a.example", [&](const std::string& path) {
    return acme::FetchedBody{body, "http://a.example" + path, {"hop"}};
  });
  auto outcome = tests::run(acme::validate_http_01(fetcher, ca::DnsName::parse("a.example").value(),
                                                   kToken, kThumbprint));
  EXPECT_EQ(fetcher.requests(),
            (std::vector<std::string>{"a.example /.well-known/acme-challenge/token"}));
  return outcome;
}

// V-39 RFC8555-8.3
TEST(Http01, AcceptsTheKeyAuthorizationWithWhiteSpaceBehindIt) {
  for (const char* body : {"token.thumbprint", "token.thumbprint\n", "token.thumbprint \t\r\n\n"}) {
    SCOPED_TRACE(body);
    const auto outcome = validated(body);
    EXPECT_FALSE(outcome.problem.has_value());
    EXPECT_EQ(outcome.hops, std::vector<std::string>{"hop"});
  }
}

// RFC8555-8.3
TEST(Http01, RefusesEveryOtherBody) {
  for (const char* body : {"", " ", "token", "token.", " token.thumbprint", "token.thumbprint x",
                           "token.thumbprin", "TOKEN.thumbprint", "token.thumbprint.thumbprint"}) {
    SCOPED_TRACE(body);
    const auto outcome = validated(body);
    ASSERT_TRUE(outcome.problem.has_value());
    EXPECT_EQ(outcome.problem->type(), acme::ProblemType::incorrect_response);
    EXPECT_NE(outcome.problem->detail().find("expected the key authorization \"token.thumbprint\""),
              std::string::npos);
    EXPECT_EQ(outcome.hops, std::vector<std::string>{"hop"});
  }
}

TEST(Http01, QuotesALongOrBinaryBodyHarmlessly) {
  const auto outcome = validated(std::string(10'000, '\x1b'));
  ASSERT_TRUE(outcome.problem.has_value());
  EXPECT_LT(outcome.problem->detail().size(), 600);
  EXPECT_EQ(outcome.problem->detail().find('\x1b'), std::string::npos);
}

}  // namespace
