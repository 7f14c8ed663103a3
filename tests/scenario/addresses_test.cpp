// IP addresses as identifiers (RFC 8738), and the TLS-ALPN challenge (RFC 8737).
#include "ca/certificate.h"
#include "ca/crypto/hash.h"
#include "tests/scenario/world.h"
#include "tests/support/challenge_certificate.h"

namespace tests {
namespace {

constexpr const char* kMixed =
    R"({"identifiers":[{"type":"ip","value":"2001:db8::1"},{"type":"dns","value":"a.example"},)"
    R"({"type":"ip","value":"192.0.2.1"}])";

ClientOrder order_of(World& world, const JwsClient& client, const std::string& payload) {
  const auto reply = world.post(client, world.url(acme::paths::kNewOrder), payload);
  return {reply.value().location.value(), body_of(reply)};
}

/// The URL of the challenge of this type.
std::string challenge_url(World& world,
                          const JwsClient& client,
                          const std::string& authorization,
                          const std::string& type) {
  for (const Json& each : read(world, client, authorization)["challenges"]) {
    if (each["type"] == type) return each["url"];
  }
  throw std::runtime_error("no challenge of type " + type);
}

// RFC8738-3 RFC8738-4
TEST(Addresses, AreCertifiedBesideNames) {
  World world;
  const JwsClient client = registered(world);
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  const ClientOrder order = order_of(world, client, std::string(kMixed) + "}");
  const Json expected = {{{"type", "dns"}, {"value", "a.example"}},
                         {{"type", "ip"}, {"value", "2001:db8::1"}},
                         {{"type", "ip"}, {"value", "192.0.2.1"}}};
  EXPECT_EQ(order.body["identifiers"], expected);
  const std::vector<std::string> names{"a.example", "2001:db8::1", "192.0.2.1"};
  for (std::size_t i = 0; i < names.size(); ++i) {
    world.fetcher.serve_challenges(names[i], client.thumbprint());
    const std::string url = challenge_url(world, client, order.authorization(i), "http-01");
    body_of(world.post(client, url, "{}"));
  }
  world.work();
  body_of(world.post(client, order.finalize(), csr_payload(*key, names)));
  world.work();
  const Json ended = read(world, client, order.url);
  ASSERT_EQ(ended["status"], "valid") << ended;
  const auto view = ca::view_certificate(leaf_of(world, client, ended["certificate"])).value();
  const std::vector<ca::Identifier> certified = ca::as_set(
      {ca::DnsName::parse("a.example").value(), ca::IpAddress::parse("192.0.2.1").value(),
       ca::IpAddress::parse("2001:db8::1").value()});
  EXPECT_EQ(view.identifiers, certified);
}

// RFC8738-3: the CSR names addresses as addresses.
TEST(Addresses, AreNotMetByANameThatLooksLikeOne) {
  World world;
  const JwsClient client = registered(world);
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  const ClientOrder order =
      order_of(world, client, R"({"identifiers":[{"type":"ip","value":"192.0.2.1"}]})");
  world.fetcher.serve_challenges("192.0.2.1", client.thumbprint());
  const std::string url = challenge_url(world, client, order.authorization(0), "http-01");
  body_of(world.post(client, url, "{}"));
  world.work();
  refusal_of(world.post(client, order.finalize(), csr_payload(*key, {"192.0.2.2"})),
             ProblemType::bad_csr);
  refusal_of(world.post(client, order.finalize(), csr_payload(*key, {"a.example"})),
             ProblemType::bad_csr);
}

// BR-4.2.2: outside a laboratory.
TEST(Addresses, OfSpecialPurposeAreRefused) {
  World world;
  world.services->special_use_names = policy::SpecialUseNames::refused;
  const JwsClient client = registered(world);
  for (const char* address :
       {"127.0.0.1", "10.1.2.3", "192.0.2.1", "::1", "fd00::1", "224.0.0.1"}) {
    const auto reply =
        world.post(client, world.url(acme::paths::kNewOrder),
                   R"({"identifiers":[{"type":"ip","value":")" + std::string(address) + "\"}]}");
    const std::string detail = refusal_of(reply, ProblemType::rejected_identifier);
    EXPECT_NE(detail.find(address), std::string::npos) << detail;
  }
  const ClientOrder order =
      order_of(world, client, R"({"identifiers":[{"type":"ip","value":"9.9.9.9"}]})");
  EXPECT_EQ(order.body["status"], "pending");
}

/// A host that shows the right certificate for a challenge.
void show(World& world,
          const JwsClient& client,
          const std::string& server_name,
          const ca::Identifier& identifier,
          const std::string& token) {
  const auto made =
      make_challenge_certificate({.digest = ca::sha256(token + "." + client.thumbprint()),
                                  .names = {ca::der_general_name(identifier)}});
  world.prober.prepare(
      server_name, [der = made.der()] { return acme::ProbedCertificate{der, "192.0.2.7:443"}; });
}

// RFC8737-3 RFC8738-6
TEST(TlsAlpn, ProvesNamesAndAddresses) {
  World world;
  const JwsClient client = registered(world);
  const ClientOrder order = order_of(world, client, std::string(kMixed) + "}");
  const std::vector<std::pair<std::string, ca::Identifier>> hosts{
      {"a.example", ca::DnsName::parse("a.example").value()},
      {"1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa",
       ca::IpAddress::parse("2001:db8::1").value()},
      {"1.2.0.192.in-addr.arpa", ca::IpAddress::parse("192.0.2.1").value()}};
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    const std::string url = challenge_url(world, client, order.authorization(i), "tls-alpn-01");
    show(world, client, hosts[i].first, hosts[i].second, read(world, client, url)["token"]);
    body_of(world.post(client, url, "{}"));
  }
  world.work();
  EXPECT_EQ(read(world, client, order.url)["status"], "ready");
  EXPECT_EQ(world.prober.handshakes().size(), 3);
  EXPECT_TRUE(world.fetcher.requests().empty());
}

// RFC8737-3
TEST(TlsAlpn, FailsWithWhatWasWrongWithTheCertificate) {
  World world;
  const JwsClient client = registered(world);
  const ClientOrder order = ordered(world, client, {"a.example"});
  const std::string url = challenge_url(world, client, order.authorization(0), "tls-alpn-01");
  show(world, client, "a.example", ca::DnsName::parse("b.example").value(),
       read(world, client, url)["token"]);
  body_of(world.post(client, url, "{}"));
  world.work();
  const Json challenge = read(world, client, url);
  EXPECT_EQ(challenge["status"], "invalid");
  EXPECT_EQ(challenge["error"]["type"], "urn:ietf:params:acme:error:incorrectResponse");
  const std::string detail = challenge["error"]["detail"];
  EXPECT_NE(detail.find("b.example"), std::string::npos) << detail;
}

// draft-ietf-acme-profiles-4: BR 1.6.1 draws the line of short-lived at seven days.
TEST(ShortLived, CertificatesLiveLessThanSevenDays) {
  World world;
  const JwsClient client = registered(world);
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  const ClientOrder order =
      order_of(world, client,
               R"({"identifiers":[{"type":"dns","value":"a.example"}],"profile":"shortlived"})");
  world.fetcher.serve_challenges("a.example", client.thumbprint());
  body_of(
      world.post(client, challenge_url(world, client, order.authorization(0), "http-01"), "{}"));
  world.work();
  body_of(world.post(client, order.finalize(), csr_payload(*key, {"a.example"})));
  world.work();
  const Json ended = read(world, client, order.url);
  ASSERT_EQ(ended["status"], "valid") << ended;
  const auto view = ca::view_certificate(leaf_of(world, client, ended["certificate"])).value();
  EXPECT_EQ(view.not_after - view.not_before + std::chrono::seconds(1), std::chrono::hours(160));
}

}  // namespace
}  // namespace tests
