// Proving names and wildcards by DNS.
#include <gmock/gmock.h>

#include "ca/audit_log.h"
#include "ca/certificate.h"
#include "tests/scenario/world.h"

namespace tests {
namespace {

// RFC8555-7.1.3 RFC8555-7.1.4 RFC8555-8.4
TEST(WildcardOrder, IsProvenByDns01AloneAndIssued) {
  World world;
  const JwsClient client = registered(world);
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  ClientOrder order = ordered(world, client, {"*.a.example", "a.example"});
  EXPECT_EQ(order.body["identifiers"][0]["value"], "*.a.example");
  const Json wildcard = read(world, client, order.authorization(0));
  EXPECT_EQ(wildcard["identifier"], (Json{{"type", "dns"}, {"value", "a.example"}}));
  EXPECT_EQ(wildcard["wildcard"], true);
  ASSERT_EQ(wildcard["challenges"].size(), 1);
  EXPECT_EQ(wildcard["challenges"][0]["type"], "dns-01");
  const Json plain = read(world, client, order.authorization(1));
  EXPECT_EQ(plain["identifier"], wildcard["identifier"]);
  EXPECT_FALSE(plain.contains("wildcard"));

  answer_dns_01(world, client, order, 0, "a.example");
  world.work();
  // T-A11: what proves the wildcard does not prove the name, and its token is another one.
  EXPECT_EQ(read(world, client, order.authorization(0))["status"], "valid");
  EXPECT_EQ(read(world, client, order.authorization(1))["status"], "pending");
  answer_dns_01(world, client, order, 1, "a.example");
  world.work();
  EXPECT_EQ(read(world, client, order.url)["status"], "ready");

  body_of(world.post(client, order.finalize(), csr_payload(*key, {"*.a.example", "a.example"})));
  world.work();
  const Json ended = read(world, client, order.url);
  ASSERT_EQ(ended["status"], "valid");
  const auto view = ca::view_certificate(leaf_of(world, client, ended["certificate"]));
  EXPECT_EQ(view.value().identifiers,
            (std::vector<ca::Identifier>{ca::DnsName::parse("*.a.example").value(),
                                         ca::DnsName::parse("a.example").value()}));
}

// A-3 BR-5.4.1: what was validated, the domain if it is another one, and the method.
TEST(WildcardOrder, IsInTheAuditLogWithItsDomainAndMethod) {
  World world;
  const JwsClient client = registered(world);
  const ClientOrder order = ordered(world, client, {"*.a.example", "a.example"});
  answer_dns_01(world, client, order, 0, "a.example");
  world.work();
  answer_dns_01(world, client, order, 1, "a.example");
  world.work();
  std::vector<std::vector<std::pair<std::string, std::string>>> noted;
  world.store->read([&](const storage::Snapshot& snapshot) {
    ca::read_audit(snapshot, 1, [&](const ca::AuditEntry& entry) {
      if (entry.event == "authorization.valid") noted.push_back(entry.facts);
      return storage::Scan::proceed;
    });
  });
  ASSERT_EQ(noted.size(), 2U);
  using Fact = std::pair<std::string, std::string>;
  EXPECT_THAT(noted[0],
              testing::IsSupersetOf({Fact("identifier", "*.a.example"), Fact("domain", "a.example"),
                                     Fact("method", "dns-01")}));
  EXPECT_THAT(noted[1],
              testing::IsSupersetOf({Fact("identifier", "a.example"), Fact("method", "dns-01")}));
  for (const auto& [name, value] : noted[1]) EXPECT_NE(name, "domain") << value;
}

// BR-3.2.2.4.19 T-A11
TEST(WildcardOrder, HasNoChallengeThatCouldNotProveIt) {
  World world;
  const JwsClient client = registered(world);
  const ClientOrder order = ordered(world, client, {"*.a.example"});
  const std::string url = challenge_of(world, client, order, 0);
  const std::string base = url.substr(0, url.rfind('/'));
  refusal_of(world.post(client, base + "/http-01", "{}"), ProblemType::malformed);
  EXPECT_EQ(read(world, client, order.authorization(0))["status"], "pending");
}

// RFC8555-8.4 RFC8555-7.1.4
TEST(Dns01, ProvesASingleNameBesideHttp01) {
  World world;
  const JwsClient client = registered(world);
  const ClientOrder order = ordered(world, client, {"a.example"});
  const Json offered = read(world, client, order.authorization(0))["challenges"];
  ASSERT_EQ(offered.size(), 3);
  EXPECT_EQ(offered[0]["type"], "http-01");
  EXPECT_EQ(offered[1]["type"], "dns-01");
  EXPECT_EQ(offered[2]["type"], "tls-alpn-01");
  EXPECT_NE(offered[0]["token"], offered[1]["token"]);
  answer_dns_01(world, client, order, 0, "a.example");
  world.work();
  const Json authorization = read(world, client, order.authorization(0));
  EXPECT_EQ(authorization["status"], "valid");
  ASSERT_EQ(authorization["challenges"].size(), 1);
  EXPECT_EQ(authorization["challenges"][0]["type"], "dns-01");
  EXPECT_TRUE(world.fetcher.requests().empty());
}

// T-A15
TEST(Dns01, IsNotMetByTheRecordOfAnotherAccountOrChallenge) {
  World world;
  const JwsClient client = registered(world);
  const JwsClient other = registered(world);
  const ClientOrder order = ordered(world, client, {"a.example"});
  const ClientOrder others = ordered(world, other, {"a.example"});
  const std::string url = challenge_of_type(world, client, order, 0, "dns-01")["url"];
  answer_dns_01(world, other, others, 0, "a.example");
  body_of(world.post(client, url, "{}"));
  world.work();
  EXPECT_EQ(read(world, other, others.authorization(0))["status"], "valid");
  const Json challenge = read(world, client, url);
  EXPECT_EQ(challenge["status"], "invalid");
  EXPECT_EQ(challenge["error"]["type"], "urn:ietf:params:acme:error:incorrectResponse");
}

// T-A5
TEST(Dns01, FailsWithDnsWhenTheLookUpFails) {
  World world;
  const JwsClient client = registered(world);
  const ClientOrder order = ordered(world, client, {"*.a.example"});
  world.dns.fail("_acme-challenge.a.example", "the answer was SERVFAIL");
  const std::string url = challenge_of(world, client, order, 0);
  body_of(world.post(client, url, "{}"));
  world.work();
  const Json challenge = read(world, client, url);
  EXPECT_EQ(challenge["status"], "invalid");
  EXPECT_EQ(challenge["error"]["type"], "urn:ietf:params:acme:error:dns");
}

}  // namespace
}  // namespace tests
