// T-A17: what strangers can make validation connect to. A table over the real fetcher, prober and
// address judge: wherever a row leads, no connection is made there. The spellings of URLs have a
// table of their own, fetch_url_test.cpp.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/outbound/dialled_addresses.h"
#include "server/outbound/http_fetcher.h"
#include "server/outbound/tls_prober.h"
#include "tests/support/addresses_only.h"
#include "tests/support/run.h"
#include "tests/support/scripted_web.h"

namespace server {
namespace {

using acme::ProblemType;

ca::IpAddress ip(std::string_view text) {
  return ca::IpAddress::parse(text).value();
}
ca::DnsName name(std::string_view text) {
  return ca::DnsName::parse(text).value();
}

/// Each look-up of a name takes the next row; the last one stays.
class TableDns final : public tests::AddressesOnly {
 public:
  std::map<std::string, std::vector<std::vector<ca::IpAddress>>> table;
  int look_ups = 0;
  boost::asio::awaitable<acme::Result<std::vector<ca::IpAddress>>> addresses(
      ca::DnsName of) override {
    ++look_ups;
    auto& rows = table[of.text()];
    if (rows.empty()) co_return std::vector<ca::IpAddress>{};
    std::vector<ca::IpAddress> row = rows.front();
    if (rows.size() > 1) rows.erase(rows.begin());
    co_return row;
  }
};

std::chrono::steady_clock::time_point soon() {
  return std::chrono::steady_clock::now() + std::chrono::seconds(5);
}

acme::Result<std::vector<ca::IpAddress>> judged(acme::DnsClient& dns, ca::Identifier host) {
  return tests::run(addresses_to_dial(dns, std::move(host), SpecialAddresses::refuse, soon()));
}

// First and last address of each block of the registries, and the forms in which one address hides
// in another.
constexpr const char* kNeverDialled[] = {
    "0.0.0.0", "0.255.255.255", "10.0.0.0", "10.255.255.255", "100.64.0.0", "100.127.255.255",
    "127.0.0.0", "127.0.0.1", "127.255.255.255", "169.254.0.0", "169.254.169.254",
    "169.254.255.255", "172.16.0.0", "172.31.255.255", "192.0.0.0", "192.0.0.170", "192.0.0.255",
    "192.0.2.0", "192.0.2.255", "192.31.196.0", "192.31.196.255", "192.52.193.0", "192.52.193.255",
    "192.88.99.0", "192.88.99.255", "192.168.0.0", "192.168.255.255", "192.175.48.0",
    "192.175.48.255", "198.18.0.0", "198.19.255.255", "198.51.100.0", "198.51.100.255",
    "203.0.113.0", "203.0.113.255", "224.0.0.0", "239.255.255.255", "240.0.0.0", "255.255.255.254",
    "255.255.255.255",
    // IPv6: unspecified, loopback, mapped, compatible, NAT64 with all of them inside
    "::", "::1", "::ffff:0.0.0.0", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254",
    "::ffff:8.8.8.8", "::ffff:100.64.0.1", "::ffff:192.168.0.1", "64:ff9b::c0a8:1",
    "2002:e000:1::", "::127.0.0.1", "::ffff:0:127.0.0.1", "64:ff9b::", "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe", "64:ff9b::808:808", "64:ff9b::ffff:ffff",
    "64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff", "64:ff9b:1::a00:1",
    // 6to4 and Teredo around private addresses
    "2002::", "2002:7f00:1::1",
    "2002:a00:1::", "2002:c0a8:1::", "2002:a9fe:a9fe::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    "2001::", "2001:0:7f00:1::", "2001:0:ffff:ffff:ffff:ffff:ffff:ffff",
    // the rest of the registry
    "100::", "100::ffff:ffff:ffff:ffff", "100:0:0:1::1", "2001:2::", "2001:10::", "2001:20::1",
    "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
    "2620:4f:8000::", "2620:4f:8000:ffff:ffff:ffff:ffff:ffff",
    "3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff",
    "5f00::", "5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "fc00::", "fd00:ec2::254",
    "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "fe80::", "fe80::1",
    "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "fec0::1", "ff00::", "ff02::1",
    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    // outside of global unicast
    "1::", "1fff::", "4000::", "8000::1", "bfff::", "e000::"};

constexpr const char* kDialled[] = {"1.1.1.1",         "9.255.255.255",   "11.0.0.0",
                                    "100.63.255.255",  "100.128.0.0",     "126.255.255.255",
                                    "128.0.0.0",       "169.253.255.255", "169.255.0.0",
                                    "172.15.255.255",  "172.32.0.0",      "191.255.255.255",
                                    "192.0.1.0",       "192.0.3.0",       "192.167.255.255",
                                    "192.169.0.0",     "198.17.255.255",  "198.20.0.0",
                                    "223.255.255.255", "2001:200::",      "2001:4860:4860::8888",
                                    "2003::1",         "2606:4700::1111", "3ffe::1",
                                    "2a00:1450::1"};

// V-62
TEST(Ssrf, AddressesOfTheRegistriesAreNeverDialled) {
  for (const char* each : kNeverDialled) {
    SCOPED_TRACE(each);
    TableDns dns;
    dns.table["a.example"] = {{ip(each)}};
    const auto by_name = judged(dns, name("a.example"));
    ASSERT_FALSE(by_name.has_value());
    EXPECT_EQ(by_name.error().type(), ProblemType::connection);
    EXPECT_THAT(by_name.error().detail(), testing::HasSubstr("never dialled"));
    EXPECT_FALSE(judged(dns, ip(each)).has_value()) << "as an ip identifier";
  }
  EXPECT_GE(std::size(kNeverDialled), 100U);
}

TEST(Ssrf, TheirNeighboursAre) {
  for (const char* each : kDialled) {
    SCOPED_TRACE(each);
    TableDns dns;
    dns.table["a.example"] = {{ip(each)}};
    EXPECT_EQ(judged(dns, name("a.example")).value(), std::vector<ca::IpAddress>{ip(each)});
  }
}

// A name with both is dialled at its public addresses alone.
TEST(Ssrf, SpecialAddressesBesidePublicOnesAreLeftOut) {
  for (const char* each : kNeverDialled) {
    SCOPED_TRACE(each);
    TableDns dns;
    dns.table["a.example"] = {{ip(each), ip("9.9.9.9"), ip(each)}};
    EXPECT_EQ(judged(dns, name("a.example")).value(), std::vector<ca::IpAddress>{ip("9.9.9.9")});
  }
}

/// A web on loopback that counts every connection, and a fetcher that may reach it.
class SsrfRedirect : public testing::Test {
 protected:
  SsrfRedirect() { dns.table["a.example"] = {{ip("127.0.0.1")}}; }

  acme::Result<acme::FetchedBody> fetch() {
    web.start();
    options.ports.http = web.port();
    ValidationFetcher fetcher(dns, options);
    return tests::run(fetcher.fetch(name("a.example"), "/x"));
  }

  tests::ScriptedWeb web;
  TableDns dns;
  FetchOptions options{.ports = {}, .special_addresses = SpecialAddresses::allow_in_lab};
};

// Each leads away from what may be fetched: the first host is asked, and nobody else.
TEST(Ssrf, RedirectsLeadNowhereElse) {
  const std::string locations[] = {"http://127.0.0.1/",
                                   "http://127.1/",
                                   "http://0x7f000001/",
                                   "http://2130706433/",
                                   "http://017700000001/",
                                   "http://0/",
                                   "http://169.254.169.254/latest/meta-data/",
                                   "http://[::1]/",
                                   "http://[::ffff:127.0.0.1]/",
                                   "http://[::ffff:7f00:1]/",
                                   "http://[fe80::1%25eth0]/",
                                   "http://[64:ff9b::7f00:1]/",
                                   "http://[2002:7f00:1::]/",
                                   "http://8.8.8.8/",
                                   "http://[2606:4700::1111]/",  // also no public literal
                                   "http://localhost/",
                                   "http://metadata/",
                                   "http://a.example:22/",
                                   "http://a.example:8080/",
                                   "http://a.example:0/",
                                   "http://a.example:65536/",
                                   "https://a.example:80/",
                                   "http://a.example:443/",
                                   "http://user@a.example/",
                                   "http://user:pass@a.example/",
                                   "http://a.example@b.example/",
                                   "http://a.example\\@b.example/",
                                   "http:\\\\b.example/",
                                   "http://b.example%2f@a.example/",
                                   "http://b.example%00.a.example/",
                                   "http://b_.example/",
                                   "ftp://a.example/",
                                   "file:///etc/passwd",
                                   "gopher://a.example:70/_x",
                                   "javascript:alert(1)",
                                   "data:text/plain,x",
                                   "ws://a.example/",
                                   "unix:///run/docker.sock",
                                   "dict://a.example:11211/",
                                   "jar:http://a.example!/",
                                   "http://",
                                   "http:///x",
                                   "http://?x",
                                   "//",
                                   "",
                                   "http://.example/",
                                   "http://-a.example/",
                                   "http://a..example/"};
  for (const std::string& location : locations) {
    SCOPED_TRACE(location);
    tests::ScriptedWeb web;
    web.redirect("a.example/x", location);
    web.start();
    TableDns dns;
    for (const char* each : {"a.example", "b.example", "b_.example"}) {
      dns.table[each] = {{ip("127.0.0.1")}};
    }
    FetchOptions options{.ports = {}, .special_addresses = SpecialAddresses::allow_in_lab};
    options.ports.http = web.port();
    ValidationFetcher fetcher(dns, options);
    EXPECT_FALSE(tests::run(fetcher.fetch(name("a.example"), "/x")).has_value());
    EXPECT_EQ(web.connections(), 1);
  }
}

// V-38: only these four, and never more than ten.
TEST(Ssrf, RedirectsHaveTheStatusesOfTheRules) {
  for (const int status : {300, 301, 302, 303, 304, 305, 306, 307, 308, 399}) {
    SCOPED_TRACE(status);
    tests::ScriptedWeb web;
    web.redirect("a.example/x", "http://b.example/y", status);
    web.serve("b.example/y", "proof");
    web.start();
    TableDns dns;
    for (const char* each : {"a.example", "b.example"}) dns.table[each] = {{ip("127.0.0.1")}};
    FetchOptions options{.ports = {}, .special_addresses = SpecialAddresses::allow_in_lab};
    options.ports.http = web.port();
    ValidationFetcher fetcher(dns, options);
    const bool is_followed = status == 301 || status == 302 || status == 307 || status == 308;
    EXPECT_EQ(tests::run(fetcher.fetch(name("a.example"), "/x")).has_value(), is_followed);
    EXPECT_EQ(web.connections(), is_followed ? 2 : 1);
  }
}

// DNS rebinding: a name that is harmless when it is looked at first is looked at again at each hop.
TEST_F(SsrfRedirect, LooksEveryHopUpAnew) {
  web.redirect("a.example/x", "http://a.example/y");
  web.serve("a.example/y", "proof");
  dns.table["a.example"] = {{ip("127.0.0.1")}, {}};
  EXPECT_FALSE(fetch().has_value());
  EXPECT_EQ(web.connections(), 1);
  EXPECT_EQ(dns.look_ups, 2);
}

TEST_F(SsrfRedirect, EndsInALoop) {
  web.redirect("a.example/x", "http://b.example/y");
  web.redirect("b.example/y", "http://a.example/x");
  dns.table["b.example"] = {{ip("127.0.0.1")}};
  EXPECT_FALSE(fetch().has_value());
  EXPECT_LE(web.connections(), 3);
}

// The prober and the fetcher ask the same judge before they open a socket.
TEST(Ssrf, NoConnectionIsMadeToWhatIsRefused) {
  tests::ScriptedWeb web;
  web.start();
  TableDns dns;
  dns.table["a.example"] = {{ip("127.0.0.1"), ip("::1"), ip("::ffff:127.0.0.1")}};
  FetchOptions fetching;
  fetching.ports.http = web.port();
  ValidationFetcher fetcher(dns, fetching);
  ProbeOptions probing;
  probing.port = web.port();
  ValidationProber prober(dns, probing);
  const ca::Identifier hosts[] = {name("a.example"), ip("127.0.0.1"), ip("::1")};
  for (const ca::Identifier& each : hosts) {
    EXPECT_FALSE(tests::run(fetcher.fetch(each, "/x")).has_value());
    EXPECT_FALSE(tests::run(prober.probe(each, "a.example")).has_value());
  }
  EXPECT_EQ(web.connections(), 0);
}

}  // namespace
}  // namespace server
