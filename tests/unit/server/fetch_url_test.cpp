#include "server/outbound/fetch_url.h"

#include <gtest/gtest.h>

namespace server {
namespace {

constexpr FetchPorts kPublic;
constexpr FetchPorts kLab{.http = 5002, .https = 5001};

struct Row {
  std::string url;
  std::string outcome;  // the canonical text, or "! " and the refusal
};

std::string outcome_of(const std::expected<FetchUrl, std::string>& url) {
  return url ? url->text() : "! " + url.error();
}

constexpr const char* kAddress = "! names an address instead of a DNS name";
constexpr const char* kNoHost = "! names no host";
constexpr const char* kNoName = "! names a host that is not a full DNS name";
constexpr const char* kUser = "! names a user";
constexpr const char* kScheme = "! has another scheme than http and https";
constexpr const char* kNoScheme = "! has no scheme";
constexpr const char* kPort80 = "! names a port that is not 80";
constexpr const char* kPort443 = "! names a port that is not 443";
constexpr const char* kCharacter = "! has a character that may not stand in a URL";
constexpr const char* kPercent = "! has a `%` without two hexadecimal digits";

const std::vector<Row>& rows() {
  static const std::vector<Row> table = {
      // What may be fetched.
      {"http://a.example", "http://a.example/"},
      {"http://a.example/", "http://a.example/"},
      {"https://a.example/", "https://a.example/"},
      {"HTTP://A.EXAMPLE/Path", "http://a.example/Path"},
      {"hTTpS://a.example/x", "https://a.example/x"},
      {"http://a.example:80/x", "http://a.example/x"},
      {"https://a.example:443/x", "https://a.example/x"},
      {"http://a.example?q", "http://a.example/?q"},
      {"http://a.example/x?q=1&r=/?", "http://a.example/x?q=1&r=/?"},
      {"http://a.example/x#part", "http://a.example/x"},
      {"http://a.example#part", "http://a.example/"},
      {"http://a.example/x?q#part?#", "http://a.example/x?q"},
      {"http://xn--bcher-kva.example/", "http://xn--bcher-kva.example/"},
      {"http://a.example/%41%2f%zz", kPercent},
      {"http://a.example/%41%2f", "http://a.example/%41%2f"},
      {"http://a.example/~u/-._!$&'()*+,;=:@", "http://a.example/~u/-._!$&'()*+,;=:@"},
      {"http://a.example//double//slash", "http://a.example//double//slash"},
      {"http://a.example/a/../b", "http://a.example/b"},
      {"http://a.example/a/./b/.", "http://a.example/a/b/"},
      {"http://a.example/../../etc", "http://a.example/etc"},
      {"http://a.example/a/..", "http://a.example/"},
      {"http://a.example/..a/b..", "http://a.example/..a/b.."},
      {"http://a.example/?x=http://[::1]/", kCharacter},
      {"http://a.example/@user", "http://a.example/@user"},
      {"http://a.example/a:b", "http://a.example/a:b"},
      // Schemes.
      {"ftp://a.example/", kScheme},
      {"file:///etc/passwd", kScheme},
      {"gopher://a.example:25/_MAIL", kScheme},
      {"javascript:alert(1)", kScheme},
      {"data:text/plain,x", kScheme},
      {"httpx://a.example/", kScheme},
      {"http+unix://a.example/", kScheme},
      {"ws://a.example/", kScheme},
      {"dict://a.example/", kScheme},
      {"://a.example/", kScheme},
      {" http://a.example/", kScheme},
      {"\thttp://a.example/", kScheme},
      {"ht\ntp://a.example/", kScheme},
      {"a.example/", kNoScheme},
      {"/path", kNoScheme},
      {"", kNoScheme},
      {"//a.example/", kNoScheme},
      {"?q", kNoScheme},
      // No host.
      {"http:", kNoHost},
      {"http:/a.example/", kNoHost},
      {"http://", kNoHost},
      {"http:///x", kNoHost},
      {"http://:80/", kNoHost},
      {"http:a.example", kNoHost},
      {"http:\\\\a.example\\", kNoHost},
      {"http://?q", kNoHost},
      {"http://#f", kNoHost},
      // Addresses in every spelling.
      {"http://127.0.0.1/", kAddress},
      {"http://127.1/", kAddress},
      {"http://127.0.1/", kAddress},
      {"http://0x7f000001/", kAddress},
      {"http://0x7f.1/", kAddress},
      {"http://0x7f.0.0.0x1/", kAddress},
      {"http://a.0x1/", kAddress},
      {"http://a.0X/", kAddress},
      {"http://2130706433/", kAddress},
      {"http://017700000001/", kAddress},
      {"http://0177.0.0.1/", kAddress},
      {"http://0/", kAddress},
      {"http://169.254.169.254/latest/meta-data/", kAddress},
      {"http://100.64.0.1/", kAddress},
      {"http://10.0.0.1/", kAddress},
      {"http://192.168.0.1:80/", kAddress},
      {"http://172.16.0.1/", kAddress},
      {"http://255.255.255.255/", kAddress},
      {"http://8.8.8.8/", kAddress},
      {"http://a.8/", kAddress},
      {"http://[::1]/", kAddress},
      {"http://[::]/", kAddress},
      {"http://[::ffff:127.0.0.1]/", kAddress},
      {"http://[::ffff:7f00:1]:80/", kAddress},
      {"http://[fe80::1%25eth0]/", kAddress},
      {"http://[fe80::1%eth0]/", kAddress},
      {"http://[fc00::1]/", kAddress},
      {"http://[2001:db8::1]/", kAddress},
      {"http://[64:ff9b::7f00:1]/", kAddress},
      {"http://[::1/", kAddress},
      {"http://[/", kAddress},
      {"http://[]/", kAddress},
      {"http://[v1.x]/", kAddress},
      {"https://[::1]:443/", kAddress},
      // Hosts that are not full DNS names.
      {"http://localhost/", kNoName},
      {"http://metadata/", kNoName},
      {"http://a.example./", kNoName},
      {"http://.example/", kNoName},
      {"http://a..example/", kNoName},
      {"http://-a.example/", kNoName},
      {"http://a-.example/", kNoName},
      {"http://a_b.example/", kNoName},
      {"http://*.example/", kNoName},
      {"http://a.*.example/", kNoName},
      {"http://a%2eexample/", kNoName},
      {"http://a.exam%70le/", kNoName},
      {"http://127.0.0.1%00.example/", kNoName},
      {"http://a.example%2f/", kNoName},
      {"http://b\xc3\xbc"
       "cher.example/",
       kNoName},
      {"http://a\xe3\x80\x82"
       "example/",
       kNoName},
      {"http://\xe2\x91\xa0.example/", kNoName},
      {"http://a.example\\@b.example/", kUser},
      {"http://a.example\\b/", kNoName},
      {"http://a example/", kNoName},
      {"http://a.example /", kNoName},
      {"http://a.example\t/", kNoName},
      {"http://a.example\r\nHost: b/", kNoName},
      {"http://a\texample/", kNoName},
      {"http://a,b.example/", kNoName},
      {"http://a;b.example/", kNoName},
      {std::string("http://a.example\0.b.example/", 27), kNoName},
      {"http://" + std::string(64, 'a') + ".example/", kNoName},
      {"http://ab--cd.example/", kNoName},
      // Users.
      {"http://user@a.example/", kUser},
      {"http://user:pass@a.example/", kUser},
      {"http://@a.example/", kUser},
      {"http://a.example@b.example/", kUser},
      {"http://a.example:80@b.example/", kUser},
      {"http://a.example:80\\@b.example/", kUser},
      {"http://127.0.0.1@a.example/", kUser},
      // Ports.
      {"http://a.example:8080/", kPort80},
      {"http://a.example:443/", kPort80},
      {"https://a.example:80/", kPort443},
      {"https://a.example:8443/", kPort443},
      {"http://a.example:22/", kPort80},
      {"http://a.example:25/", kPort80},
      {"http://a.example:/", kPort80},
      {"http://a.example:0/", kPort80},
      {"http://a.example:080/", kPort80},
      {"http://a.example:+80/", kPort80},
      {"http://a.example:-80/", kPort80},
      {"http://a.example: 80/", kPort80},
      {"http://a.example:80 /", kPort80},
      {"http://a.example:0x50/", kPort80},
      {"http://a.example:65616/", kPort80},
      {"http://a.example:80:80/", kPort80},
      {"http://a.example:http/", kPort80},
      {"http://a.example:5002/", kPort80},
      // Characters.
      {"http://a.example/a b", kCharacter},
      {"http://a.example/a\tb", kCharacter},
      {"http://a.example/a\r\nX: y", kCharacter},
      {"http://a.example/a\nb", kCharacter},
      {std::string("http://a.example/a\0b", 20), kCharacter},
      {"http://a.example/a\\b", kCharacter},
      {"http://a.example/\x7f", kCharacter},
      {"http://a.example/\xc3\xbc", kCharacter},
      {"http://a.example/<script>", kCharacter},
      {"http://a.example/\"x", kCharacter},
      {"http://a.example/{x}", kCharacter},
      {"http://a.example/a|b", kCharacter},
      {"http://a.example/a^b", kCharacter},
      {"http://a.example/a`b", kCharacter},
      {"http://a.example/[x]", kCharacter},
      {"http://a.example/?a b", kCharacter},
      {"http://a.example/%", kPercent},
      {"http://a.example/%4", kPercent},
      {"http://a.example/%4g", kPercent},
      {"http://a.example/?%", kPercent},
      // Length.
      {"http://a.example/" + std::string(1999, 'a'), "http://a.example/" + std::string(1999, 'a')},
      {"http://a.example/" + std::string(2000, 'a'), "! has a path longer than 2000 octets"},
      {"http://a.example/?" + std::string(1998, 'a'),
       "http://a.example/?" + std::string(1998, 'a')},
      {"http://a.example/?" + std::string(1999, 'a'), "! has a path longer than 2000 octets"},
  };
  return table;
}

// T-A17
TEST(FetchUrl, IsJudgedStrictly) {
  ASSERT_GE(rows().size(), 120U);
  for (const Row& row : rows()) {
    SCOPED_TRACE(row.url);
    EXPECT_EQ(outcome_of(fetch_url(row.url, kPublic)), row.outcome);
  }
}

TEST(FetchUrl, ReadsItsOwnTextBack) {
  for (const Row& row : rows()) {
    const auto url = fetch_url(row.url, kPublic);
    if (!url) continue;
    SCOPED_TRACE(row.url);
    EXPECT_EQ(fetch_url(url->text(), kPublic), url);
  }
}

TEST(FetchUrl, DialsTheLaboratorysPortInsteadOfTheSchemesOwn) {
  const FetchUrl plain = fetch_url("http://a.example/", kLab).value();
  const FetchUrl tls = fetch_url("https://a.example/", kLab).value();
  EXPECT_EQ(plain.port(kPublic), 80);
  EXPECT_EQ(tls.port(kPublic), 443);
  EXPECT_EQ(plain.port(kLab), 5002);
  EXPECT_EQ(tls.port(kLab), 5001);
  EXPECT_EQ(outcome_of(fetch_url("http://a.example:5002/x", kLab)), "http://a.example/x");
  EXPECT_EQ(outcome_of(fetch_url("http://a.example:5001/x", kLab)), kPort80);
}

// RFC 3986 §5.4, as far as it applies to http.
TEST(RedirectTarget, FollowsRelativeReferences) {
  const FetchUrl base = fetch_url("http://a.example/b/c/d?q", kPublic).value();
  const Row rows[] = {
      {"http://b.example/x", "http://b.example/x"},
      {"https://b.example/x", "https://b.example/x"},
      {"//b.example/x", "http://b.example/x"},
      {"//b.example", "http://b.example/"},
      {"/g", "http://a.example/g"},
      {"g", "http://a.example/b/c/g"},
      {"./g", "http://a.example/b/c/g"},
      {"g/", "http://a.example/b/c/g/"},
      {"?y", "http://a.example/b/c/d?y"},
      {"g?y", "http://a.example/b/c/g?y"},
      {"#s", "http://a.example/b/c/d?q"},
      {"", "http://a.example/b/c/d?q"},
      {".", "http://a.example/b/c/"},
      {"..", "http://a.example/b/"},
      {"../g", "http://a.example/b/g"},
      {"../..", "http://a.example/"},
      {"../../../g", "http://a.example/g"},
      {"g;x=1/../y", "http://a.example/b/c/y"},
      {"g?y/../x", "http://a.example/b/c/g?y/../x"},
      {"/./g", "http://a.example/g"},
      {"///g", kNoHost},
      {"//127.0.0.1/", kAddress},
      {"//user@b.example/", kUser},
      {"http:g", kNoHost},
      {"\\\\b.example\\x", kCharacter},
      {"/\\b.example", kCharacter},
      {" /g", kCharacter},
      {"//b.example:8080/", kPort80},
      {"./a:b", "http://a.example/b/c/a:b"},
      {"a:b", kScheme},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.url);
    EXPECT_EQ(outcome_of(redirect_target(base, row.url, kPublic)), row.outcome);
  }
}

TEST(RedirectTarget, KeepsTheHostOfAPathThatBeginsWithTwoSlashes) {
  const FetchUrl base = fetch_url("http://a.example//b.example/x", kPublic).value();
  EXPECT_EQ(outcome_of(redirect_target(base, "?y", kPublic)), "http://a.example//b.example/x?y");
  EXPECT_EQ(outcome_of(redirect_target(base, "g", kPublic)), "http://a.example//b.example/g");
}

}  // namespace
}  // namespace server
