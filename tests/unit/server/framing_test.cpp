#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "server/http/listener.h"
#include "server/http/request_head.h"
#include "tests/support/http_service.h"
#include "tests/support/raw_client.h"
#include "tests/unit/server/framing_vectors.h"

namespace {

using tests::FramingVector;
using tests::HttpService;
using tests::RawClient;
using tests::RawResponse;
using namespace std::string_literals;

constexpr std::string_view kFollower = "GET /follower HTTP/1.1\r\nHost: ca.test\r\n\r\n";

server::HttpLimits small_bodies() {
  server::HttpLimits limits;
  limits.body_bytes = 1024;
  return limits;
}

std::size_t count_of(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++count;
  return count;
}

/// Sends the vector with a request behind it in the same bytes and looks at everything that comes
/// back.
void check(HttpService& service, RawClient& client, const FramingVector& vector) {
  const std::size_t seen_before = service.seen().size();
  client.send(vector.bytes + std::string(kFollower));

  if (vector.status == 200) {
    EXPECT_EQ(client.read_response().status, 200U);
    EXPECT_EQ(client.read_response().body, "answer to /follower");
    EXPECT_EQ(service.seen().size(), seen_before + 2);
    return;
  }
  const RawResponse refusal = client.read_response();
  EXPECT_EQ(refusal.status, vector.status) << refusal.body;
  EXPECT_EQ(refusal.field("Content-Type"), "application/problem+json");
  EXPECT_EQ(refusal.field("Connection"), "close");
  EXPECT_TRUE(
      refusal.body.starts_with(R"({"type":"urn:ietf:params:acme:error:malformed","status":)"))
      << refusal.body;
  client.end_sending();
  EXPECT_EQ(client.read_all(), "");
  EXPECT_EQ(service.seen().size(), seen_before) << "a handler saw " << service.seen().back();
}

class Framing : public testing::TestWithParam<FramingVector> {};

// S2 T-F1
TEST_P(Framing, NeverAnswersTheFollowerAsSomethingElse) {
  HttpService service({.limits = small_bodies()});
  RawClient client(service.port());
  check(service, client, GetParam());
}

INSTANTIATE_TEST_SUITE_P(Vectors,
                         Framing,
                         testing::ValuesIn(tests::framing_vectors()),
                         [](const auto& info) { return std::string(info.param.name); });

// S2 T-F1
TEST(FramingOverTls, NeverAnswersTheFollowerAsSomethingElse) {
  HttpService service({.limits = small_bodies(), .tls = HttpService::make_tls()});
  std::size_t tried = 0;
  for (const FramingVector& vector : tests::framing_vectors()) {
    SCOPED_TRACE(vector.name);
    tests::RawTlsClient client(service.port());
    check(service, client, vector);
    ++tried;
  }
  EXPECT_GE(tried, 60U);
}

// T-F1
TEST(FramingByteByByte, GivesTheSameVerdicts) {
  HttpService service({.limits = small_bodies()});
  for (const FramingVector& vector : tests::framing_vectors()) {
    if (vector.bytes.size() > 300) continue;
    SCOPED_TRACE(vector.name);
    RawClient client(service.port());
    for (const char byte : vector.bytes) client.send({&byte, 1});
    EXPECT_EQ(client.read_response().status, vector.status);
  }
}

TEST(HeadScanner, StopsAtTheFirstByteThatNoHeadHas) {
  using server::HeadScanner;
  for (const std::string& bytes :
       {"GET / HTTP/1.1\rX"s, "\n"s, "G\n"s, "GET /\0"s, "GET /\x7F"s, "X: \x1B"s, "\x16\x03"s}) {
    SCOPED_TRACE(bytes);
    HeadScanner scanner;
    EXPECT_EQ(scanner.scan(std::string_view(bytes).substr(0, bytes.size() - 1)),
              bytes.starts_with('\x16') ? HeadScanner::Verdict::broken
                                        : HeadScanner::Verdict::incomplete);
    EXPECT_EQ(scanner.scan(bytes), HeadScanner::Verdict::broken);
  }
}

// RFC9110-10.1.1
TEST(Expectation, IsAnsweredBeforeTheBodyIsSent) {
  HttpService service;
  RawClient client(service.port());

  client.send(tests::post("Expect: 100-continue\r\nContent-Length: 5\r\n", ""));
  const RawResponse interim = client.read_response();
  client.send("hello");
  const RawResponse final = client.read_response();

  EXPECT_EQ(interim.status, 100U);
  EXPECT_EQ(final.status, 200U);
  EXPECT_EQ(service.seen(), std::vector<std::string>{"POST /a hello"});
}

// RFC9110-10.1.1
TEST(Expectation, OfABodyThatIsTooLongIsRefusedWithoutReadingIt) {
  HttpService service({.limits = small_bodies()});
  RawClient client(service.port());

  client.send(tests::post("Expect: 100-continue\r\nContent-Length: 1025\r\n", ""));

  EXPECT_EQ(client.read_response().status, 413U);
  client.end_sending();
  EXPECT_EQ(client.read_all(), "");
}

// RFC9112-9.6
TEST(Refusal, IsReadableWhileTheClientGoesOnSending) {
  HttpService service({.limits = small_bodies()});
  RawClient client(service.port());

  client.send(tests::post("Content-Length: 100000\r\n", std::string(100'000, 'x')));

  EXPECT_EQ(client.read_response().status, 413U);
  // A reset could overtake the answer on a longer way than loopback.
  EXPECT_EQ(client.read_all(), "");
  EXPECT_EQ(client.end(), boost::asio::error::eof);
}

// RFC9110-15.5.20 T-H4
TEST(ServerName, ThatIsNotTheHostIsMisdirected) {
  HttpService service({.tls = HttpService::make_tls(), .hosts = {"ca.test", "other.test"}});
  tests::RawTlsClient client(service.port(), {.server_name = "other.test"});

  client.send(tests::get("/a"));

  EXPECT_EQ(client.read_response().status, 421U);
}

// RFC9112-9.3
TEST(Persistence, FollowsTheVersionAndTheConnectionField) {
  HttpService service;
  struct Case {
    std::string_view name;
    std::string bytes;
    std::string_view connection;
  };
  const std::vector<Case> cases{
      {"http_1_1", "GET /a HTTP/1.1\r\nHost: ca.test\r\n\r\n", "keep-alive"},
      {"http_1_1_close", "GET /a HTTP/1.1\r\nHost: ca.test\r\nConnection: close\r\n\r\n", "close"},
      {"http_1_0", "GET /a HTTP/1.0\r\nHost: ca.test\r\n\r\n", "close"},
      {"http_1_0_keep", "GET /a HTTP/1.0\r\nHost: ca.test\r\nConnection: keep-alive\r\n\r\n",
       "keep-alive"},
  };
  for (const Case& each : cases) {
    SCOPED_TRACE(each.name);
    RawClient client(service.port());
    client.send(each.bytes);
    EXPECT_EQ(client.read_response().field("Connection"), each.connection);
  }
}

// RFC9110-9.3.2
TEST(Head, GetsTheLengthWithoutTheBody) {
  HttpService service;
  RawClient client(service.port());

  client.send("HEAD /a HTTP/1.1\r\nHost: ca.test\r\nConnection: close\r\n\r\n");
  const std::string all = client.read_all();

  EXPECT_EQ(count_of(all, "Content-Length: 12\r\n"), 1U);
  EXPECT_TRUE(all.ends_with("\r\n\r\n")) << all;
}

}  // namespace
