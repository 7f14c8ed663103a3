#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unbound.h>

#include <boost/asio/executor_work_guard.hpp>
#include <cstdlib>
#include <fstream>
#include <future>
#include <memory>
#include <thread>

#include "server/outbound/unbound_context.h"
#include "server/outbound/unbound_dns_client.h"
#include "tests/support/dns_responder.h"
#include "tests/support/run.h"
#include "tests/support/temp_dir.h"

namespace server {
namespace {

using testing::HasSubstr;
using tests::DnsResponder;

ca::DnsName dns_name(std::string_view text) {
  return ca::DnsName::parse(text).value();
}

std::vector<std::string> texts(const std::vector<ca::IpAddress>& addresses) {
  std::vector<std::string> result;
  for (const ca::IpAddress& address : addresses) result.push_back(address.text());
  return result;
}

/// A client on an event loop of its own that forwards to the responder.
class DnsClientTest : public testing::Test {
 protected:
  DnsClientTest() {
    options.resolvers = {"127.0.0.1:" + std::to_string(responder.port())};
    options.dnssec = Dnssec::ignore;
    options.built_in_zones = BuiltInZones::remove;
  }
  ~DnsClientTest() override {
    work.reset();
    if (thread.joinable()) thread.join();
  }

  acme::Result<std::vector<ca::IpAddress>> look_up(std::string_view name) {
    UnboundDnsClient client(context.get_executor(), options);
    return tests::run(client.addresses(dns_name(name)));
  }

  DnsResponder responder;
  DnsOptions options;
  boost::asio::io_context context;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{
      context.get_executor()};
  std::thread thread{[this] { context.run(); }};
};

TEST_F(DnsClientTest, GivesIpv6AddressesFirst) {
  responder.a("both.test", {"192.0.2.7"});
  responder.aaaa("both.test", {"2001:db8::7"});
  responder.start();
  const auto found = look_up("both.test");
  ASSERT_TRUE(found.has_value()) << found.error().detail();
  EXPECT_EQ(texts(*found), (std::vector<std::string>{"2001:db8::7", "192.0.2.7"}));
}

TEST_F(DnsClientTest, FindsNamesWithOneTypeOnly) {
  responder.a("four.test", {"192.0.2.1", "192.0.2.2"});
  responder.aaaa("six.test", {"2001:db8::1"});
  responder.start();
  const auto four = look_up("four.test");
  ASSERT_TRUE(four.has_value()) << four.error().detail();
  EXPECT_THAT(texts(*four), testing::UnorderedElementsAre("192.0.2.1", "192.0.2.2"));
  const auto six = look_up("six.test");
  ASSERT_TRUE(six.has_value()) << six.error().detail();
  EXPECT_EQ(texts(*six), std::vector<std::string>{"2001:db8::1"});
}

TEST_F(DnsClientTest, LooksUpTheNameBehindAWildcard) {
  responder.a("wild.test", {"192.0.2.1"});
  responder.start();
  const auto found = look_up("*.wild.test");
  ASSERT_TRUE(found.has_value()) << found.error().detail();
  EXPECT_EQ(texts(*found), std::vector<std::string>{"192.0.2.1"});
}

TEST_F(DnsClientTest, GivesAnEmptyListForNamesThatDoNotExistOrHaveNoAddress) {
  responder.rcode("gone.test", DnsResponder::kNameError);
  responder.a("empty.test", {});
  responder.start();
  for (const char* name : {"gone.test", "empty.test"}) {
    SCOPED_TRACE(name);
    const auto found = look_up(name);
    ASSERT_TRUE(found.has_value()) << found.error().detail();
    EXPECT_TRUE(found->empty());
  }
}

TEST_F(DnsClientTest, RefusesAServersFailure) {
  responder.rcode("broken.test", DnsResponder::kServerFailure);
  responder.start();
  const auto found = look_up("broken.test");
  ASSERT_FALSE(found.has_value());
  EXPECT_EQ(found.error().type(), acme::ProblemType::dns);
  EXPECT_EQ(
      found.error().detail(),
      "looking up AAAA of broken.test: the answer was SERVFAIL; looking up A of broken.test: the "
      "answer was SERVFAIL");
}

TEST_F(DnsClientTest, UsesWhatOneTypeProvedWhenTheOtherFails) {
  responder.a("half.test", {"192.0.2.1"});
  responder.fail_aaaa("half.test");
  responder.start();
  const auto found = look_up("half.test");
  ASSERT_TRUE(found.has_value()) << found.error().detail();
  EXPECT_EQ(texts(*found), std::vector<std::string>{"192.0.2.1"});
}

TEST_F(DnsClientTest, GivesUpAtItsDeadline) {
  responder.silence("silent.test");
  responder.start();
  options.timeout = std::chrono::milliseconds(300);
  const auto found = look_up("silent.test");
  ASSERT_FALSE(found.has_value());
  EXPECT_EQ(found.error().type(), acme::ProblemType::dns);
  EXPECT_EQ(
      found.error().detail(),
      "looking up AAAA of silent.test: no answer came within 0.3 s; looking up A of silent.test: "
      "no answer came within 0.3 s");
}

// libunbound's own timers for the query that was given up go on for seconds.
TEST_F(DnsClientTest, KeepsNoEventLoopRunningAfterATimeout) {
  responder.silence("silent.test");
  responder.start();
  options.timeout = std::chrono::milliseconds(100);
  UnboundDnsClient client(context.get_executor(), options);
  EXPECT_FALSE(tests::run(client.addresses(dns_name("silent.test"))).has_value());
  work.reset();
  auto ended = std::async(std::launch::async, [&] { thread.join(); });
  EXPECT_EQ(ended.wait_for(std::chrono::seconds(20)), std::future_status::ready);
  context.stop();
}

TEST_F(DnsClientTest, AnswersAfterATimeout) {
  responder.silence("silent.test");
  responder.a("www.test", {"192.0.2.1"});
  responder.start();
  options.timeout = std::chrono::milliseconds(500);
  UnboundDnsClient client(context.get_executor(), options);
  EXPECT_FALSE(tests::run(client.addresses(dns_name("silent.test"))).has_value());
  const auto found = tests::run(client.addresses(dns_name("www.test")));
  ASSERT_TRUE(found.has_value()) << found.error().detail();
  EXPECT_EQ(texts(*found), std::vector<std::string>{"192.0.2.1"});
}

// A query that is neither answered nor given up is cancelled by the end of the client.
TEST_F(DnsClientTest, EndsWithQueriesUnderWay) {
  responder.silence("silent.test");
  responder.start();
  boost::asio::io_context abandoned;
  {
    UnboundDnsClient client(abandoned.get_executor(), options);
    boost::asio::co_spawn(abandoned, client.addresses(dns_name("silent.test")),
                          [](std::exception_ptr, const auto&) {});
    while (responder.queries() == 0) abandoned.run_one();
  }
}

// RFC8555-8.4 RFC1035-3.3.14
TEST_F(DnsClientTest, GivesTextRecordsWithTheirStringsJoined) {
  responder.record("_acme-challenge.a.test", 16, std::string("\3abc\2de", 7));
  responder.record("_acme-challenge.a.test", 16, std::string("\3xyz", 4));
  responder.record("elsewhere.test", 16, std::string("\5found", 6));
  responder.alias("_acme-challenge.b.test", "elsewhere.test");
  responder.start();
  UnboundDnsClient client(context.get_executor(), options);
  const auto found = tests::run(client.txt("_acme-challenge.a.test"));
  ASSERT_TRUE(found.has_value()) << found.error().detail();
  EXPECT_THAT(found->records, testing::UnorderedElementsAre("abcde", "xyz"));
  EXPECT_EQ(found->proof, acme::DnsProof::insecure);
  const auto alias = tests::run(client.txt("_acme-challenge.b.test"));
  ASSERT_TRUE(alias.has_value()) << alias.error().detail();
  EXPECT_EQ(alias->records, std::vector<std::string>{"found"});
  const auto nothing = tests::run(client.txt("_acme-challenge.c.test"));
  ASSERT_TRUE(nothing.has_value()) << nothing.error().detail();
  EXPECT_TRUE(nothing->records.empty());
}

// TCG-36 TCG-37: what policy/ asks of zones.
TEST_F(DnsClientTest, ReadsZonesForDomainControl) {
  responder.alias("_x.a.test", "Value.dcv.test");
  responder.record("a.test", 2, std::string("\3ns1\4test\0", 10));
  responder.record("_t.a.test", 16, std::string("\3abc", 4));
  responder.rcode("servfail.test", DnsResponder::kServerFailure);
  responder.start();
  UnboundDnsClient client(context.get_executor(), options);
  const auto alias = tests::run(client.alias("_x.a.test"));
  ASSERT_TRUE(alias.has_value()) << alias.error().detail;
  EXPECT_EQ(alias->values, std::vector<std::string>{"value.dcv.test"});
  const auto servers = tests::run(client.name_servers("a.test"));
  ASSERT_TRUE(servers.has_value()) << servers.error().detail;
  EXPECT_EQ(servers->values, std::vector<std::string>{"ns1.test"});
  const auto text = tests::run(client.text_records("_t.a.test"));
  ASSERT_TRUE(text.has_value()) << text.error().detail;
  EXPECT_EQ(text->values, std::vector<std::string>{"abc"});
  EXPECT_EQ(text->proof, policy::LookedUp::Proof::insecure);
  EXPECT_TRUE(tests::run(client.alias("a.test")).value().values.empty());
  const auto failed = tests::run(client.alias("servfail.test"));
  ASSERT_FALSE(failed.has_value());
  EXPECT_EQ(failed.error().failure, policy::LookupFailure::unanswered);
  EXPECT_THAT(failed.error().detail, HasSubstr("CNAME of servfail.test"));
}

// RFC8659-4.1
TEST_F(DnsClientTest, GivesCaaRecords) {
  responder.record("a.test", 257, std::string("\0\5issueca.example", 17));
  responder.record("a.test", 257, std::string("\x80\3tbsx", 6));
  responder.start();
  UnboundDnsClient client(context.get_executor(), options);
  const auto found = tests::run(client.caa("a.test"));
  ASSERT_TRUE(found.has_value()) << found.error().detail();
  EXPECT_THAT(found->records,
              testing::UnorderedElementsAre(acme::CaaRecord{0, "issue", "ca.example"},
                                            acme::CaaRecord{128, "tbs", "x"}));
  const auto nothing = tests::run(client.caa("test"));
  ASSERT_TRUE(nothing.has_value()) << nothing.error().detail();
  EXPECT_TRUE(nothing->records.empty());
}

// BR-3.2.2.8 T-A2 T-A5: whatever may hide a record is a refusal.
TEST_F(DnsClientTest, RefusesCaaThatItCannotReadWhole) {
  responder.rcode("servfail.test", DnsResponder::kServerFailure);
  responder.rcode("refused.test", 5);
  responder.silence("silent.test");
  responder.record("cut.test", 257, std::string("\0\5issueca.example", 17));
  responder.truncate("cut.test");
  responder.record("malformed.test", 257, std::string("\0\5issueca.example", 17));
  responder.record("malformed.test", 257, std::string("\0\0x", 3));
  responder.start();
  options.timeout = std::chrono::milliseconds(1'500);
  UnboundDnsClient client(context.get_executor(), options);
  const std::pair<const char*, const char*> rows[] = {
      {"servfail.test", "looking up CAA of servfail.test: the answer was SERVFAIL"},
      {"refused.test", "looking up CAA of refused.test: the answer was SERVFAIL"},
      {"silent.test", "looking up CAA of silent.test: no answer came within 1.5 s"},
      {"malformed.test", "looking up CAA of malformed.test: a record in the answer is malformed"},
  };
  for (const auto& [name, detail] : rows) {
    SCOPED_TRACE(name);
    const auto found = tests::run(client.caa(name));
    ASSERT_FALSE(found.has_value());
    EXPECT_EQ(found.error().type(), acme::ProblemType::dns);
    EXPECT_EQ(found.error().detail(), detail);
  }
  // The responder has no TCP, so the rest of the answer never comes.
  EXPECT_FALSE(tests::run(client.caa("cut.test")).has_value());
}

std::string never_asked(const DnsOptions& options) {
  const UnboundContext context(options);
  char* text = nullptr;
  EXPECT_EQ(ub_ctx_get_option(context.get(), "do-not-query-address", &text), 0);
  const std::unique_ptr<char, decltype(&std::free)> owner(text, std::free);
  return text == nullptr ? "" : text;
}

// T-A17: who orders a name chooses its name servers' addresses too.
TEST(UnboundContext, IsNotLedToNameServersInOurNetwork) {
  DnsOptions options;
  const std::string blocks = never_asked(options);
  for (const char* block : {"10.0.0.0/8", "169.254.0.0/16", "127.0.0.0/8", "fc00::/7", "8000::/1"})
    EXPECT_THAT(blocks, HasSubstr(block));
  options.name_servers = SpecialNameServers::allow_in_lab;
  EXPECT_EQ(never_asked(options), "");
  options.name_servers = SpecialNameServers::refuse;
  options.resolvers = {"127.0.0.1:53"};
  EXPECT_EQ(never_asked(options), "");
}

TEST_F(DnsClientTest, AnswersManyAtOnceThroughAFewSlots) {
  options.in_flight = 3;
  for (int i = 0; i < 40; ++i)
    responder.a("n" + std::to_string(i) + ".test", {"192.0.2." + std::to_string(i + 1)});
  responder.start();
  UnboundDnsClient client(context.get_executor(), options);
  boost::asio::io_context callers;
  std::vector<std::string> found(40);
  for (int i = 0; i < 40; ++i) {
    auto work_item = client.addresses(dns_name("n" + std::to_string(i) + ".test"));
    const auto keep = [&found, i](std::exception_ptr,
                                  acme::Result<std::vector<ca::IpAddress>> result) {
      found[static_cast<std::size_t>(i)] =
          result && !result->empty() ? result->front().text() : "nothing";
    };
    boost::asio::co_spawn(callers, std::move(work_item), keep);
  }
  callers.run();
  for (int i = 0; i < 40; ++i) {
    EXPECT_EQ(found[static_cast<std::size_t>(i)], "192.0.2." + std::to_string(i + 1));
  }
}

// RFC 6761 §6.2: outside a laboratory nobody asks for .test.
TEST_F(DnsClientTest, AsksNobodyForSpecialUseNamesOutsideALaboratory) {
  options.built_in_zones = BuiltInZones::keep;
  responder.a("www.test", {"192.0.2.1"});
  responder.start();
  const auto found = look_up("www.test");
  ASSERT_TRUE(found.has_value()) << found.error().detail();
  EXPECT_TRUE(found->empty());
  EXPECT_EQ(responder.queries(), 0);
}

// RFC 4035 §5.5: the zone is unsigned although the root is; the answer is bogus, not usable.
TEST_F(DnsClientTest, RefusesAnswersThatDnssecDoesNotProve) {
  options.dnssec = Dnssec::validate;
  options.timeout = std::chrono::seconds(20);
  responder.a("www.test", {"192.0.2.1"});
  responder.start();
  const auto found = look_up("www.test");
  ASSERT_FALSE(found.has_value());
  EXPECT_EQ(found.error().type(), acme::ProblemType::dns);
  EXPECT_THAT(found.error().detail(), HasSubstr("DNSSEC validation failed"));
}

TEST_F(DnsClientTest, SaysAtOnceWhichTrustAnchorsCannotBeUsed) {
  const tests::TempDir folder;
  std::ofstream(folder / "garbage.key") << "not a record";
  responder.start();
  options.dnssec = Dnssec::validate;
  for (const BuiltInZones zones : {BuiltInZones::keep, BuiltInZones::remove}) {
    options.built_in_zones = zones;
    for (const char* name : {"absent.key", "garbage.key"}) {
      SCOPED_TRACE(name);
      options.trust_anchor_file = folder / name;
      try {
        const UnboundDnsClient client(context.get_executor(), options);
        ADD_FAILURE() << "the file is no trust anchor";
      } catch (const std::runtime_error& error) {
        EXPECT_THAT(error.what(), HasSubstr((folder / name).string()));
      }
    }
  }
}

}  // namespace
}  // namespace server
