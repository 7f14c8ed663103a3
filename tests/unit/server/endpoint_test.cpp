#include "server/config/endpoint.h"

#include <gtest/gtest.h>

namespace server {
namespace {

TEST(Endpoint, IsAnAddressAndAPort) {
  const char* good[] = {"127.0.0.1:14000", "0.0.0.0:443", "[::1]:0", "[2001:db8::53]:53",
                        "[::]:65535"};
  for (const char* text : good) {
    SCOPED_TRACE(text);
    const auto endpoint = parse_endpoint(text);
    ASSERT_TRUE(endpoint);
    EXPECT_EQ(endpoint->text(), text);
  }
  const char* bad[] = {
      "",          "127.0.0.1",    "127.0.0.1:",     "127.0.0.1:65536", "127.0.0.1:080",
      ":14000",    "localhost:80", "::1:80",         "[::1]",           "[127.0.0.1]:80",
      "[::1]:80 ", "127.1:80",     "[fe80::1%1]:80", "127.0.0.1:-1",    "[::1:80",
      "[::1]x:80"};
  for (const char* text : bad) {
    SCOPED_TRACE(text);
    EXPECT_FALSE(parse_endpoint(text));
  }
}

TEST(BaseUrl, IsSchemeAndAuthority) {
  struct Row {
    const char* text;
    const char* host;
    std::uint16_t port;
    const char* authority;
  };
  const Row rows[] = {
      {"https://ca.example", "ca.example", 443, "ca.example"},
      {"https://ca.example:443", "ca.example", 443, "ca.example"},
      {"https://CA.Example:14000", "ca.example", 14000, "ca.example:14000"},
      {"https://localhost:1", "localhost", 1, "localhost:1"},
      {"http://192.0.2.1", "192.0.2.1", 80, "192.0.2.1"},
      {"http://192.0.2.1:443", "192.0.2.1", 443, "192.0.2.1:443"},
      {"https://[::1]:14000", "::1", 14000, "[::1]:14000"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.text);
    const auto url = parse_base_url(row.text);
    ASSERT_TRUE(url);
    EXPECT_EQ(url->host, row.host);
    EXPECT_EQ(url->port, row.port);
    EXPECT_EQ(url->authority, row.authority);
  }
  const char* bad[] = {"",
                       "ca.example",
                       "ftp://ca.example",
                       "HTTPS://ca.example",
                       "https://",
                       "https://ca.example/",
                       "https://ca.example/acme",
                       "https://ca.example?x",
                       "https://ca.example#x",
                       "https://user@ca.example",
                       "https://ca.example:0",
                       "https://ca.example:99999",
                       "https://ca.example:",
                       "https://*.example",
                       "https://ca..example",
                       "https://ca_1.example",
                       "https://::1"};
  for (const char* text : bad) {
    SCOPED_TRACE(text);
    EXPECT_FALSE(parse_base_url(text));
  }
}

}  // namespace
}  // namespace server
