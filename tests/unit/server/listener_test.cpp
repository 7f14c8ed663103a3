#include "server/http/listener.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "server/http/accept_faults.h"
#include "server/http/bind_address.h"
#include "tests/support/http_service.h"
#include "tests/support/raw_client.h"
#include "tests/unit/server/framing_vectors.h"

namespace {

namespace asio = boost::asio;
using server::HttpRequest;
using server::HttpResponse;
using std::chrono::milliseconds;
using tests::HttpService;
using tests::RawClient;

/// A handler that waits until it is let go, or is cancelled.
class Gate {
 public:
  server::HttpHandler handler() {
    return [this](HttpRequest request) { return wait(std::move(request)); };
  }
  void wait_for_a_request() { entered_.get_future().get(); }
  void let_go(HttpService& service) {
    asio::post(service.context(), [this] { timer_->cancel(); });
  }

 private:
  asio::awaitable<HttpResponse> wait(HttpRequest) {
    timer_ = std::make_unique<asio::steady_timer>(co_await asio::this_coro::executor,
                                                  std::chrono::steady_clock::time_point::max());
    entered_.set_value();
    boost::system::error_code error;
    co_await timer_->async_wait(asio::redirect_error(asio::use_awaitable, error));
    timer_.reset();
    // Whoever cancels the coroutine, and not the timer, meets the next wait.
    asio::steady_timer now(co_await asio::this_coro::executor, milliseconds(0));
    co_await now.async_wait(asio::use_awaitable);
    HttpResponse response;
    response.body = "late";
    co_return response;
  }

  std::promise<void> entered_;
  std::unique_ptr<asio::steady_timer> timer_;
};

TEST(Listener, AnswersManyRequestsOnOneConnection) {
  HttpService service;
  RawClient client(service.port());
  for (int i = 0; i < 20; ++i) {
    client.send(tests::get("/" + std::to_string(i)));
    EXPECT_EQ(client.read_response().body, "answer to /" + std::to_string(i));
  }
}

TEST(Listener, AnswersPipelinedRequestsInOrder) {
  HttpService service;
  RawClient client(service.port());
  std::string all;
  for (int i = 0; i < 50; ++i) all += tests::get("/" + std::to_string(i));
  client.send(all);
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(client.read_response().body, "answer to /" + std::to_string(i));
  }
}

TEST(Listener, ServesManyConnectionsOnManyThreads) {
  HttpService service({.threads = 4});
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 40; ++i) clients.push_back(std::make_unique<RawClient>(service.port()));
  for (int round = 0; round < 5; ++round) {
    for (auto& client : clients) client->send(tests::post("Content-Length: 5\r\n", "hello"));
    for (auto& client : clients) EXPECT_EQ(client->read_response().status, 200U);
  }
  EXPECT_EQ(service.seen().size(), 200U);
}

// RFC8555-6.5
TEST(Listener, CompletesTheRefusalsItMakesByItself) {
  const auto complete = [](HttpResponse& response, std::string_view) {
    response.headers.emplace_back("Replay-Nonce", "fresh");
  };
  HttpService service({.limits = {.body_bytes = 10}, .complete_refusal = complete});
  for (const std::string_view fields :
       {"Content-Length: 11\r\n", "Transfer-Encoding: chunked\r\n", "Host: other.test\r\n"}) {
    SCOPED_TRACE(fields);
    RawClient client(service.port());
    client.send(tests::post(fields, ""));
    const auto response = client.read_response();
    EXPECT_GE(response.status, 400U);
    EXPECT_EQ(response.field("Replay-Nonce"), "fresh");
  }
  EXPECT_TRUE(service.seen().empty());
}

TEST(Listener, SaysWhichPathWasRefused) {
  std::vector<std::string> paths;
  const auto complete = [&](HttpResponse&, std::string_view path) { paths.emplace_back(path); };
  HttpService service({.limits = {.body_bytes = 10}, .complete_refusal = complete});
  for (const std::string_view request :
       {"POST /a/b?c=d HTTP/1.1\r\nHost: ca.test\r\nContent-Length: 11\r\n\r\n",
        "POST /a HTTP/1.1\r\nHost: other.test\r\nContent-Length: 0\r\n\r\n",
        "POST //a HTTP/1.1\r\nHost: ca.test\r\nContent-Length: 0\r\n\r\n"}) {
    RawClient client(service.port());
    client.send(request);
    EXPECT_GE(client.read_response().status, 400U);
  }
  EXPECT_EQ(paths, (std::vector<std::string>{"/a/b", "/a", "//a"}));
}

TEST(Listener, TakesLargerBodiesWhereItIsTold) {
  const auto limit = [](const server::RequestHead& head) -> std::optional<std::uint64_t> {
    if (head.path == "/upload" && head.authorization == "Bearer me") return 100;
    return std::nullopt;
  };
  HttpService service({.limits = {.body_bytes = 10}, .body_limit = limit});
  const auto status = [&](const std::string& path, const std::string& who, std::size_t size) {
    RawClient client(service.port());
    client.send("POST " + path + " HTTP/1.1\r\nHost: ca.test\r\nAuthorization: Bearer " + who +
                "\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n" +
                std::string(size, 'x'));
    return client.read_response().status;
  };
  EXPECT_EQ(status("/upload", "me", 100), 200U);
  EXPECT_EQ(status("/upload", "me", 101), 413U);
  EXPECT_EQ(status("/upload", "you", 11), 413U);
  EXPECT_EQ(status("/other", "me", 11), 413U);
  EXPECT_EQ(status("/other", "me", 10), 200U);
}

TEST(Listener, TakesOneOfEachFieldThatDecides) {
  HttpService service;
  for (const std::string name :
       {"Authorization", "If-Match", "Idempotency-Key", "idempotency-key", "Content-Type"}) {
    SCOPED_TRACE(name);
    const auto send = [&](const std::string& fields) {
      RawClient client(service.port());
      client.send("GET /a HTTP/1.1\r\nHost: ca.test\r\n" + fields + "\r\n");
      return client.read_response().status;
    };
    EXPECT_EQ(send(name + ": a\r\n"), 200U);
    EXPECT_EQ(send(name + ": a\r\n" + name + ": a\r\n"), 400U);
  }
}

TEST(Listener, GivesTheHandlerWhatWasSent) {
  HttpRequest got;
  HttpService service({}, [&](HttpRequest request) -> asio::awaitable<HttpResponse> {
    got = std::move(request);
    co_return HttpResponse{};
  });
  RawClient client(service.port());

  client.send(
      "POST /acme/x%2Fy?q=1 HTTP/1.1\r\nHost: ca.test\r\nContent-Type: application/jose+json\r\n"
      "User-Agent: test/1\r\nIf-None-Match: \"a\"\r\nContent-Length: 4\r\n\r\nbody");
  client.read_response();

  EXPECT_EQ(got.method, "POST");
  EXPECT_EQ(got.path, "/acme/x%2Fy");
  EXPECT_EQ(got.query, "q=1");
  EXPECT_EQ(got.content_type, "application/jose+json");
  EXPECT_EQ(got.user_agent, "test/1");
  EXPECT_EQ(got.if_none_match, "\"a\"");
  EXPECT_EQ(got.body, "body");
  EXPECT_TRUE(got.peer.starts_with("127.0.0.1:"));
  EXPECT_EQ(got.request_id.size(), 16U);
}

TEST(Listener, WritesOneLogLinePerRequest) {
  HttpService service({}, [](HttpRequest) -> asio::awaitable<HttpResponse> {
    HttpResponse response;
    response.status = 201;
    response.log_facts.emplace_back("account", "A1");
    co_return response;
  });
  RawClient client(service.port());
  client.send(tests::get("/x", "User-Agent: a\"b\r\n"));
  client.read_response();
  service.stop();

  const std::string log = service.log_text();
  EXPECT_EQ(std::count(log.begin(), log.end(), '\n'), 1) << log;
  EXPECT_TRUE(log.contains(R"("event":"http.request","request":")")) << log;
  EXPECT_TRUE(log.contains(R"("listener":"test","peer":"127.0.0.1:)")) << log;
  EXPECT_TRUE(log.contains(R"("method":"GET","path":"/x","status":"201","bytes":")")) << log;
  EXPECT_TRUE(log.contains(R"("account":"A1","agent":"a\"b"})")) << log;
}

// What was read of a request that is refused is said, as of any other.
TEST(Listener, LogsWhoWasRefusedWhat) {
  const std::string host = "Host: ca.test\r\n";
  const std::string length = "Content-Length: 0\r\n";
  const struct {
    std::string line, fields, logged;
  } rows[] = {
      {"POST /a?q=1", "Host: other.test\r\n" + length, R"("POST","path":"/a","status":"421")"},
      {"PUT /b", host + "Content-Length: 11\r\n", R"("PUT","path":"/b","status":"413")"},
      {"POST /c", host, R"("POST","path":"/c","status":"411")"},
      {"POST /d", host + length + "Expect: x\r\n", R"("POST","path":"/d","status":"417")"},
      {"POST /e", host + "Transfer-Encoding: chunked\r\n", R"("POST","path":"/e","status":"501")"},
      {"GET /f", host + host, R"("GET","path":"/f","status":"400")"},
      {"GET //g", host, R"("GET","path":"//g","status":"400")"},
      {"GET /" + std::string(400, 'h'), length,
       R"("GET","path":"/)" + std::string(255, 'h') + R"(","status":"400")"},
  };
  for (const auto& [line, fields, logged] : rows) {
    SCOPED_TRACE(line);
    HttpService service({.limits = {.body_bytes = 10}});
    {
      RawClient client(service.port());
      client.send(line + " HTTP/1.1\r\nUser-Agent: t\"1\r\n" + fields + "\r\n");
      EXPECT_GE(client.read_response().status, 400U);
    }  // and is not waited for
    service.stop();
    const std::string log = service.log_text();
    EXPECT_TRUE(log.contains(R"("method":)" + logged)) << log;
    EXPECT_TRUE(log.contains(R"("agent":"t\"1"})")) << log;
    EXPECT_EQ(std::ranges::count(log, '\n'), 1) << log;
  }
}

// RFC9110-9.3.2
TEST(Listener, SendsNoBodyWithARefusedHead) {
  HttpService service;
  RawClient client(service.port());
  client.send("HEAD /a HTTP/1.1\r\nHost: other.test\r\n\r\n");
  const std::string all = client.read_all();
  EXPECT_TRUE(all.starts_with("HTTP/1.1 421 ")) << all;
  EXPECT_TRUE(all.ends_with("\r\n\r\n")) << all;
}

TEST(Listener, AnswersForAHandlerThatThrows) {
  HttpService service({}, [](HttpRequest) -> asio::awaitable<HttpResponse> {
    throw std::runtime_error("the secret reason");
    co_return HttpResponse{};
  });
  RawClient client(service.port());
  client.send(tests::get("/x"));
  const tests::RawResponse response = client.read_response();

  EXPECT_EQ(response.status, 500U);
  EXPECT_TRUE(response.body.contains("urn:ietf:params:acme:error:serverInternal"));
  EXPECT_FALSE(response.body.contains("secret"));
  EXPECT_TRUE(service.log_text().contains("the secret reason"));
}

// RFC9112-11.1
TEST(Listener, SplitsNoResponseAtALineBreakOfTheHandler) {
  HttpService service({}, [](HttpRequest) -> asio::awaitable<HttpResponse> {
    HttpResponse response;
    response.headers.emplace_back("Location", "/a\r\nSet-Cookie: x=y");
    co_return response;
  });
  RawClient client(service.port());
  client.send(tests::get("/x"));

  EXPECT_EQ(client.read_all(), "");
}

TEST(Limits, EndAHeaderThatDoesNotArrive) {
  server::HttpLimits limits;
  limits.header = milliseconds(30);
  HttpService service({.limits = limits});
  RawClient silent(service.port());
  RawClient slow(service.port());
  slow.send("GET / HTTP/1.1\r\n");

  EXPECT_EQ(silent.read_all(), "");
  EXPECT_EQ(slow.read_all(), "");
  service.stop();
  EXPECT_TRUE(service.log_text().contains(R"("phase":"header","reason":"the deadline passed")"));
}

TEST(Limits, EndABodyThatDoesNotArrive) {
  server::HttpLimits limits;
  limits.body = milliseconds(30);
  HttpService service({.limits = limits});
  RawClient client(service.port());
  client.send(tests::post("Content-Length: 5\r\n", "hel"));

  EXPECT_EQ(client.read_all(), "");
  EXPECT_TRUE(service.seen().empty());
}

TEST(Limits, EndAConnectionThatIsIdle) {
  server::HttpLimits limits;
  limits.idle = milliseconds(30);
  HttpService service({.limits = limits});
  RawClient client(service.port());
  client.send(tests::get("/a"));
  EXPECT_EQ(client.read_response().status, 200U);

  EXPECT_EQ(client.read_all(), "");
}

// T-H1
TEST(Limits, EndAHandshakeThatStalls) {
  server::HttpLimits limits;
  limits.handshake = milliseconds(30);
  HttpService service({.limits = limits, .tls = HttpService::make_tls()});
  RawClient client(service.port());

  EXPECT_EQ(client.read_all(), "");
}

TEST(Limits, GiveUpAHandlerThatTakesTooLong) {
  server::HttpLimits limits;
  limits.handler = milliseconds(30);
  Gate gate;
  HttpService service({.limits = limits}, gate.handler());
  RawClient client(service.port());
  client.send(tests::get("/a"));
  const tests::RawResponse response = client.read_response();

  EXPECT_EQ(response.status, 503U);
  EXPECT_EQ(response.field("Retry-After"), "10");
  EXPECT_EQ(response.field("Connection"), "close");
}

TEST(Limits, AnswerWhatAHandlerFinishedInSpiteOfItsDeadline) {
  server::HttpLimits limits;
  limits.handler = milliseconds(10);
  HttpService service({.limits = limits}, [](HttpRequest) -> asio::awaitable<HttpResponse> {
    asio::steady_timer timer(co_await asio::this_coro::executor,
                             std::chrono::steady_clock::time_point::max());
    boost::system::error_code error;  // cancelled, but what was asked for has been done
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, error));
    HttpResponse response;
    response.body = "done";
    co_return response;
  });
  RawClient client(service.port());
  client.send(tests::get("/a"));

  EXPECT_EQ(client.read_response().body, "done");
}

TEST(Limits, ApplyToTheHeaderAsAWhole) {
  server::HttpLimits limits;
  limits.header_bytes = 512;
  HttpService service({.limits = limits});
  const std::string fixed = tests::get("/", "X: \r\n");

  RawClient fits(service.port());
  fits.send(tests::get("/", "X: " + std::string(512 - fixed.size(), 'y') + "\r\n"));
  RawClient exceeds(service.port());
  exceeds.send(tests::get("/", "X: " + std::string(513 - fixed.size(), 'y') + "\r\n"));

  EXPECT_EQ(fits.read_response().status, 200U);
  EXPECT_EQ(exceeds.read_response().status, 431U);
}

TEST(ConnectionCap, MakesRoomByClosingTheLongestIdle) {
  server::HttpLimits limits;
  limits.connections = 2;
  HttpService service({.limits = limits});
  RawClient first(service.port());
  first.send(tests::get("/first"));
  first.read_response();
  RawClient second(service.port());
  second.send(tests::get("/second"));
  second.read_response();

  RawClient third(service.port());
  third.send(tests::get("/third"));

  EXPECT_EQ(third.read_response().body, "answer to /third");
  EXPECT_EQ(first.read_all(), "");
  second.send(tests::get("/again"));
  EXPECT_EQ(second.read_response().body, "answer to /again");
}

TEST(ConnectionCap, LetsNewOnesWaitWhileAllAreBusy) {
  server::HttpLimits limits;
  limits.connections = 1;
  Gate gate;
  HttpService service({.limits = limits}, gate.handler());
  RawClient busy(service.port());
  busy.send(tests::get("/busy"));
  gate.wait_for_a_request();
  RawClient waiting(service.port());
  waiting.send("nonsense\n");

  EXPECT_EQ(service.listener().open_connections(), 1U);
  gate.let_go(service);
  EXPECT_EQ(busy.read_response().body, "late");
  EXPECT_EQ(waiting.read_response().status, 400U);
}

/// Returns when nothing listens on `port` any more: the stop has begun.
void wait_until_closed(std::uint16_t port) {
  try {
    while (true) const RawClient probe(port);
  } catch (const boost::system::system_error&) {
  }
}

// R9
TEST(Stop, LetsTheAnswerInProgressFinish) {
  Gate gate;
  HttpService service({}, gate.handler());
  RawClient client(service.port());
  client.send(tests::get("/a"));
  gate.wait_for_a_request();

  std::jthread stopping([&] { service.stop(); });
  wait_until_closed(service.port());
  gate.let_go(service);
  const tests::RawResponse response = client.read_response();

  EXPECT_EQ(response.body, "late");
  EXPECT_EQ(response.field("Connection"), "close");
  EXPECT_EQ(client.read_all(), "");
  client.end_sending();
}

// R9
TEST(Stop, ClosesIdleConnectionsAtOnce) {
  server::HttpLimits limits;
  limits.drain = std::chrono::hours(1);
  HttpService service({.limits = limits});
  RawClient used(service.port());
  used.send(tests::get("/a"));
  used.read_response();

  service.stop();

  EXPECT_EQ(used.read_all(), "");
  EXPECT_EQ(service.listener().open_connections(), 0U);
}

// R9
TEST(Stop, CutsOffWhatDoesNotEndInTime) {
  server::HttpLimits limits;
  limits.drain = milliseconds(30);
  Gate gate;
  HttpService service({.limits = limits}, gate.handler());
  RawClient client(service.port());
  client.send(tests::get("/a"));
  gate.wait_for_a_request();

  service.stop();

  EXPECT_EQ(client.read_all(), "");
  EXPECT_EQ(service.listener().open_connections(), 0U);
  EXPECT_TRUE(service.log_text().contains("listener.drain_ended"));
}

struct AddressCase {
  std::string_view text;
  std::string_view fault;
};

TEST(BindAddress, IsRefusedWithOneSentence) {
  HttpService service;
  const std::string taken = "127.0.0.1:" + std::to_string(service.port());
  const std::string in_use =
      taken + " is in use by another program; stop it, or choose another address and port.";
  const std::vector<AddressCase> cases{
      {taken, in_use},
      {"192.0.2.1:0", "192.0.2.1:0 is not an address of this machine."},
      {"localhost:80",
       R"("localhost:80" is not an address to listen on; write it as 192.0.2.1:443 or [2001:db8::1]:443.)"},
      {"127.0.0.1",
       R"("127.0.0.1" is not an address to listen on; write it as 192.0.2.1:443 or [2001:db8::1]:443.)"},
      {"127.0.0.1:",
       R"("127.0.0.1:" is not an address to listen on; write it as 192.0.2.1:443 or [2001:db8::1]:443.)"},
      {"127.0.0.1:65536",
       R"("127.0.0.1:65536" is not an address to listen on; write it as 192.0.2.1:443 or [2001:db8::1]:443.)"},
      {"::1:80",
       R"("::1:80" is not an address to listen on; write it as 192.0.2.1:443 or [2001:db8::1]:443.)"},
      {"[127.0.0.1]:80",
       R"("[127.0.0.1]:80" is not an address to listen on; write it as 192.0.2.1:443 or [2001:db8::1]:443.)"},
  };
  for (const AddressCase& each : cases) {
    SCOPED_TRACE(each.text);
    try {
      const HttpService other({.address = std::string(each.text)});
      FAIL() << "bound";
    } catch (const std::runtime_error& error) {
      EXPECT_EQ(error.what(), each.fault);
    }
  }
}

TEST(BindAddress, GivesTheHostsOfAListenerWithoutNames) {
  const auto endpoint = server::parse_address("[::1]:443");

  EXPECT_EQ(server::text_of(endpoint), "[::1]:443");
  EXPECT_EQ(server::default_hosts(endpoint),
            (std::vector<std::string>{"[::1]:443", "localhost:443", "127.0.0.1:443", "[::1]:443"}));
}

TEST(Stop, RefusesNewConnections) {
  HttpService service;
  const std::uint16_t port = service.port();
  service.stop();

  EXPECT_THROW(RawClient{port}, boost::system::system_error);
}

/// Leaves this process no free descriptor until it is destroyed.
class NoDescriptors {
 public:
  NoDescriptors() {
    getrlimit(RLIMIT_NOFILE, &before_);
    const int next = ::dup(0);
    ::close(next);
    rlimit now = before_;
    now.rlim_cur = static_cast<rlim_t>(next);
    setrlimit(RLIMIT_NOFILE, &now);
    // Lower descriptors that are free count too.
    for (int taken = ::dup(0); taken >= 0; taken = ::dup(0)) taken_.push_back(taken);
  }
  ~NoDescriptors() {
    for (const int taken : taken_) ::close(taken);
    setrlimit(RLIMIT_NOFILE, &before_);
  }
  NoDescriptors(const NoDescriptors&) = delete;
  NoDescriptors& operator=(const NoDescriptors&) = delete;

 private:
  rlimit before_{};
  std::vector<int> taken_;
};

// T-H5
TEST(Exhaustion, OfDescriptorsLeavesOldClientsServedAndEnds) {
#if __has_feature(undefined_behavior_sanitizer)
  GTEST_SKIP() << "the sanitizer opens pipes to look at memory";
#endif
  HttpService service;
  RawClient old(service.port());
  old.send(tests::get("/old"));
  old.read_response();
  // The socket exists before the descriptors run out; connecting it takes none.
  asio::io_context context;
  asio::ip::tcp::socket late(context, asio::ip::tcp::v4());
  {
    const NoDescriptors none;
    late.connect({asio::ip::address_v4::loopback(), service.port()});
    for (int i = 0; i < 100; ++i) {
      old.send(tests::get("/old"));
      EXPECT_EQ(old.read_response().status, 200U);
    }
  }
  asio::write(late, asio::buffer(tests::get("/late")));
  char first[12];
  asio::read(late, asio::buffer(first));

  EXPECT_EQ(std::string_view(first, sizeof first), "HTTP/1.1 200");
  const std::string log = service.log_text();
  EXPECT_NE(log.find("listener.exhausted"), log.npos);
  EXPECT_EQ(log.find("listener.exhausted"), log.rfind("listener.exhausted"))
      << "one line is enough";
}

// T-H5
TEST(AcceptFault, IsTransientOnlyForFaultsOfOneConnection) {
  namespace errc = boost::system::errc;
  using server::AcceptFault;
  const auto fault = [](errc::errc_t code) {
    return server::accept_fault({code, boost::system::system_category()});
  };
  for (const auto code :
       {errc::too_many_files_open, errc::too_many_files_open_in_system, errc::no_buffer_space,
        errc::not_enough_memory, errc::operation_not_permitted}) {
    EXPECT_EQ(fault(code), AcceptFault::exhausted) << code;
  }
  for (const auto code : {errc::connection_aborted, errc::connection_reset, errc::protocol_error}) {
    EXPECT_EQ(fault(code), AcceptFault::transient) << code;
  }
  EXPECT_EQ(fault(errc::operation_canceled), AcceptFault::closed);
}

}  // namespace
