// Perspectives as processes are: real listeners with pinned certificates, each with a resolver and
// a zone of its own, asked over loopback by the real client. BR 3.2.2.9, T-A12, T-A13.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/resource.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/system_error.hpp>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <thread>

#include "acme/validation/dns_01.h"
#include "ca/crypto/random.h"
#include "policy/quorum.h"
#include "server/config/load.h"
#include "server/perspectives/configured.h"
#include "server/perspectives/messages.h"
#include "server/perspectives/node.h"
#include "server/perspectives/remote.h"
#include "tests/support/dns_responder.h"
#include "tests/support/http_service.h"
#include "tests/support/run.h"
#include "tests/support/tls_files.h"

namespace server {
namespace {

using policy::Vote;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr ca::Time kNow{std::chrono::sys_days{std::chrono::year{2026} / 11 / 22}};
constexpr const char* kRegions[] = {"ripe", "arin", "apnic", "lacnic"};
constexpr int kTxt = 16;
constexpr int kCaa = 257;

std::string txt(const std::string& text) {
  return static_cast<char>(text.size()) + text;
}
std::string caa_issue(const std::string& value) {
  return std::string("\0\5issue", 7) + value;
}

/// A perspective with a zone of its own. Prepare `dns`, then start().
class Node {
 public:
  explicit Node(Fingerprint client) : client_(std::move(client)) {}
  ~Node() { stop(); }
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  void start() {
    dns.start();
    Settings settings = default_settings({});
    settings.tls_certificate = files_.certificate();
    settings.tls_key = files_.key();
    settings.perspective_listen = "127.0.0.1:0";
    settings.perspective_clients = {client_};
    settings.dns_resolvers = {"127.0.0.1:" + std::to_string(dns.port())};
    settings.validation_allow_private_addresses = true;
    settings.dns_timeout = std::chrono::seconds(2);
    node_ = std::make_unique<PerspectiveNode>(settings, log_);
    thread_ = std::thread([this] { node_->run(PerspectiveNode::Signals::ignore, [] {}); });
  }
  void stop() {
    if (!thread_.joinable()) return;
    node_->stop();
    thread_.join();
  }
  [[nodiscard]] std::uint16_t port() const { return node_->port(); }
  [[nodiscard]] const Fingerprint& fingerprint() const { return node_->fingerprint(); }

  tests::DnsResponder dns;

 private:
  Fingerprint client_;
  tests::TempDir dir_;
  tests::TlsFiles files_;
  Logger log_{dir_ / "log"};
  std::unique_ptr<PerspectiveNode> node_;
  std::thread thread_;
};

class Perspectives : public testing::Test {
 protected:
  Perspectives() {
    for (int i = 0; i < 4; ++i)
      nodes.push_back(std::make_unique<Node>(fingerprint_of(own.certificate())));
  }

  [[nodiscard]] std::string right_answer() const {
    return acme::dns_01_value(subject.token, subject.thumbprint);
  }
  /// The same zone for all but those in `elsewhere`, who get `other`.
  void zone(const std::vector<std::size_t>& elsewhere = {}, const std::string& other = "other") {
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      const bool is_elsewhere = std::ranges::find(elsewhere, i) != elsewhere.end();
      nodes[i]->dns.record("_acme-challenge.a.example", kTxt,
                           txt(is_elsewhere ? other : right_answer()));
      nodes[i]->dns.record("a.example", kCaa, caa_issue(is_elsewhere ? ";" : "ca.example"));
    }
  }
  void start() {
    for (const auto& each : nodes) each->start();
    for (std::size_t i = 0; i < nodes.size(); ++i) add(nodes[i]->port(), nodes[i]->fingerprint());
  }
  void add(std::uint16_t port, const Fingerprint& fingerprint) {
    const std::size_t i = options.remotes.size();
    options.remotes.push_back({"p" + std::to_string(i), kRegions[i % 4],
                               ca::IpAddress::parse("127.0.0.1").value(), port, fingerprint});
  }
  std::vector<Vote> control() {
    RemotePerspectives remote(options, random);
    return tests::run(remote.control(subject));
  }
  std::vector<Vote> caa() {
    RemotePerspectives remote(options, random);
    return tests::run(remote.caa(ca::DnsName::parse("a.example").value(),
                                 {{"ca.example"}, subject.account_url, subject.method}));
  }
  static std::size_t agreeing(const std::vector<Vote>& votes) {
    return static_cast<std::size_t>(std::ranges::count_if(votes, &Vote::agrees));
  }

  tests::TlsFiles own;
  std::vector<std::unique_ptr<Node>> nodes;
  ca::SystemRandom random;
  PerspectiveOptions options{.remotes = {},
                             .certificate = own.certificate(),
                             .private_key = own.key(),
                             .timeout = std::chrono::milliseconds(4'000)};
  acme::ValidationSubject subject{.method = policy::ValidationMethod::dns_01,
                                  .identifier = ca::DnsName::parse("a.example").value(),
                                  .token = "token",
                                  .thumbprint = "thumbprint",
                                  .account_url = "https://ca.example/acme/account/1"};
};

// M-1 M-5
TEST_F(Perspectives, AgreeOnWhatIsTheSameEverywhere) {
  zone();
  start();
  const std::vector<Vote> votes = control();
  ASSERT_EQ(votes.size(), 4U);
  EXPECT_EQ(policy::quorum_objection(votes, kNow), std::nullopt);
  for (std::size_t i = 0; i < votes.size(); ++i) {
    EXPECT_EQ(votes[i].perspective, "p" + std::to_string(i));
    EXPECT_EQ(votes[i].region, kRegions[i]);
    EXPECT_EQ(votes[i].address, "127.0.0.1:" + std::to_string(nodes[i]->port()));
    EXPECT_TRUE(votes[i].agrees) << votes[i].reason;
    EXPECT_THAT(votes[i].reason, HasSubstr("TXT of _acme-challenge.a.example, 1 records"));
    EXPECT_GT(nodes[i]->dns.queries(), 0) << "it has to look for itself (M-4)";
  }
  const std::vector<Vote> permitted = caa();
  EXPECT_EQ(agreeing(permitted), 4U);
  EXPECT_THAT(permitted[0].reason, HasSubstr("CAA of a.example"));
}

// T-A13: a hijack near one of them
TEST_F(Perspectives, SayWhatTheySeeElsewhere) {
  zone({2});
  start();
  const std::vector<Vote> votes = control();
  EXPECT_EQ(agreeing(votes), 3U);
  EXPECT_FALSE(votes[2].agrees);
  EXPECT_THAT(votes[2].reason, HasSubstr("\"other\""));
  EXPECT_EQ(policy::quorum_objection(votes, kNow), std::nullopt) << "one of four may differ";
  const std::vector<Vote> permitted = caa();
  EXPECT_FALSE(permitted[2].agrees);
  EXPECT_THAT(permitted[2].reason, HasSubstr("permits nobody"));
}

TEST_F(Perspectives, AreNoQuorumIfTwoSeeSomethingElse) {
  zone({1, 3});
  start();
  const auto objection = policy::quorum_objection(control(), kNow);
  ASSERT_TRUE(objection.has_value());
  EXPECT_THAT(*objection, HasSubstr("2 of 4"));
  EXPECT_THAT(*objection, HasSubstr("p1 (arin)"));
  EXPECT_TRUE(policy::quorum_objection(caa(), kNow).has_value()) << "M-7: CAA by itself";
}

// "lies, hangs or dies never yields a pass"
TEST_F(Perspectives, DoNotAgreeWhenTheyAreDead) {
  zone();
  start();
  nodes[0]->stop();
  nodes[1]->stop();
  const std::vector<Vote> votes = control();
  EXPECT_EQ(agreeing(votes), 2U);
  EXPECT_EQ(votes[0].reason, "it cannot be reached");
  EXPECT_TRUE(policy::quorum_objection(votes, kNow).has_value());
}

TEST_F(Perspectives, DoNotAgreeWhenTheyHang) {
  boost::asio::io_context context;
  boost::asio::ip::tcp::acceptor silent(context, {boost::asio::ip::address_v4::loopback(), 0});
  add(silent.local_endpoint().port(), std::string(64, 'a'));
  options.timeout = std::chrono::milliseconds(300);
  const std::vector<Vote> votes = control();
  ASSERT_EQ(votes.size(), 1U);
  EXPECT_FALSE(votes[0].agrees);
  EXPECT_EQ(votes[0].reason, "it took too long");
}

// One that answers to something else, or with nonsense, has said nothing.
TEST_F(Perspectives, DoNotAgreeWhenTheyLie) {
  const auto answer_with = [](std::function<std::string(Inquiry)> answer) {
    return
        [answer = std::move(answer)](HttpRequest request) -> boost::asio::awaitable<HttpResponse> {
          HttpResponse response;
          response.body = answer(parse_inquiry(request.body).value());
          co_return response;
        };
  };
  const auto yes = [](const Inquiry& to) { return sighting_json(to, {true, "trust me"}); };
  const std::vector<std::function<std::string(Inquiry)>> lies{
      [&](Inquiry to) { return to.trace = "earlier", yes(to); },
      [&](Inquiry to) {
        return std::get<acme::ValidationSubject>(to.question).token = "another", yes(to);
      },
      [&](Inquiry to) {
        std::get<acme::ValidationSubject>(to.question).identifier =
            ca::DnsName::parse("b.example").value();
        return yes(to);
      },
      [](const Inquiry&) { return std::string("yes"); },
      [](const Inquiry&) { return std::string(200'000, ' '); },
      [](const Inquiry&) {
        return std::string(R"({"check_passed":true,"check_completed":true})");
      }};
  std::vector<std::unique_ptr<tests::HttpService>> liars;
  for (const auto& lie : lies) {
    const tests::TlsFiles files;
    tests::HttpService::Options service;
    service.tls = std::make_shared<TlsContext>(files.certificate(), files.key());
    service.hosts = {};
    liars.push_back(std::make_unique<tests::HttpService>(service, answer_with(lie)));
    add(liars.back()->port(), fingerprint_of(files.certificate()));
  }
  const std::vector<Vote> votes = control();
  ASSERT_EQ(votes.size(), lies.size());
  for (const Vote& each : votes) EXPECT_FALSE(each.agrees) << each.reason;
  EXPECT_THAT(votes[0].reason, HasSubstr("another question"));
  EXPECT_THAT(votes[1].reason, HasSubstr("another key_authorization"));
}

// M-4: both sides are who they should be.
TEST_F(Perspectives, TalkToNobodyElse) {
  zone();
  start();
  options.remotes[0].certificate = std::string(64, '0');
  const tests::TlsFiles stranger;
  EXPECT_THAT(control()[0].reason, HasSubstr("not who it should be"));
  EXPECT_EQ(agreeing(control()), 3U);
  options.certificate = stranger.certificate();
  options.private_key = stranger.key();
  EXPECT_EQ(agreeing(control()), 0U) << "a client that they do not know";
}

// M-6: nothing of an attempt is left for the next.
TEST_F(Perspectives, AnswerEveryRoundAnew) {
  zone();
  start();
  EXPECT_EQ(agreeing(control()), 4U);
  subject.token = "next";
  EXPECT_EQ(agreeing(control()), 0U);
}

// This machine has no descriptor left to ask with: nobody has voted, and nothing is decided by it.
TEST_F(Perspectives, AreNotBlamedForAShortageOfOurs) {
  add(1, std::string(64, 'a'));
  RemotePerspectives remote(options, random);
  rlimit usual{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &usual), 0);
  const auto ask = [&]() -> boost::asio::awaitable<std::vector<Vote>> {
    const rlimit none{0, usual.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &none);
    auto asking = remote.control(subject);
    co_return co_await std::move(asking);
  };
  try {
    const std::vector<Vote> votes = tests::run(ask());
    ::setrlimit(RLIMIT_NOFILE, &usual);
    ADD_FAILURE() << votes.at(0).reason;
  } catch (const boost::system::system_error& error) {
    ::setrlimit(RLIMIT_NOFILE, &usual);
    EXPECT_EQ(error.code().value(), EMFILE);
  }
}

// BR 3.2.2.4.22: whoever corroborates has to see the very parameter that was seen first.
TEST_F(Perspectives, ObserveTheSameAccountUri) {
  subject.method = policy::ValidationMethod::dns_persist_01;
  subject.issuer_domain_names = {"ca.example"};
  subject.account_hash_prefix = "https://ca.example/acme/account-hash/";
  for (const auto& each : nodes) {
    each->dns.record("_validation-persist.a.example", kTxt,
                     txt("ca.example; accounturi=" + subject.account_url));
  }
  start();
  subject.account_uri = subject.account_url;
  EXPECT_EQ(agreeing(control()), 4U);
  subject.account_uri = subject.account_hash_prefix + "sha-256/another";
  EXPECT_EQ(agreeing(control()), 0U);
}

/// What comes back of `request` over a connection of `tls`; nothing if it is broken off.
std::string answer_to(std::uint16_t port,
                      const std::string& request,
                      boost::asio::ssl::context& tls) {
  boost::asio::io_context context;
  boost::asio::ssl::stream<boost::asio::ip::tcp::socket> stream(context, tls);
  stream.lowest_layer().connect({boost::asio::ip::address_v4::loopback(), port});
  boost::system::error_code ended;
  stream.handshake(boost::asio::ssl::stream_base::client, ended);
  boost::asio::write(stream, boost::asio::buffer(request), ended);
  std::string answer;
  boost::asio::read(stream, boost::asio::dynamic_buffer(answer), ended);
  return answer;
}

TEST_F(Perspectives, RefuseQuestionsThatAreNone) {
  nodes.resize(1);
  zone();
  start();
  const std::uint16_t port = nodes[0]->port();
  const auto asked = [&](const std::string& line, const std::string& body) {
    return line + " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port) +
           "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\nConnection: close\r\n\r\n" + body;
  };
  const auto known =
      pinned_client(options.certificate, options.private_key, nodes[0]->fingerprint());
  const std::string right = inquiry_json({subject, "trace"});
  EXPECT_THAT(answer_to(port, asked("POST /mpic", right), *known), StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(answer_to(port, asked("POST /other", right), *known), StartsWith("HTTP/1.1 404"));
  EXPECT_THAT(answer_to(port, asked("GET /mpic", ""), *known), StartsWith("HTTP/1.1 405"));
  EXPECT_THAT(answer_to(port, asked("POST /mpic", "{}"), *known), StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(answer_to(port, asked("POST /mpic", "no"), *known), StartsWith("HTTP/1.1 400"));
  boost::asio::ssl::context without(boost::asio::ssl::context::tls_client);
  EXPECT_EQ(answer_to(port, asked("POST /mpic", right), without), "") << "no certificate";
}

TEST_F(Perspectives, DoNotStartIfNobodyMayAsk) {
  Settings without = default_settings({});
  without.tls_certificate = own.certificate();
  without.tls_key = own.key();
  without.perspective_listen = "127.0.0.1:0";
  tests::TempDir dir;
  Logger log(dir / "log");
  EXPECT_THROW(PerspectiveNode(without, log), std::runtime_error) << "no client may ask";
}

/// What start-up says of the remotes.
class ConfiguredPerspectives : public testing::Test {
 protected:
  static std::string remote(int number, const std::string& region) {
    const std::string digit = std::to_string(number);
    return "p" + digit + " " + region + " https://192.0.2." + digit + ":8443 " +
           std::string(64, digit.at(0));
  }
  /// What was logged.
  std::string started(const std::vector<std::string>& remotes, policy::Trust trust) {
    Settings settings = default_settings({});
    settings.tls_certificate = own.certificate();
    settings.tls_key = own.key();
    settings.perspectives_remotes = remotes;
    policy::Product product = policy::Catalog().default_product();
    product.trust = trust;
    const policy::Catalog catalog(std::vector<policy::Product>{product});
    tests::TempDir dir;
    Logger log(dir / "log");
    const auto made = configured_perspectives(settings, catalog, kNow, random, log);
    EXPECT_EQ(made == nullptr, remotes.empty());
    log.flush();
    std::ifstream stream(dir / "log");
    return {std::istreambuf_iterator<char>(stream), {}};
  }

  tests::TlsFiles own;
  ca::SystemRandom random;
};

// BR 3.2.2.9: four from 2026-06-15, five from 2026-12-15.
TEST_F(ConfiguredPerspectives, WarnOfTooFewNowAndSoon) {
  using enum policy::Trust;
  std::vector<std::string> remotes;
  EXPECT_THAT(started(remotes, publicly), HasSubstr("\"perspectives.too_few\""));
  EXPECT_THAT(started(remotes, privately), Not(HasSubstr("too_few")));
  remotes = {remote(1, "ripe"), remote(2, "arin"), remote(3, "apnic")};
  EXPECT_THAT(started(remotes, publicly), HasSubstr("\"perspectives.too_few\""));
  EXPECT_THAT(started(remotes, privately), Not(HasSubstr("too_few"))) << "nobody is asked";
  remotes.push_back(remote(4, "ripe"));
  EXPECT_THAT(started(remotes, publicly), HasSubstr("\"perspectives.too_few_soon\""));
  EXPECT_THAT(started(remotes, publicly), HasSubstr("\"from\":\"2026-12-15T00:00:00Z\""));
  remotes.push_back(remote(5, "lacnic"));
  EXPECT_THAT(started(remotes, publicly), Not(HasSubstr("too_few")));
}

// One machine under two names would vote twice.
TEST_F(ConfiguredPerspectives, AreAsManyMachinesAsEntries) {
  const std::string one = "p1 ripe https://192.0.2.1:8443 " + std::string(64, '1');
  for (const std::string& twin : {"p1 arin https://192.0.2.2:8443 " + std::string(64, '2'),
                                  "p2 arin https://192.0.2.1:8443 " + std::string(64, '2'),
                                  "p2 arin https://192.0.2.2:8443 " + std::string(64, '1')}) {
    EXPECT_THROW(started({one, twin}, policy::Trust::publicly), std::runtime_error) << twin;
  }
}

}  // namespace
}  // namespace server
