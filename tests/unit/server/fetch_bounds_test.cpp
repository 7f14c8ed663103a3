// What a fetch may cost at most, and whose fault it is when this machine lacks something.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <boost/system/system_error.hpp>

#include "server/outbound/http_fetcher.h"
#include "tests/support/addresses_only.h"
#include "tests/support/run.h"
#include "tests/support/scripted_web.h"

namespace server {
namespace {

using acme::ProblemType;
using testing::HasSubstr;

ca::IpAddress ip(std::string_view text) {
  return ca::IpAddress::parse(text).value();
}
ca::DnsName dns_name(std::string_view text) {
  return ca::DnsName::parse(text).value();
}

/// Every name has these addresses. Before it answers it does what it was told.
class OneAnswer final : public tests::AddressesOnly {
 public:
  explicit OneAnswer(std::vector<ca::IpAddress> answer) : answer_(std::move(answer)) {}
  boost::asio::awaitable<acme::Result<std::vector<ca::IpAddress>>> addresses(ca::DnsName) override {
    before_answer();
    co_return answer_;
  }
  std::function<void()> before_answer = [] {};

 private:
  std::vector<ca::IpAddress> answer_;
};

class FetchBounds : public testing::Test {
 protected:
  FetchBounds() { options.special_addresses = SpecialAddresses::allow_in_lab; }

  acme::Result<acme::FetchedBody> fetch(OneAnswer& dns, const std::string& path) {
    options.ports.http = web.port();
    ValidationFetcher fetcher(dns, options);
    return tests::run(fetcher.fetch(dns_name("a.example"), path));
  }

  tests::ScriptedWeb web;
  FetchOptions options;
};

// T-A18
TEST_F(FetchBounds, DialsAndListsTwoAddressesOfEachFamily) {
  std::vector<ca::IpAddress> many;
  for (int i = 0; i < 500; ++i) {
    many.push_back(ip("127.1." + std::to_string(i / 250) + "." + std::to_string(i % 250 + 1)));
    many.push_back(
        ip("::ffff:127.2." + std::to_string(i / 250) + "." + std::to_string(i % 250 + 1)));
  }
  OneAnswer dns(many);
  const auto fetched = fetch(dns, "/" + std::string(1900, 'p'));
  ASSERT_FALSE(fetched.has_value());
  const std::string& detail = fetched.error().detail();
  EXPECT_EQ(fetched.error().type(), ProblemType::connection);
  EXPECT_LE(detail.size(), 2048U);
  EXPECT_THAT(detail, HasSubstr(" from 127.1.0.1: the server refused the connection; from "));
  EXPECT_THAT(detail, HasSubstr(" from ::ffff:127.2.0.2: the server "));
  EXPECT_THAT(detail, Not(HasSubstr("127.1.0.3")));
  EXPECT_THAT(detail, Not(HasSubstr("127.2.0.3")));
}

// T-A17: those that must not be dialled take no place from those that may.
TEST_F(FetchBounds, ChoosesAmongThePublicAddresses) {
  options.special_addresses = SpecialAddresses::refuse;
  options.timeout = std::chrono::milliseconds(100);
  OneAnswer dns({ip("10.0.0.1"), ip("10.0.0.2"), ip("10.0.0.3")});
  const auto fetched = fetch(dns, "/x");
  ASSERT_FALSE(fetched.has_value());
  EXPECT_EQ(fetched.error().detail(),
            "a.example has no public address, only 10.0.0.1 (10.0.0.0/8 (private use, RFC 1918)), "
            "which is never dialled");
}

// An error page is longer than any key authorization, and its status is what helps.
TEST_F(FetchBounds, ReportsTheStatusOfALongErrorPage) {
  const std::string page(100'000, 'x');
  web.script("a.example/x", "HTTP/1.1 404 Not Found\r\nContent-Length: 100000\r\n\r\n" + page);
  web.start();
  OneAnswer dns({ip("127.0.0.1")});
  const auto fetched = fetch(dns, "/x");
  ASSERT_FALSE(fetched.has_value());
  EXPECT_EQ(fetched.error().type(), ProblemType::unauthorized);
  EXPECT_THAT(fetched.error().detail(), HasSubstr("answered with status 404; expected 2xx"));
}

// T-A18
TEST_F(FetchBounds, CountsTheOctetsOfAllRedirectsTogether) {
  const std::string filler = "X: " + std::string(7'000, 'x') + "\r\n";
  for (int i = 0; i < 3; ++i) {
    web.script("a.example/" + std::to_string(i), "HTTP/1.1 302 Found\r\n" + filler + "Location: /" +
                                                     std::to_string(i + 1) + "\r\n\r\n");
  }
  web.serve("a.example/3", "body");
  web.start();
  OneAnswer dns({ip("127.0.0.1")});
  const auto two = fetch(dns, "/1");
  ASSERT_TRUE(two.has_value()) << two.error().detail();
  const auto three = fetch(dns, "/0");
  ASSERT_FALSE(three.has_value());
  EXPECT_EQ(three.error().type(), ProblemType::incorrect_response);
}

TEST_F(FetchBounds, ThrowsInsteadOfBlamingTheServerWhenDescriptorsRunOut) {
  web.serve("a.example/x", "body");
  web.start();
  rlimit usual{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &usual), 0);
  OneAnswer dns({ip("127.0.0.1")});
  dns.before_answer = [&] {
    const rlimit none{0, usual.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &none);
  };
  try {
    const auto fetched = fetch(dns, "/x");
    ::setrlimit(RLIMIT_NOFILE, &usual);
    ADD_FAILURE() << (fetched ? fetched->body : fetched.error().detail());
  } catch (const boost::system::system_error& error) {
    ::setrlimit(RLIMIT_NOFILE, &usual);
    EXPECT_EQ(error.code().value(), EMFILE);
  }
}

}  // namespace
}  // namespace server
