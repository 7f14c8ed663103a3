#include "server/outbound/http_fetcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/tls/tls_context.h"
#include "tests/support/addresses_only.h"
#include "tests/support/http_service.h"
#include "tests/support/run.h"
#include "tests/support/scripted_web.h"

namespace server {
namespace {

using acme::ProblemType;
using testing::HasSubstr;
using tests::Ending;
using tests::ScriptedWeb;

ca::IpAddress ip(std::string_view text) {
  return ca::IpAddress::parse(text).value();
}
ca::DnsName dns_name(std::string_view text) {
  return ca::DnsName::parse(text).value();
}

/// Answers from a table; a name that is not in it does not exist. Each look-up takes the next row
/// of its name.
class TableDns final : public tests::AddressesOnly {
 public:
  std::map<std::string, std::vector<std::vector<ca::IpAddress>>> table;
  std::vector<std::string> asked;

  boost::asio::awaitable<acme::Result<std::vector<ca::IpAddress>>> addresses(
      ca::DnsName name) override {
    asked.push_back(name.text());
    auto& rows = table[name.text()];
    if (rows.empty()) co_return std::vector<ca::IpAddress>{};
    std::vector<ca::IpAddress> row = rows.front();
    if (rows.size() > 1) rows.erase(rows.begin());
    co_return row;
  }
};

/// Never answers.
class SilentDns final : public tests::AddressesOnly {
 public:
  boost::asio::awaitable<acme::Result<std::vector<ca::IpAddress>>> addresses(ca::DnsName) override {
    boost::asio::steady_timer never(
        co_await boost::asio::this_coro::executor,
        std::chrono::steady_clock::now() + std::chrono::milliseconds(300));
    co_await never.async_wait(boost::asio::use_awaitable);
    co_return std::vector<ca::IpAddress>{};
  }
};

class Fetch : public testing::Test {
 protected:
  Fetch() {
    for (const char* host : {"a.example", "b.example", "c.example", "tls.example"}) {
      dns.table[host] = {{ip("127.0.0.1")}};
    }
    options.special_addresses = SpecialAddresses::allow_in_lab;
  }

  acme::Result<acme::FetchedBody> fetch(const std::string& path,
                                        const std::string& host = "a.example") {
    web.start();
    options.ports.http = web.port();
    ValidationFetcher fetcher(dns, options);
    return tests::run(fetcher.fetch(dns_name(host), path));
  }

  void expect_problem(const acme::Result<acme::FetchedBody>& fetched,
                      ProblemType type,
                      const std::string& part) {
    ASSERT_FALSE(fetched.has_value());
    EXPECT_EQ(fetched.error().type(), type) << fetched.error().detail();
    EXPECT_THAT(fetched.error().detail(), HasSubstr(part));
  }

  ScriptedWeb web;
  TableDns dns;
  FetchOptions options;
};

TEST_F(Fetch, ReturnsTheBodyAndWhereItCameFrom) {
  web.serve("a.example/token", "token.thumbprint");
  const auto fetched = fetch("/token");
  ASSERT_TRUE(fetched.has_value()) << fetched.error().detail();
  EXPECT_EQ(fetched->body, "token.thumbprint");
  EXPECT_EQ(fetched->final_url, "http://a.example/token");
  EXPECT_EQ(fetched->hops, std::vector<std::string>{"http://a.example/token from 127.0.0.1"});
  ASSERT_EQ(web.requests().size(), 1U);
  EXPECT_EQ(web.requests().front(),
            "GET /token HTTP/1.1\r\nHost: a.example\r\nUser-Agent: Chancery/0.1.0 (domain "
            "validation)\r\nAccept: */*\r\nConnection: close\r\n\r\n");
}

// TCG-39: what went wrong, told apart.
TEST_F(Fetch, TellsDomainControlWhatFailed) {
  web.serve("a.example/file", "value\n");
  web.script("a.example/absent", "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
  web.script("a.example/astray",
             "HTTP/1.1 302 Found\r\nLocation: ftp://a.example/\r\nContent-Length: 0\r\n\r\n");
  web.script("a.example/long",
             "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + std::string(5000, 'x'));
  web.start();
  options.ports.http = web.port();
  ValidationFetcher fetcher(dns, options);
  const auto page = [&](const std::string& host, const std::string& path) {
    return tests::run(fetcher.page(dns_name(host), path));
  };
  const auto good = page("a.example", "/file");
  ASSERT_TRUE(good.has_value()) << good.error().detail;
  EXPECT_EQ(good->body, "value\n");
  EXPECT_EQ(good->hops.size(), 1U);
  const auto failure = [&](const std::string& host, const std::string& path) {
    return page(host, path).error().failure;
  };
  EXPECT_EQ(failure("a.example", "/absent"), policy::FetchFailure::status);
  EXPECT_EQ(page("a.example", "/absent").error().status, 404U);
  EXPECT_EQ(page("a.example", "/absent").error().hops.size(), 1U);
  EXPECT_EQ(failure("a.example", "/astray"), policy::FetchFailure::redirect_refused);
  EXPECT_EQ(failure("a.example", "/long"), policy::FetchFailure::too_long);
  EXPECT_EQ(failure("nowhere.example", "/file"), policy::FetchFailure::unreachable);
}

TEST_F(Fetch, UnderstandsEveryFramingOfAnAnswer) {
  web.script(
      "a.example/chunked",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
  web.script("a.example/until-close", "HTTP/1.0 200 OK\r\n\r\nabcde");
  web.script("a.example/interim",
             "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n"
             "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde");
  web.script("a.example/lying", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcdeEXTRA");
  web.start();
  options.ports.http = web.port();
  ValidationFetcher fetcher(dns, options);
  for (const char* path : {"/chunked", "/until-close", "/interim", "/lying"}) {
    SCOPED_TRACE(path);
    const auto fetched = tests::run(fetcher.fetch(dns_name("a.example"), path));
    ASSERT_TRUE(fetched.has_value()) << fetched.error().detail();
    EXPECT_EQ(fetched->body, "abcde");
  }
}

// T-A17: nothing is dialled.
TEST_F(Fetch, NeverDialsASpecialPurposeAddress) {
  options.special_addresses = SpecialAddresses::refuse;
  web.serve("a.example/x", "secret");
  web.start();
  options.ports.http = web.port();
  ValidationFetcher fetcher(dns, options);
  for (const char* address :
       {"127.0.0.1", "::1", "10.0.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "::ffff:127.0.0.1", "fc00::1", "fe80::1", "224.0.0.1", "255.255.255.255"}) {
    SCOPED_TRACE(address);
    dns.table["a.example"] = {{ip(address)}};
    expect_problem(tests::run(fetcher.fetch(dns_name("a.example"), "/x")), ProblemType::connection,
                   "a.example has no public address, only " + ip(address).text());
  }
  EXPECT_EQ(web.connections(), 0);
}

// T-A17: every hop is resolved and judged anew, and a name that was public once can be private now.
TEST_F(Fetch, ResolvesEveryHopAnew) {
  web.redirect("a.example/x", "http://a.example/y");
  dns.table["a.example"] = {{ip("127.0.0.1")}, {ip("127.0.0.9")}};
  expect_problem(fetch("/x"), ProblemType::connection, "http://a.example/y from 127.0.0.9");
  EXPECT_EQ(dns.asked, (std::vector<std::string>{"a.example", "a.example"}));
  EXPECT_EQ(web.connections(), 1);
}

TEST_F(Fetch, TriesTheNextAddressWhenOneRefuses) {
  web.serve("a.example/x", "body");
  dns.table["a.example"] = {{ip("127.0.0.9"), ip("127.0.0.1")}};
  const auto fetched = fetch("/x");
  ASSERT_TRUE(fetched.has_value()) << fetched.error().detail();
  EXPECT_EQ(fetched->hops, std::vector<std::string>{"http://a.example/x from 127.0.0.1"});
}

TEST_F(Fetch, NamesEveryAddressThatRefused) {
  dns.table["a.example"] = {{ip("127.0.0.9"), ip("127.0.0.8")}};
  const auto fetched = fetch("/x");
  ASSERT_FALSE(fetched.has_value());
  EXPECT_EQ(fetched.error().type(), ProblemType::connection);
  EXPECT_EQ(fetched.error().detail(),
            "fetching http://a.example/x from 127.0.0.9: the server refused the connection; "
            "from 127.0.0.8: the server refused the connection");
}

TEST_F(Fetch, SaysThatANameHasNoAddress) {
  expect_problem(fetch("/x", "none.example"), ProblemType::dns,
                 "none.example has neither an AAAA nor an A record");
}

TEST_F(Fetch, FollowsTheFourRedirectsThatAreAllowed) {
  web.redirect("a.example/1", "http://b.example/2", 301);
  web.redirect("b.example/2", "//c.example/3", 302);
  web.redirect("c.example/3", "4?q", 307);
  web.redirect("c.example/4?q", "http://a.example:80/5", 308);
  web.serve("a.example/5", "body");
  const auto fetched = fetch("/1");
  ASSERT_TRUE(fetched.has_value()) << fetched.error().detail();
  EXPECT_EQ(fetched->final_url, "http://a.example/5");
  EXPECT_EQ(fetched->hops,
            (std::vector<std::string>{
                "http://a.example/1 from 127.0.0.1", "http://b.example/2 from 127.0.0.1",
                "http://c.example/3 from 127.0.0.1", "http://c.example/4?q from 127.0.0.1",
                "http://a.example/5 from 127.0.0.1"}));
}

// V-39
TEST_F(Fetch, TakesEverySuccess) {
  web.script("a.example/x", "HTTP/1.1 201 Created\r\nContent-Length: 5\r\n\r\nvalue");
  const auto fetched = fetch("/x");
  ASSERT_TRUE(fetched.has_value()) << fetched.error().detail();
  EXPECT_EQ(fetched->body, "value");
}

// V-37 V-38 T-A17
TEST_F(Fetch, RefusesEveryOtherStatus) {
  web.start();
  for (const int status : {300, 303, 304, 305, 306, 400, 401, 404, 500, 503}) {
    SCOPED_TRACE(status);
    ScriptedWeb other;
    other.redirect("a.example/x", "http://b.example/y", status);
    other.start();
    options.ports.http = other.port();
    ValidationFetcher fetcher(dns, options);
    expect_problem(tests::run(fetcher.fetch(dns_name("a.example"), "/x")),
                   ProblemType::unauthorized,
                   "fetching http://a.example/x from 127.0.0.1: the server answered with status " +
                       std::to_string(status) + "; expected 2xx");
    EXPECT_EQ(other.connections(), 1);
  }
}

TEST_F(Fetch, FollowsTenRedirectsAndNotEleven) {
  for (int i = 0; i < 11; ++i) {
    web.redirect("a.example/" + std::to_string(i), "/" + std::to_string(i + 1));
  }
  web.serve("a.example/11", "body");
  web.start();
  options.ports.http = web.port();
  ValidationFetcher fetcher(dns, options);
  const auto ten = tests::run(fetcher.fetch(dns_name("a.example"), "/1"));
  ASSERT_TRUE(ten.has_value()) << ten.error().detail();
  EXPECT_EQ(ten->hops.size(), 11U);
  expect_problem(tests::run(fetcher.fetch(dns_name("a.example"), "/0")), ProblemType::connection,
                 "is one redirect more than the 10 allowed");
}

TEST_F(Fetch, RefusesToGoInACircle) {
  web.redirect("a.example/1", "http://b.example/2");
  web.redirect("b.example/2", "http://a.example/1#again");
  expect_problem(fetch("/1"), ProblemType::connection, "the redirects go in a circle");
  EXPECT_EQ(web.connections(), 2);
}

// T-A17: the vectors are in fetch_url_test.cpp; here only that the fetcher heeds them.
TEST_F(Fetch, RefusesRedirectsThatLeadAstray) {
  const std::pair<const char*, const char*> rows[] = {
      {"http://127.0.0.1/", "which names an address instead of a DNS name"},
      {"http://[::ffff:127.0.0.1]/", "which names an address instead of a DNS name"},
      {"http://localhost/", "which names a host that is not a full DNS name"},
      {"file:///etc/passwd", "which has another scheme than http and https"},
      {"http://user@b.example/", "which names a user"},
      {"http://b.example:8080/", "which names a port that is not 80"},
      {"http:\\\\b.example\\", "which names no host"},
      {"", "without saying where to"},
  };
  for (const auto& [location, sentence] : rows) {
    SCOPED_TRACE(location);
    ScriptedWeb other;
    other.redirect("a.example/x", location);
    other.start();
    options.ports.http = other.port();
    ValidationFetcher fetcher(dns, options);
    const auto fetched = tests::run(fetcher.fetch(dns_name("a.example"), "/x"));
    ASSERT_FALSE(fetched.has_value());
    EXPECT_THAT(fetched.error().detail(), HasSubstr(sentence));
    EXPECT_EQ(other.connections(), 1);
  }
}

TEST_F(Fetch, RepeatsOnlyPrintableTextOfAnAnswer) {
  web.redirect("a.example/x", "gopher://\xff\xfe" + std::string(300, 'a'));
  const auto fetched = fetch("/x");
  ASSERT_FALSE(fetched.has_value());
  EXPECT_THAT(fetched.error().detail(), HasSubstr("\"gopher://??aaa"));
  EXPECT_LT(fetched.error().detail().size(), 400U);
}

// T-A18
TEST_F(Fetch, ReadsNoMoreThanItsLimit) {
  const std::string header = "HTTP/1.1 200 OK\r\n";
  const std::string piece(1000, 'x');
  const std::pair<const char*, std::string> rows[] = {
      {"a.example/declared", header + "Content-Length: 1025\r\n\r\n"},
      {"a.example/chunked",
       header + "Transfer-Encoding: chunked\r\n\r\n401\r\n" + std::string(1'025, 'x')},
      {"a.example/until-close", header + "\r\n" + std::string(30'000, 'x')},
      {"a.example/header", header + "X: " + std::string(9'000, 'x') + "\r\n\r\n"},
      {"a.example/trailers", header + "Transfer-Encoding: chunked\r\n\r\n0\r\n" +
                                 [] {
                                   std::string trailers;
                                   for (int i = 0; i < 10'000; ++i) trailers += "X: y\r\n";
                                   return trailers;
                                 }()},
  };
  for (const auto& [place, bytes] : rows) web.script(place, bytes, Ending::silence);
  web.start();
  options.ports.http = web.port();
  ValidationFetcher fetcher(dns, options);
  for (const auto& [place, bytes] : rows) {
    SCOPED_TRACE(place);
    const std::string path = std::string(place).substr(9);
    expect_problem(tests::run(fetcher.fetch(dns_name("a.example"), path)),
                   ProblemType::incorrect_response, "the server sent ");
  }
}

// T-A18
TEST_F(Fetch, EndsWhatNeverEnds) {
  web.script("a.example/body", "HTTP/1.1 200 OK\r\n\r\nxxxxxxxxxxxxxxxx", Ending::repeat);
  web.script("a.example/interim", "HTTP/1.1 100 Continue\r\n\r\n", Ending::repeat);
  web.start();
  options.ports.http = web.port();
  ValidationFetcher fetcher(dns, options);
  for (const char* path : {"/body", "/interim"}) {
    SCOPED_TRACE(path);
    const auto fetched = tests::run(fetcher.fetch(dns_name("a.example"), path));
    ASSERT_FALSE(fetched.has_value());
    EXPECT_TRUE(fetched.error().type() == ProblemType::incorrect_response ||
                fetched.error().type() == ProblemType::connection);
  }
}

// T-A18
TEST_F(Fetch, KeepsToItsDeadline) {
  options.timeout = std::chrono::milliseconds(200);
  web.script("a.example/silent", "", Ending::silence);
  web.script("a.example/half", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", Ending::silence);
  web.start();
  options.ports.http = web.port();
  ValidationFetcher fetcher(dns, options);
  for (const char* path : {"/silent", "/half"}) {
    SCOPED_TRACE(path);
    const auto start = std::chrono::steady_clock::now();
    expect_problem(tests::run(fetcher.fetch(dns_name("a.example"), path)), ProblemType::connection,
                   "from 127.0.0.1: the server took too long to answer");
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
  }
}

TEST_F(Fetch, CountsTheLookUpAgainstItsDeadline) {
  options.timeout = std::chrono::milliseconds(50);
  SilentDns silent;
  ValidationFetcher fetcher(silent, options);
  expect_problem(tests::run(fetcher.fetch(dns_name("a.example"), "/x")), ProblemType::dns,
                 "looking up a.example took too long");
}

TEST_F(Fetch, RefusesWhatIsNotAWholeAnswer) {
  const std::pair<const char*, const char*> rows[] = {
      {"", "closed the connection before its answer was complete"},
      {"HTTP/1.1 200 OK\r\n", "closed the connection before its answer was complete"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc",
       "closed the connection before its answer was complete"},
      {"220 mail.example ESMTP\r\n\r\n", "sent something that is not an HTTP answer"},
      {"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", "sent something that is not an HTTP answer"},
  };
  for (const auto& [bytes, sentence] : rows) {
    SCOPED_TRACE(bytes);
    ScriptedWeb other;
    other.script("a.example/x", bytes);
    other.start();
    options.ports.http = other.port();
    ValidationFetcher fetcher(dns, options);
    expect_problem(tests::run(fetcher.fetch(dns_name("a.example"), "/x")), ProblemType::connection,
                   sentence);
  }
}

// RFC 8555 §8.3: the certificate of the target of a redirect is not verified; it may be the one to
// be replaced.
TEST_F(Fetch, FollowsToHttpsWithoutVerifyingTheCertificate) {
  const auto tls = tests::HttpService::make_tls();
  const tests::HttpService service({.tls = tls, .hosts = {"tls.example"}});
  options.ports.https = service.port();
  web.redirect("a.example/x", "https://tls.example/y?z");
  const auto fetched = fetch("/x");
  ASSERT_TRUE(fetched.has_value()) << fetched.error().detail();
  EXPECT_EQ(fetched->body, "answer to /y");
  EXPECT_EQ(fetched->final_url, "https://tls.example/y?z");
}

TEST_F(Fetch, SaysThatTheTlsHandshakeFailed) {
  options.ports.https = web.port();
  web.redirect("a.example/x", "https://tls.example/y");
  options.timeout = std::chrono::milliseconds(300);
  expect_problem(fetch("/x"), ProblemType::tls,
                 "https://tls.example/y from 127.0.0.1: the server ");
}

}  // namespace
}  // namespace server
