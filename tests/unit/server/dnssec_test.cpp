// CAA and TXT through libunbound against signed zones of the test's own (T-A5, BR 4.2.2.1).
#include <gtest/gtest.h>

#include <boost/asio/executor_work_guard.hpp>
#include <fstream>
#include <memory>
#include <string>
#include <thread>

#include "acme/validation/caa_check.h"
#include "server/outbound/unbound_dns_client.h"
#include "tests/support/run.h"
#include "tests/support/signed_name_server.h"
#include "tests/support/temp_dir.h"

namespace server {
namespace {

using tests::ZoneFault;

std::string caa(std::string_view issuer) {
  return std::string("\0\5issue", 7) + std::string(issuer);
}

/// The zone `test` is the trust anchor; what is wrong is in a zone below it.
class DnssecTest : public testing::Test {
 protected:
  DnssecTest() { server.zone("test"); }
  ~DnssecTest() override {
    client.reset();
    work.reset();
    if (thread.joinable()) thread.join();
  }

  /// A zone with records for us at `a` and at itself, and none at `none`.
  tests::SignedZone& zone(const std::string& name, ZoneFault fault = ZoneFault::none) {
    tests::SignedZone& made = server.zone(name, fault);
    made.add("a." + name, tests::rr::kCaa, caa("ca.example"));
    made.add("a." + name, tests::rr::kTxt, "\5value");
    return made;
  }
  void start() {
    std::ofstream(folder / "anchors") << tests::SignedZone("test", ZoneFault::none, 'a').anchor();
    options.resolvers = {"127.0.0.1:" + std::to_string(server.port())};
    options.trust_anchor_file = folder / "anchors";
    options.built_in_zones = BuiltInZones::remove;
    server.start();
    client = std::make_unique<UnboundDnsClient>(context.get_executor(), options);
  }
  acme::Result<std::string> permission(const std::string& name) {
    return tests::run(acme::check_caa(
        *client, ca::DnsName::parse(name).value(),
        {{"ca.example"}, "https://ca.example/1", policy::ValidationMethod::dns_01}));
  }
  void expect_refused(const std::string& name) {
    const auto found = permission(name);
    ASSERT_FALSE(found.has_value()) << name << ": " << *found;
    EXPECT_EQ(found.error().type(), acme::ProblemType::caa);
    EXPECT_FALSE(tests::run(client->txt(name)).has_value()) << name;
  }

  tests::TempDir folder;
  DnsOptions options;
  tests::SignedNameServer server;
  boost::asio::io_context context;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{
      context.get_executor()};
  std::thread thread{[this] { context.run(); }};
  std::unique_ptr<UnboundDnsClient> client;
};

// D-1
TEST_F(DnssecTest, ProvesRecordsOfASignedZone) {
  zone("secure.test");
  start();
  const auto found = permission("a.secure.test");
  ASSERT_TRUE(found.has_value()) << found.error().detail();
  EXPECT_EQ(*found, "CAA of a.secure.test: 0 issue \"ca.example\"; DNSSEC secure");
  const auto text = tests::run(client->txt("a.secure.test"));
  ASSERT_TRUE(text.has_value()) << text.error().detail();
  EXPECT_EQ(text->records, std::vector<std::string>{"value"});
  EXPECT_EQ(text->proof, acme::DnsProof::secure);
}

// RFC 4035 §5.4: that there are no records is proven too, all the way up.
TEST_F(DnssecTest, ProvesThatThereAreNoRecords) {
  zone("secure.test");
  start();
  const auto found = permission("b.none.secure.test");
  ASSERT_TRUE(found.has_value()) << found.error().detail();
  EXPECT_EQ(*found, "no CAA up to test; DNSSEC secure");
}

TEST_F(DnssecTest, PermitsWhatAZoneWithoutSignaturesSaysIfItsParentProvesThat) {
  zone("insecure.test", ZoneFault::unsigned_zone);
  start();
  const auto found = permission("a.insecure.test");
  ASSERT_TRUE(found.has_value()) << found.error().detail();
  EXPECT_EQ(*found, "CAA of a.insecure.test: 0 issue \"ca.example\"; not signed");
}

// D-1 D-3 BR 4.2.2.1: a failed validation never permits.
TEST_F(DnssecTest, RefusesWhatIsNotProven) {
  const std::pair<const char*, ZoneFault> rows[] = {
      {"bogus.test", ZoneFault::bogus},      {"expired.test", ZoneFault::expired},
      {"early.test", ZoneFault::not_yet},    {"stripped.test", ZoneFault::stripped},
      {"stolen.test", ZoneFault::other_key},
  };
  for (const auto& [name, fault] : rows) zone(name, fault);
  zone("secure.test");
  start();
  for (const auto& [name, fault] : rows) {
    expect_refused("a." + std::string(name));
    expect_refused("none." + std::string(name));
  }
  EXPECT_TRUE(permission("a.secure.test").has_value());
}

TEST_F(DnssecTest, RefusesAnAbsenceThatIsNotProven) {
  zone("quiet.test", ZoneFault::no_denial);
  start();
  EXPECT_TRUE(permission("a.quiet.test").has_value());
  expect_refused("none.quiet.test");
}

// A subdomain of a zone that cannot be trusted is not rescued by what stands above it.
TEST_F(DnssecTest, RefusesBelowABrokenZoneAlsoWhereTheParentPermits) {
  server.zone("secure.test").add("secure.test", tests::rr::kCaa, caa("ca.example"));
  zone("broken.secure.test", ZoneFault::bogus);
  start();
  EXPECT_TRUE(permission("b.secure.test").has_value());
  expect_refused("none.broken.secure.test");
}

// The server of these tests claims that it has checked everything (AD). That is nobody's word to
// take: all that was refused above was refused in spite of it.
TEST_F(DnssecTest, AlwaysAsksForTheSignatures) {
  zone("secure.test");
  zone("bogus.test", ZoneFault::bogus);
  zone("insecure.test", ZoneFault::unsigned_zone);
  start();
  for (const char* name : {"a.secure.test", "a.bogus.test", "a.insecure.test", "b.secure.test"}) {
    (void)permission(name);
  }
  EXPECT_GT(server.queries(), 0);
  EXPECT_EQ(server.without_signatures(), 0);
}

// D-2
// Whoever checks by itself sets CD towards the resolver it asks (RFC 6840 §5.9), so that it gets
// what it is to judge. Where we do not check, in laboratories, the resolver's own checking stays
// on.
TEST_F(DnssecTest, IsNeverSwitchedOffAtTheResolverWhereItIsNotOurs) {
  options.dnssec = Dnssec::ignore;
  zone("bogus.test", ZoneFault::bogus);
  start();
  EXPECT_TRUE(permission("a.bogus.test").has_value());
  EXPECT_GT(server.queries(), 0);
  EXPECT_EQ(server.with_checking_disabled(), 0);
}

// RFC 2181 §9, RFC 7766.
TEST_F(DnssecTest, AsksAgainOverTcpWhereAnAnswerIsCutOff) {
  zone("secure.test");
  zone("bogus.test", ZoneFault::bogus);
  server.truncate("a.secure.test");
  server.truncate("a.bogus.test");
  start();
  const auto found = permission("a.secure.test");
  ASSERT_TRUE(found.has_value()) << found.error().detail();
  EXPECT_EQ(*found, "CAA of a.secure.test: 0 issue \"ca.example\"; DNSSEC secure");
  EXPECT_GT(server.by_tcp(), 0);
  expect_refused("a.bogus.test");
}

}  // namespace
}  // namespace server
