#include "server/acme_http/dispatch.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "ca/crypto/signer.h"
#include "server/acme_http/dispatcher.h"
#include "tests/support/jws_client.h"
#include "tests/support/run.h"
#include "tests/unit/server/services_fixture.h"

namespace {

namespace asio = boost::asio;
using acme::Problem;
using acme::ProblemType;
using server::HttpRequest;
using server::HttpResponse;
using tests::field_of;
using tests::request_to;

constexpr std::string_view kIndex = "<https://ca.test/acme/directory>;rel=\"index\"";

/// The real handler over a real store.
struct RealService {
  RealService() : log(dir / "log"), handler(server::make_acme_handler(*fixture, log)) {}

  HttpResponse ask(HttpRequest request) { return tests::run(handler(std::move(request))); }
  HttpResponse post(const std::string& path,
                    const std::string& payload,
                    const std::string& query = {}) {
    HttpRequest request = request_to("POST", path);
    request.query = query;
    request.content_type = "application/jose+json";
    const std::string url = "https://ca.test" + path + (query.empty() ? "" : "?" + query);
    request.body = client.request(url, fixture.nonces.issue(), payload);
    return ask(std::move(request));
  }
  void register_account() {
    const HttpResponse created = post("/acme/new-account", R"({"termsOfServiceAgreed":true})");
    client.use_account(field_of(created, "Location").value());
  }

  tests::TempDir dir;
  tests::ServicesFixture fixture;
  server::Logger log;
  tests::JwsClient client;
  server::HttpHandler handler;
};

// RFC8555-7.1.1 WIR-13
TEST(Dispatch, ShowsTheDirectoryUnderBothSpellings) {
  RealService service;
  for (const char* path : {"/acme/directory", "/directory"}) {
    const HttpResponse response = service.ask(request_to("GET", path));
    EXPECT_EQ(response.status, 200U);
    EXPECT_EQ(field_of(response, "Content-Type"), "application/json");
    EXPECT_TRUE(response.body.contains(R"("newNonce":"https://ca.test/acme/new-nonce")"));
    EXPECT_EQ(field_of(response, "Link"), std::nullopt) << "the directory does not point to itself";
  }
}

// RFC8555-7.2 WIR-15
TEST(Dispatch, GivesNoncesTo200HeadAnd204Get) {
  RealService service;
  const HttpResponse head = service.ask(request_to("HEAD", "/acme/new-nonce"));
  const HttpResponse get = service.ask(request_to("GET", "/acme/new-nonce"));

  EXPECT_EQ(head.status, 200U);
  EXPECT_EQ(get.status, 204U);
  for (const HttpResponse& response : {head, get}) {
    EXPECT_EQ(field_of(response, "Cache-Control"), "no-store");
    EXPECT_EQ(field_of(response, "Link"), kIndex);
    EXPECT_TRUE(service.fixture.nonces.redeem(field_of(response, "Replay-Nonce").value()));
  }
}

// RFC8555-6.3
TEST(Dispatch, AnswersPostAsGetOfDirectoryAndNewNonce) {
  RealService service;
  service.register_account();

  const HttpResponse directory = service.post("/acme/directory", "");
  const HttpResponse nonce = service.post("/acme/new-nonce", "");
  const HttpResponse with_payload = service.post("/acme/directory", "{}");

  EXPECT_EQ(directory.status, 200U);
  EXPECT_TRUE(directory.body.contains("newOrder"));
  EXPECT_EQ(nonce.status, 204U);
  EXPECT_TRUE(service.fixture.nonces.redeem(field_of(nonce, "Replay-Nonce").value()));
  EXPECT_EQ(with_payload.status, 400U);
}

// RFC8555-6.6
TEST(Dispatch, CountsNewAccountsByTheAddressTheyComeFrom) {
  RealService service;
  service.fixture.limits.rates.emplace(policy::RateLimitId::new_accounts_per_network,
                                       policy::Rate::make(1, std::chrono::hours(3)).value());
  service.fixture.limits.help = "https://ca.test/limits";
  const auto ask_from = [&](const std::string& peer) {
    const tests::JwsClient client;
    HttpRequest request = request_to("POST", "/acme/new-account");
    request.content_type = "application/jose+json";
    request.body =
        client.request("https://ca.test/acme/new-account", service.fixture.nonces.issue(), "{}");
    request.peer = peer;
    return service.ask(request);
  };
  EXPECT_EQ(ask_from("192.0.2.1:1000").status, 201U);
  EXPECT_EQ(ask_from("192.0.2.2:1000").status, 201U);
  EXPECT_EQ(ask_from("[2001:db8::1]:1000").status, 201U);
  for (const char* peer : {"192.0.2.1:2000", "[::ffff:192.0.2.1]:1000", "[2001:db8::2]:1000"}) {
    SCOPED_TRACE(peer);
    const HttpResponse refused = ask_from(peer);
    EXPECT_EQ(refused.status, 429U);
    EXPECT_EQ(field_of(refused, "Retry-After"), "10800");
    EXPECT_TRUE(std::ranges::find(refused.headers,
                                  std::pair<std::string, std::string>{
                                      "Link", "<https://ca.test/limits>;rel=\"help\""}) !=
                refused.headers.end());
  }
}

// RFC8555-7.3 WIR-01 WIR-14
TEST(Dispatch, CreatesAnAccount) {
  RealService service;
  const HttpResponse created =
      service.post("/acme/new-account", R"({"termsOfServiceAgreed":true})");

  EXPECT_EQ(created.status, 201U);
  EXPECT_TRUE(field_of(created, "Location").value().starts_with("https://ca.test/acme/account/"));
  EXPECT_EQ(field_of(created, "Content-Type"), "application/json");
  EXPECT_EQ(field_of(created, "Link"), kIndex);
  EXPECT_TRUE(service.fixture.nonces.redeem(field_of(created, "Replay-Nonce").value()));
}

// RFC8555-6.5 WIR-01 WIR-02
TEST(Dispatch, RefusesAStaleNonceWithAFreshOne) {
  RealService service;
  HttpRequest request = request_to("POST", "/acme/new-account");
  request.content_type = "application/jose+json";
  request.body = service.client.request("https://ca.test/acme/new-account", "c3RhbGU", "{}");

  const HttpResponse response = service.ask(std::move(request));

  EXPECT_EQ(response.status, 400U);
  EXPECT_TRUE(response.body.contains("urn:ietf:params:acme:error:badNonce"));
  EXPECT_TRUE(response.body.contains("JWS has an invalid anti-replay nonce"));
  EXPECT_TRUE(service.fixture.nonces.redeem(field_of(response, "Replay-Nonce").value()));
}

// RFC8555-6.4
TEST(Dispatch, ChecksTheSignedUrlWithItsQuery) {
  RealService service;
  service.register_account();
  const std::string account =
      service.client.account()->substr(std::string("https://ca.test").size());

  EXPECT_EQ(service.post(account + "/orders", "").status, 200U);
  const HttpResponse foreign_cursor = service.post(account + "/orders", "", "cursor=x");
  EXPECT_EQ(foreign_cursor.status, 400U);
  EXPECT_TRUE(foreign_cursor.body.contains("cursor=x")) << foreign_cursor.body;

  HttpRequest request = request_to("POST", account + "/orders");
  request.content_type = "application/jose+json";
  request.query = "cursor=x";  // behind a URL that was signed without it
  request.body = service.client.request("https://ca.test" + account + "/orders",
                                        service.fixture.nonces.issue(), "");
  EXPECT_EQ(service.ask(std::move(request)).status, 403U);
}

// S8 T-D4
TEST(Dispatch, RefusesAQueryWhereNoneBelongs) {
  RealService service;
  const HttpResponse response = service.post("/acme/new-account", "{}", "a=b");

  EXPECT_EQ(response.status, 400U);
  EXPECT_TRUE(response.body.contains("takes no query"));
}

// RFC8555-6.2
TEST(Dispatch, WantsJoseJsonWithoutParameters) {
  RealService service;
  for (const std::string type : {"", "application/json", "application/jose+json; charset=utf-8",
                                 "application/jose", "text/plain"}) {
    SCOPED_TRACE(type);
    HttpRequest request = request_to("POST", "/acme/new-account");
    request.content_type = type;
    const HttpResponse response = service.ask(std::move(request));
    EXPECT_EQ(response.status, 415U);
    EXPECT_TRUE(response.body.contains("urn:ietf:params:acme:error:malformed"));
    EXPECT_TRUE(field_of(response, "Replay-Nonce"));
  }
}

// RFC9110-8.3.1
TEST(Dispatch, ComparesMediaTypesWithoutCase) {
  RealService service;
  HttpRequest request = request_to("POST", "/acme/new-account");
  request.content_type = "Application/JOSE+JSON";
  EXPECT_EQ(service.ask(std::move(request)).status, 400U);  // for its empty body
}

TEST(Dispatch, TellsWhereTheDirectoryIs) {
  RealService service;
  EXPECT_EQ(service.ask(request_to("GET", "/")).body,
            R"({"directory":"https://ca.test/acme/directory"})");
}

TEST(Dispatch, ReportsHealth) {
  RealService service;
  const HttpResponse response = service.ask(request_to("GET", "/health"));
  EXPECT_EQ(response.status, 200U);
  EXPECT_TRUE(response.body.starts_with(R"({"status":"ok","store":{"used_bytes":)"))
      << response.body;
}

// S7 T-D2
TEST(Dispatch, AnswersEveryMethodOnEveryRouteByTheTable) {
  RealService service;
  std::size_t cells = 0;
  for (server::Route route : server::acme_routes()) {
    std::string path(route.path);
    // RFC 8739 §3.4: nobody has agreed to GET there.
    if (route.permission != nullptr) route.reading = nullptr;
    for (const auto& [parameter, value] : {std::pair<std::string, std::string>{"{id}", "a"},
                                           {"{method}", "a"},
                                           {"{profile}", "a"},
                                           {"{chain}", "1"},
                                           {"{reference}", "a.b"}}) {
      if (const auto at = path.find(parameter); at != path.npos)
        path.replace(at, parameter.size(), value);
    }
    for (const std::string method : {"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE",
                                     "TRACE", "CONNECT", "get", "post", "BREW"}) {
      SCOPED_TRACE(method + " " + path);
      ++cells;
      const HttpResponse response = service.ask(request_to(method, path));
      const bool read = method == "GET" || method == "HEAD";
      if (read && route.reading != nullptr) {
        EXPECT_EQ(response.status, 404U) << "there is none of that name";
      } else if (read && route.page) {
        EXPECT_TRUE(response.status == 200 || response.status == 204);
      } else if (method == "POST" && route.authentication) {
        EXPECT_EQ(response.status, 415U) << "an unsigned POST got further than its content type";
      } else if (method == "OPTIONS") {
        EXPECT_EQ(response.status, 204U);
        EXPECT_EQ(field_of(response, "Access-Control-Allow-Headers"), "Content-Type");
      } else {
        EXPECT_EQ(response.status, 405U);
        EXPECT_EQ(field_of(response, "Allow"), server::allowed_methods(route));
        EXPECT_TRUE(response.body.contains("urn:ietf:params:acme:error:malformed"));
      }
      EXPECT_EQ(field_of(response, "Access-Control-Allow-Origin"), "*");
    }
  }
  EXPECT_GE(cells, 150U);
}

// WIR-03
TEST(Dispatch, KnowsNothingElse) {
  RealService service;
  for (const char* path : {"/acme", "/acme/", "/acme/order", "/acme/order/a/b", "/favicon.ico"}) {
    for (const char* method : {"GET", "POST", "BREW"}) {
      const HttpResponse response = service.ask(request_to(method, path));
      EXPECT_EQ(response.status, 404U) << method << " " << path;
      EXPECT_EQ(field_of(response, "Content-Type"), "application/problem+json");
      EXPECT_TRUE(response.body.contains(R"("status":404)"));
    }
  }
}

/// What the operation of the test does. Operations are plain functions, hence the static.
std::function<acme::Result<acme::Reply>(const acme::PathParameters&)> script;

asio::awaitable<acme::Result<acme::Reply>> scripted(acme::Services&,
                                                    acme::AuthenticatedRequest,
                                                    acme::PathParameters path) {
  co_return script(path);
}

acme::Result<acme::AuthenticatedRequest> trusting(acme::Services&,
                                                  acme::Authentication,
                                                  std::string_view,
                                                  std::string_view body) {
  static const auto signer = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  return acme::AuthenticatedRequest{.payload = std::string(body),
                                    .key = signer->public_key(),
                                    .account = acme::AccountId::from_octets("0123456789abcdef")};
}

/// A dispatcher whose only resource does what `script` says, for whoever asks.
struct ScriptedService {
  ScriptedService() : log(dir / "log") {}

  HttpResponse ask() {
    const server::Dispatcher dispatcher(*fixture, log, {&route, 1}, trusting);
    HttpRequest request = request_to("POST", "/acme/order/abc");
    request.body = payload;
    request.content_type = "application/jose+json";
    return tests::run(dispatcher.handle(std::move(request)));
  }
  std::string log_text() {
    log.flush();
    std::ifstream file(dir / "log");
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }

  tests::TempDir dir;
  tests::ServicesFixture fixture;
  server::Logger log;
  server::Route route{"/acme/order/{id}", std::nullopt, acme::Authentication::kid, scripted};
  std::string payload;
};

// RFC9110-15.5.5
TEST(Dispatcher, AnswersALookAtWhatIsNotThereWith404) {
  ScriptedService service;
  ProblemType type = ProblemType::malformed;
  script = [&](const acme::PathParameters&) { return acme::refuse(type, "there is none"); };
  EXPECT_EQ(service.ask().status, 400U) << "an act that came without its payload";
  service.route.post_as_get = server::PostAsGet::shows_an_object;
  const HttpResponse absent = service.ask();
  EXPECT_EQ(absent.status, 404U);
  EXPECT_TRUE(absent.body.contains("urn:ietf:params:acme:error:malformed"));
  EXPECT_TRUE(absent.body.contains(R"("status":404)"));
  service.payload = "{}";
  EXPECT_EQ(service.ask().status, 400U);
  service.payload.clear();
  type = ProblemType::unauthorized;
  EXPECT_EQ(service.ask().status, 403U) << "it is there, and somebody else's";
}

// RFC8555-7.4.2
TEST(Dispatcher, KnowsWhichResourcesAreObjects) {
  const auto is_object = [](std::string_view path) {
    return server::find_route(server::acme_routes(), path)->route->post_as_get ==
           server::PostAsGet::shows_an_object;
  };
  for (const char* path : {"/acme/order/a", "/acme/authz/a", "/acme/cert/a", "/acme/cert/a/7"}) {
    EXPECT_TRUE(is_object(path)) << path;
  }
  for (const char* path : {"/acme/new-order", "/acme/revoke-cert", "/acme/order/a/finalize"}) {
    EXPECT_FALSE(is_object(path)) << path;
  }
}

TEST(Dispatcher, PassesReplyAndParametersThrough) {
  ScriptedService service;
  script = [](const acme::PathParameters& path) {
    acme::Reply reply;
    reply.body = "order " + path.id;
    reply.retry_after = std::chrono::seconds(2);
    return reply;
  };
  const HttpResponse response = service.ask();

  EXPECT_EQ(response.status, 200U);
  EXPECT_EQ(response.body, "order abc");
  EXPECT_EQ(field_of(response, "Retry-After"), "2");
  EXPECT_EQ(field_of(response, "Link"), kIndex);
  EXPECT_EQ(field_of(response, "Cache-Control"), "no-store");
  EXPECT_EQ(field_of(response, "Access-Control-Expose-Headers"),
            "Cert-Not-After, Cert-Not-Before, Link, Location, Replay-Nonce, Retry-After");
  EXPECT_EQ(
      response.log_facts,
      (std::vector<std::pair<std::string, std::string>>{{"account", "MDEyMzQ1Njc4OWFiY2RlZg"}}));
}

// APP-A-5: a held order says how long people take, and clients do as they are told. A refusal does
// not keep anybody away for that long.
TEST(Dispatcher, CutsWaitsOfRepliesAtSixHoursAndThoseOfOutagesAtTenMinutes) {
  ScriptedService service;
  std::chrono::seconds wait{};
  const auto answered = [&](bool is_outage) {
    script = [&, is_outage](const acme::PathParameters&) -> acme::Result<acme::Reply> {
      acme::Problem outage{acme::ProblemType::server_internal, "stopped"};
      if (is_outage) return std::unexpected(std::move(outage).retry_after(wait));
      acme::Reply reply;
      reply.retry_after = wait;
      return reply;
    };
    return field_of(service.ask(), "Retry-After");
  };
  for (const auto& [asked, told] : {std::pair{0, "1"},
                                    {15, "15"},
                                    {900, "900"},
                                    {3600, "3600"},
                                    {21'600, "21600"},
                                    {21'601, "21600"}}) {
    wait = std::chrono::seconds(asked);
    EXPECT_EQ(answered(false), told);
  }
  wait = std::chrono::hours(1);
  EXPECT_EQ(answered(true), "600");
}

// WIR-01
TEST(Dispatcher, GivesANonceWithEveryProblem) {
  ScriptedService service;
  for (const ProblemType type : acme::problem_types()) {
    SCOPED_TRACE(acme::urn_of(type));
    script = [&](const acme::PathParameters&) { return acme::refuse(type, "no"); };
    const HttpResponse response = service.ask();
    EXPECT_EQ(field_of(response, "Content-Type"), "application/problem+json");
    EXPECT_TRUE(service.fixture.nonces.redeem(field_of(response, "Replay-Nonce").value()));
    EXPECT_EQ(response.log_facts.front().first, "problem");
    EXPECT_EQ(response.log_facts.back().first, "account");
  }
}

struct FailureCase {
  std::string_view name;
  std::function<void()> fail;
  unsigned status;
  std::optional<std::string> retry_after;
  std::string_view level;
};

// WIR-25 T-F3
TEST(Dispatcher, AnswersFailuresOfOursWithoutTheirText) {
  const std::vector<FailureCase> cases{
      {"any", [] { throw std::runtime_error("secret path"); }, 500, std::nullopt, "error"},
      {"logic", [] { throw std::logic_error("secret path"); }, 500, std::nullopt, "error"},
      {"not_an_exception", [] { throw 42; }, 500, std::nullopt, "error"},
      {"corrupt", [] { throw storage::CorruptRecord("secret path"); }, 500, std::nullopt, "error"},
      {"engine", [] { throw storage::StorageError("secret path"); }, 500, std::nullopt, "error"},
      {"busy", [] { throw storage::StoreBusy("secret path"); }, 503, "5", "warning"},
      {"full", [] { throw storage::StorageFull("secret path"); }, 503, "60", "error"},
      {"dead", [] { throw storage::StoreDead("secret path"); }, 503, "60", "error"},
      {"cancelled",
       [] { throw boost::system::system_error(asio::error::operation_aborted, "secret path"); },
       503, "5", "warning"},
      {"other_system_error",
       [] { throw boost::system::system_error(asio::error::timed_out, "secret path"); }, 500,
       std::nullopt, "error"},
  };
  for (const FailureCase& each : cases) {
    SCOPED_TRACE(each.name);
    ScriptedService service;
    script = [&](const acme::PathParameters&) {
      each.fail();
      return acme::Reply{};
    };
    const HttpResponse response = service.ask();

    EXPECT_EQ(response.status, each.status);
    EXPECT_EQ(field_of(response, "Retry-After"), each.retry_after);
    EXPECT_TRUE(response.body.contains("urn:ietf:params:acme:error:serverInternal"));
    EXPECT_FALSE(response.body.contains("secret"));
    EXPECT_EQ(response.body.contains("0123456789abcdef"), each.status == 500);
    EXPECT_TRUE(field_of(response, "Replay-Nonce"));
    const std::string log = service.log_text();
    EXPECT_TRUE(log.contains(R"("level":")" + std::string(each.level) +
                             R"(","event":"http.failure","request":"0123456789abcdef","reason":")"))
        << log;
    EXPECT_EQ(log.contains("secret path"), each.name != "not_an_exception") << log;
  }
}

/// An engine that only has a status.
class RefusingEngine final : public storage::Engine {
 public:
  void read(const ReadWork&) const override { throw storage::StorageError("not here"); }
  void submit(WriteWork, Done) override { throw storage::StoreDead("dead"); }
  void backup(const std::filesystem::path&) const override {}
  [[nodiscard]] storage::EngineStatus status() const override {
    return {.used_bytes = 1,
            .capacity_bytes = 2,
            .queued_writes = 3,
            .commits = 4,
            .committed_writes = 5,
            .accepts_writes = false};
  }
};

// T-G1
TEST(Health, Is200AndSaysSoWhenOnlyNewWorkIsRefused) {
  tests::TempStore low(storage::LmdbOptions{.disk_reserve_bytes = std::uint64_t{1} << 62});
  tests::ServicesFixture fixture(std::move(*low));
  const HttpResponse response = server::health(*fixture);

  EXPECT_EQ(response.status, 200U);
  EXPECT_TRUE(response.body.starts_with(R"({"status":"ok",)")) << response.body;
  EXPECT_TRUE(response.body.ends_with(R"(,"room":"low"}})")) << response.body;
}

// T-G2
TEST(Health, Is503WhenTheDiskHasNoRoomForAnyWrite) {
  tests::TempStore full(storage::LmdbOptions{.disk_floor_bytes = std::uint64_t{1} << 62});
  tests::ServicesFixture fixture(std::move(*full));
  EXPECT_EQ(server::health(*fixture).status, 503U);
}

TEST(Health, Is503WhenTheStoreRefusesWrites) {
  tests::ServicesFixture fixture(storage::Store(std::make_unique<RefusingEngine>()));
  const HttpResponse response = server::health(*fixture);

  EXPECT_EQ(response.status, 503U);
  EXPECT_EQ(response.body,
            R"({"status":"store refuses writes","store":{"used_bytes":1,"capacity_bytes":2,)"
            R"("queued_writes":3,"commits":4,"committed_writes":5,"room":"ok"}})");
}

}  // namespace
