// Fetching from an address that is itself what is validated (RFC 8738 §4).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/outbound/http_fetcher.h"
#include "tests/support/fakes.h"
#include "tests/support/run.h"
#include "tests/support/scripted_web.h"

namespace server {
namespace {

using acme::ProblemType;
using testing::HasSubstr;

ca::Identifier ip(std::string_view text) {
  return ca::IpAddress::parse(text).value();
}

class AddressFetch : public testing::Test {
 protected:
  acme::Result<acme::FetchedBody> fetch(const std::string& path) {
    web.start();
    options.ports.http = web.port();
    ValidationFetcher fetcher(dns, options);
    return tests::run(fetcher.fetch(ip("127.0.0.1"), path));
  }

  tests::FakeDns dns;  // a look-up fails the test
  tests::ScriptedWeb web;
  FetchOptions options{.ports = {}, .special_addresses = SpecialAddresses::allow_in_lab};
};

// RFC8738-4
TEST_F(AddressFetch, AsksTheAddressByItsOwnText) {
  web.serve("127.0.0.1/x", "hello");
  const auto fetched = fetch("/x");
  ASSERT_TRUE(fetched.has_value()) << fetched.error().detail();
  EXPECT_EQ(fetched->body, "hello");
  EXPECT_EQ(fetched->final_url, "http://127.0.0.1/x");
}

TEST_F(AddressFetch, FollowsARedirectToAnotherPath) {
  web.redirect("127.0.0.1/x", "/y");
  web.serve("127.0.0.1/y", "hello");
  const auto fetched = fetch("/x");
  ASSERT_TRUE(fetched.has_value()) << fetched.error().detail();
  EXPECT_EQ(fetched->final_url, "http://127.0.0.1/y");
}

// Nobody but the one who ordered chooses an address.
TEST_F(AddressFetch, FollowsNoRedirectThatNamesAnAddress) {
  web.redirect("127.0.0.1/x", "http://127.0.0.1/y");
  const auto fetched = fetch("/x");
  ASSERT_FALSE(fetched.has_value());
  EXPECT_THAT(fetched.error().detail(), HasSubstr("names an address"));
}

TEST_F(AddressFetch, DialsNoSpecialAddressOutsideALaboratory) {
  options.special_addresses = SpecialAddresses::refuse;
  const auto fetched = fetch("/x");
  ASSERT_FALSE(fetched.has_value());
  EXPECT_EQ(fetched.error().type(), ProblemType::connection);
  EXPECT_THAT(fetched.error().detail(), HasSubstr("127.0.0.1"));
  EXPECT_EQ(web.connections(), 0);
}

// RFC3986-3.2.2
TEST(FetchUrlText, WritesAnIpv6AddressInBrackets) {
  const FetchUrl url{FetchScheme::http, ip("2001:db8::1"), "/x"};
  EXPECT_EQ(url.text(), "http://[2001:db8::1]/x");
  EXPECT_EQ(url.host_text(), "[2001:db8::1]");
  EXPECT_EQ((FetchUrl{FetchScheme::http, ip("192.0.2.1"), "/x"}).text(), "http://192.0.2.1/x");
}

}  // namespace
}  // namespace server
