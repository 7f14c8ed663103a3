// Orders for onion services (RFC 9799, BR Appendix B).
#include "acme/records/authorization_record.h"
#include "ca/crypto/encoding.h"
#include "tests/scenario/world.h"
#include "tests/support/onion_key.h"

namespace tests {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

/// A CA with the shipped profiles and a name of its own, and a client with an onion service.
class Onion : public testing::Test {
 protected:
  Onion() { world.meta.caa_identities = {"ca.example"}; }

  ClientOrder onion_order(const std::vector<std::string>& names) {
    Json identifiers = Json::array();
    for (const std::string& name : names) {
      identifiers.push_back({{"type", "dns"}, {"value", name}});
    }
    const auto reply =
        world.post(client, world.url(acme::paths::kNewOrder),
                   Json{{"identifiers", identifiers}, {"profile", "dv-onion"}}.dump());
    const Json body = body_of(reply);
    return {reply ? reply->location.value_or("") : "", body};
  }
  /// Responds to onion-csr-01 of the i-th authorization, and returns the authorization after it.
  Json attempted(const ClientOrder& order, std::size_t i, OnionKey& signer) {
    const Json challenge = challenge_of_type(world, client, order, i, "onion-csr-01");
    const std::string nonce = ca::from_base64(challenge["nonce"].get<std::string>()).value();
    body_of(world.post(client, challenge["url"], response(onion_request(signer, nonce))));
    world.work();
    return read(world, client, order.authorization(i));
  }
  static std::string response(const std::string& der) {
    return Json{{"csr", ca::base64url(der)}}.dump();
  }
  /// Payload of finalize with these records, signed by the service.
  std::string finalize_payload(const std::vector<std::string>& names,
                               const std::string& records,
                               seconds life = hours(1)) {
    Json payload = Json::parse(csr_payload(*key, names));
    const auto expiry = (world.clock.seconds() + life).time_since_epoch().count();
    const std::string text = "onion-caa|" + std::to_string(expiry) + "|" + records;
    payload["onionCAA"][service.address()] = {
        {"caa", records.empty() ? Json() : Json(records)},
        {"expiry", expiry},
        {"signature", ca::base64url(service.sign(text)) + "=="}};
    return payload.dump();
  }
  Json finalized(const ClientOrder& order, const std::string& payload) {
    body_of(world.post(client, order.finalize(), payload));
    world.work();
    return read(world, client, order.url);
  }

  World world;
  JwsClient client = registered(world);
  OnionKey service{'s'};
  std::unique_ptr<ca::Signer> key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
};

// RFC9799-3.2 RFC9799-6.4 V-73: by the end of the test the store proves itself.
TEST_F(Onion, NamesAndWildcardsAreCertifiedForWhoHasTheKeyOfTheService) {
  const std::vector<std::string> names{"*." + service.address(), service.address(),
                                       "a.b." + service.address()};
  const ClientOrder order = onion_order(names);
  for (std::size_t i = 0; i < names.size(); ++i) {
    EXPECT_EQ(attempted(order, i, service)["status"], "valid");
  }
  EXPECT_EQ(read(world, client, order.url)["status"], "ready");
  const Json ended = finalized(order, finalize_payload(names, "caa 0 issue \"ca.example\""));
  EXPECT_EQ(ended["status"], "valid") << ended;
  EXPECT_TRUE(world.dns.questions().empty()) << "onion names are none of the DNS's business";
}

// BR-AppendixB: methods that connect would need Tor, dns-01 must not be used (RFC 9799 §3.1.1).
TEST_F(Onion, ChallengesAreOnionCsr01AloneWithANonceAndNoToken) {
  const ClientOrder order = onion_order({service.address()});
  const Json offered = read(world, client, order.authorization(0));
  ASSERT_EQ(offered["challenges"].size(), 1U);
  const Json& challenge = offered["challenges"][0];
  EXPECT_EQ(challenge["type"], "onion-csr-01");
  EXPECT_FALSE(challenge.contains("token"));
  EXPECT_FALSE(challenge.contains("authKey"));
  EXPECT_GE(ca::from_base64(challenge["nonce"].get<std::string>()).value().size(), 8U);
}

TEST_F(Onion, NamesStandBesideNamesOfTheDns) {
  const std::vector<std::string> names{"0.example", service.address()};  // in this order
  const ClientOrder order = onion_order(names);
  const Json plain = read(world, client, order.authorization(0));
  EXPECT_EQ(plain["challenges"].size(), 3U);
  world.fetcher.serve_challenges("0.example", client.thumbprint());
  body_of(world.post(client, challenge_of(world, client, order, 0), "{}"));
  world.work();
  EXPECT_EQ(attempted(order, 1, service)["status"], "valid");
  EXPECT_EQ(finalized(order, finalize_payload(names, ""))["status"], "valid");
}

// RFC8739-3.1.1 RFC9799-6.4: its CAA records are signed by who is not there then.
TEST_F(Onion, NamesAreNotRenewedByTheServer) {
  world.meta.auto_renewal = acme::AutoRenewalOffer{
      .profiles = {"dv-onion"}, .min_lifetime = hours(1), .max_duration = hours(24 * 20)};
  const auto renewing = [&](const std::vector<std::string>& names) {
    Json payload{{"identifiers", Json::array()},
                 {"profile", "dv-onion"},
                 {"auto-renewal",
                  {{"end-date", ca::rfc3339(world.clock.seconds() + hours(24 * 10))},
                   {"lifetime", 2 * 86'400}}}};
    for (const std::string& name : names) {
      payload["identifiers"].push_back({{"type", "dns"}, {"value", name}});
    }
    return world.post(client, world.url(acme::paths::kNewOrder), payload.dump());
  };
  for (const std::string& name : {service.address(), "*." + service.address()}) {
    EXPECT_NE(refusal_of(renewing({"0.example", name}), ProblemType::malformed).find(name),
              std::string::npos);
  }
  EXPECT_EQ(body_of(renewing({"0.example"}))["status"], "pending");
}

// RFC9799-3.2 BR-AppendixB: a nonce is used for 30 days, however long an order lasts.
TEST_F(Onion, NoncesLastForThirtyDays) {
  std::vector<policy::Product> products = policy::Catalog().products();
  for (policy::Product& product : products) product.order_lifetime = hours(24 * 90);
  world.catalog = policy::Catalog(std::move(products));
  const ca::Time now = world.clock.seconds();
  const ClientOrder order = onion_order({"0.example", service.address()});
  const auto expires = [&](std::size_t i) {
    return read(world, client, order.authorization(i))["expires"];
  };
  EXPECT_EQ(expires(0), ca::rfc3339(now + hours(24 * 90)));
  EXPECT_EQ(expires(1), ca::rfc3339(now + hours(24 * 30)));
}

TEST_F(Onion, NamesAreNotOfOtherProfiles) {
  const auto reply = world.post(
      client, world.url(acme::paths::kNewOrder),
      Json{{"identifiers", Json::array({{{"type", "dns"}, {"value", service.address()}}})}}.dump());
  EXPECT_NE(refusal_of(reply, ProblemType::rejected_identifier).find("Appendix B"),
            std::string::npos);
}

TEST_F(Onion, AttemptsWithAnotherKeyFail) {
  const ClientOrder order = onion_order({service.address()});
  OnionKey other('o');
  const Json ended = attempted(order, 0, other);
  EXPECT_EQ(ended["status"], "invalid");
  EXPECT_EQ(ended["challenges"][0]["error"]["type"], "urn:ietf:params:acme:error:unauthorized");
}

// A response that cannot be read spends no attempt.
TEST_F(Onion, ResponsesWithoutARequestAreRefusedAndNothingChanges) {
  const ClientOrder order = onion_order({service.address()});
  const std::string url = challenge_of(world, client, order, 0);
  for (const std::string payload : {"{}", R"({"csr":""})", R"({"csr":"*"})", R"({"csr":7})"}) {
    refusal_of(world.post(client, url, payload), ProblemType::malformed);
  }
  refusal_of(world.post(client, url, response(std::string(2'049, 'x'))), ProblemType::malformed);
  EXPECT_EQ(read(world, client, url)["status"], "pending");
  EXPECT_EQ(attempted(order, 0, service)["status"], "valid");
}

// BR-5.4.1 A-3
TEST_F(Onion, RequestsAreKeptWithTheAttempt) {
  const ClientOrder order = onion_order({service.address()});
  attempted(order, 0, service);
  const std::string url = order.authorization(0);
  const auto id = acme::AuthorizationId::parse(url.substr(url.rfind('/') + 1)).value();
  const auto record = world.store->read([&](const storage::Snapshot& snapshot) {
    return acme::kAuthorizations.get(snapshot, id.octets()).value();
  });
  const acme::ChallengeRecord& challenge = record.challenges.at(0);
  EXPECT_FALSE(challenge.onion_request.empty());
  ASSERT_EQ(challenge.hops.size(), 1U);
  EXPECT_NE(challenge.hops.front().find(service.address()), std::string::npos);
}

// RFC9799-6.4.1
TEST_F(Onion, OrdersAreFinalizedWithTheirCaaRecordsOnly) {
  const ClientOrder order = onion_order({service.address()});
  attempted(order, 0, service);
  const std::string bare = csr_payload(*key, {service.address()});
  refusal_of(world.post(client, order.finalize(), bare), ProblemType::onion_caa_required);
  EXPECT_EQ(read(world, client, order.url)["status"], "ready");
  for (const auto& [records, life] : {std::pair{"caa 0 issue other.example", hours(1)},
                                      std::pair{"", hours(-1)}, std::pair{"", hours(10)}}) {
    refusal_of(
        world.post(client, order.finalize(), finalize_payload({service.address()}, records, life)),
        ProblemType::caa);
    EXPECT_EQ(read(world, client, order.url)["status"], "ready");
  }
  EXPECT_EQ(finalized(order, finalize_payload({service.address()}, ""))["status"], "valid");
}

TEST_F(Onion, ACertificateIsNeverForTheKeyOfTheService) {
  const ClientOrder order = onion_order({service.address()});
  attempted(order, 0, service);
  Json payload = Json::parse(finalize_payload({service.address()}, ""));
  payload["csr"] = ca::base64url(make_csr(service, {service.address()}));
  EXPECT_NE(refusal_of(world.post(client, order.finalize(), payload.dump()), ProblemType::bad_csr)
                .find("onion service"),
            std::string::npos);
}

// Records end: what was claimed before and is signed after that needs a new order.
TEST_F(Onion, RecordsThatEndedBeforeTheSignatureDoNotCount) {
  const ClientOrder order = onion_order({service.address()});
  attempted(order, 0, service);
  body_of(
      world.post(client, order.finalize(), finalize_payload({service.address()}, "", seconds(10))));
  world.clock.advance(seconds(20));
  world.work();
  const Json ended = read(world, client, order.url);
  EXPECT_EQ(ended["status"], "invalid");
  EXPECT_EQ(ended["error"]["type"], "urn:ietf:params:acme:error:caa");
}

}  // namespace
}  // namespace tests
