// From a key to a certificate.
#include <openssl/x509.h>

#include <memory>

#include "acme/fulfilment/crl_work.h"
#include "acme/records/due_work_record.h"
#include "ca/audit_log.h"
#include "ca/certificate.h"
#include "ca/crl.h"
#include "ca/crypto/encoding.h"
#include "ca/ledger.h"
#include "tests/scenario/world.h"

namespace tests {
namespace {

const std::vector<std::string> kNames{"a.example", "b.example"};

// RFC8555-7.4
TEST(Issuance, LeadsFromANewKeyToACertificateForExactlyTheNamesAndTheKey) {
  World world;
  const JwsClient client = registered(world);
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);

  const ClientOrder order = ordered(world, client, kNames);
  EXPECT_EQ(order.body["status"], "pending");
  EXPECT_EQ(order.body["profile"], "dv");
  EXPECT_EQ(order.body["expires"], "2026-12-08T00:00:00Z");
  ASSERT_EQ(order.body["authorizations"].size(), 2);
  world.fetcher.serve_challenges("a.example", client.thumbprint());
  world.fetcher.serve_challenges("b.example", client.thumbprint());
  for (std::size_t i = 0; i < 2; ++i) {
    const std::string url = challenge_of(world, client, order, i);
    EXPECT_EQ(body_of(world.post(client, url, "{}"))["status"], "processing");
    EXPECT_EQ(read(world, client, order.url)["status"], "pending");
    world.work();
    EXPECT_EQ(read(world, client, url)["status"], "valid");
  }
  EXPECT_EQ(read(world, client, order.url)["status"], "ready");

  const auto finalized = world.post(client, order.finalize(), csr_payload(*key, kNames));
  EXPECT_EQ(body_of(finalized)["status"], "processing");
  world.work();
  const Json done = read(world, client, order.url);
  EXPECT_EQ(done["status"], "valid");

  const auto view = ca::view_certificate(leaf_of(world, client, done["certificate"]));
  ASSERT_TRUE(view.has_value());
  EXPECT_EQ(view->spki, key->public_key().spki());
  ASSERT_EQ(view->identifiers.size(), 2);
  EXPECT_EQ(ca::value_of(view->identifiers[0]), "a.example");
  EXPECT_EQ(ca::value_of(view->identifiers[1]), "b.example");
}

// RFC8555-9.1
TEST(Issuance, ServesTheLeafFollowedByTheIssuer) {
  World world;
  const JwsClient client = registered(world);
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  const Json order = issued(world, client, *key, {"a.example"});
  const auto reply = world.post(client, order["certificate"], "");
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->media, acme::Media::certificate_chain);
  const auto chain = ca::from_pem("CERTIFICATE", reply->body);
  ASSERT_TRUE(chain.has_value());
  ASSERT_EQ(chain->size(), 2);
  EXPECT_EQ(chain->back(), world.issuer->certificate_der());
}

// WIR-04
TEST(Issuance, ShowsTheOrderUrlOnEveryReplyThatShowsAnOrder) {
  World world;
  const JwsClient client = registered(world);
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  const ClientOrder order = ready_order(world, client, {"a.example"});
  EXPECT_EQ(world.post(client, order.url, "").value().location, order.url);
  const auto finalized = world.post(client, order.finalize(), csr_payload(*key, {"a.example"}));
  EXPECT_EQ(finalized.value().location, order.url);
}

// WIR-07
TEST(Issuance, SaysWhenToAskAgainWhileAnythingIsPending) {
  using std::chrono::seconds;
  World world;
  const JwsClient client = registered(world);
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  const ClientOrder order = ordered(world, client, {"a.example"});
  const std::string challenge = challenge_of(world, client, order, 0);
  const auto wait = [&](const std::string& url) {
    return world.post(client, url, "").value().retry_after;
  };
  EXPECT_EQ(wait(order.url), seconds(3));
  EXPECT_EQ(wait(order.authorization(0)), seconds(3));
  EXPECT_EQ(wait(challenge), seconds(3));
  body_of(world.post(client, challenge, "{}"));
  EXPECT_EQ(wait(order.url), seconds(1));
  EXPECT_EQ(wait(order.authorization(0)), seconds(1));
  EXPECT_EQ(wait(challenge), seconds(1));
  world.fetcher.serve_challenges("a.example", client.thumbprint());
  world.work();
  EXPECT_EQ(wait(order.url), std::nullopt);
  EXPECT_EQ(wait(order.authorization(0)), std::nullopt);
  const auto finalized = world.post(client, order.finalize(), csr_payload(*key, {"a.example"}));
  EXPECT_EQ(finalized.value().retry_after, seconds(1));
  world.work();
  EXPECT_EQ(wait(order.url), std::nullopt);
}

// RFC8555-7.1.6 acme-3.10.1
TEST(Issuance, LeavesAnOrderValidForEver) {
  World world;
  const JwsClient client = registered(world);
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  const ClientOrder order = ready_order(world, client, {"a.example"});
  body_of(world.post(client, order.finalize(), csr_payload(*key, {"a.example"})));
  world.work();
  body_of(world.post(client, order.authorization(0), R"({"status":"deactivated"})"));
  world.clock.advance(std::chrono::hours(24 * 365));
  const Json later = read(world, client, order.url);
  EXPECT_EQ(later["status"], "valid");
  EXPECT_TRUE(later.contains("certificate"));
  EXPECT_FALSE(later.contains("error"));
}

// A-2 A-12 T-B13 BR-5.4.1
TEST(Issuance, LeavesAnAuditEntryForEveryStep) {
  World world;
  const JwsClient client = registered(world);
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  world.work();  // the first CRL
  issued(world, client, *key, {"a.example"});
  std::vector<std::string> names;
  world.store->read([&](const storage::Snapshot& snapshot) {
    ca::read_audit(snapshot, 0, [&](const ca::AuditEntry& entry) {
      if (!entry.event.starts_with("crl.")) names.push_back(entry.event);
      if (entry.event == "authorization.valid") {
        const std::vector<std::pair<std::string, std::string>> facts = entry.facts;
        EXPECT_EQ(facts.at(0), std::pair(std::string("identifier"), std::string("a.example")));
        EXPECT_EQ(facts.at(1), std::pair(std::string("method"), std::string("http-01")));
        EXPECT_TRUE(facts.at(2).second.ends_with(" from 192.0.2.7")) << facts.at(2).second;
      }
      return storage::Scan::proceed;
    });
  });
  EXPECT_EQ(names,
            (std::vector<std::string>{
                "account.created", "order.created", "challenge.processing", "authorization.valid",
                "order.processing", "certificate.intended", "certificate.issued", "order.valid"}));
}

TEST(Issuance, RefusesTheCertificateToAnotherAccount) {
  World world;
  const JwsClient client = registered(world);
  const JwsClient stranger = registered(world);
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  const Json order = issued(world, client, *key, {"a.example"});
  refusal_of(world.post(stranger, order["certificate"], ""), ProblemType::unauthorized);
  refusal_of(world.post(client, order["certificate"], "{}"), ProblemType::malformed);
}

ClientOrder placed(World& world, const JwsClient& client, const std::string& payload) {
  const auto reply = world.post(client, world.url(acme::paths::kNewOrder), payload);
  return {.url = reply.value().location.value(), .body = body_of(reply)};
}

// RFC8555-7.4 BR-6.3.2
TEST(Issuance, CertificateBeginsAndEndsAsTheOrderSays) {
  World world;
  const JwsClient client = registered(world);
  const std::string begin = ca::rfc3339(world.clock.seconds());
  const std::string payload =
      R"({"identifiers":[{"type":"dns","value":"a.example"}],"notBefore":")" + begin +
      R"(","notAfter":"2026-12-08T01:00:00+01:00"})";
  ClientOrder order = placed(world, client, payload);
  EXPECT_EQ(order.body["notBefore"], begin);
  EXPECT_EQ(order.body["notAfter"], "2026-12-08T00:00:00Z");
  prove(world, client, order, {"a.example"});
  world.clock.advance(std::chrono::minutes(50));
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  ASSERT_TRUE(world.post(client, order.finalize(), csr_payload(*key, {"a.example"})));
  world.work();
  const Json done = read(world, client, order.url);
  ASSERT_EQ(done["status"], "valid") << done;
  const auto view = ca::view_certificate(leaf_of(world, client, done["certificate"])).value();
  EXPECT_EQ(ca::rfc3339(view.not_before), begin);
  EXPECT_EQ(ca::rfc3339(view.not_after), "2026-12-08T00:00:00Z");
}

TEST(Issuance, OrderEndsIfItsCertificateCanNoLongerBeginAsItSays) {
  World world;
  const JwsClient client = registered(world);
  ClientOrder order =
      placed(world, client,
             R"({"identifiers":[{"type":"dns","value":"a.example"}],"notBefore":")" +
                 ca::rfc3339(world.clock.seconds()) + R"("})");
  prove(world, client, order, {"a.example"});
  world.clock.advance(std::chrono::minutes(61));
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  ASSERT_TRUE(world.post(client, order.finalize(), csr_payload(*key, {"a.example"})));
  world.work();
  const Json ended = read(world, client, order.url);
  EXPECT_EQ(ended["status"], "invalid");
  EXPECT_EQ(ended["error"]["type"], "urn:ietf:params:acme:error:malformed");
}

// RFC8555-7.4.2
TEST(Issuance, ChainToAnotherRootIsLinkedAsAnAlternate) {
  World world;
  const JwsClient client = registered(world);
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  const std::string url = issued(world, client, *key, {"a.example"})["certificate"];
  const acme::Reply main = world.post(client, url, "").value();
  ASSERT_EQ(main.links.size(), 1U);
  EXPECT_EQ(main.links[0].relation, "alternate");
  EXPECT_EQ(main.links[0].url, url + "/1");
  const acme::Reply other = world.post(client, url + "/1", "").value();
  ASSERT_EQ(other.links.size(), 1U);
  EXPECT_EQ(other.links[0].url, url) << "each names the others";
  const auto chain = ca::from_pem("CERTIFICATE", other.body).value();
  ASSERT_EQ(chain.size(), 3U);
  EXPECT_EQ(chain[0], leaf_of(world, client, url));
  EXPECT_EQ(ca::view_certificate(chain[2])->subject, ca::view_certificate(chain[1])->issuer);
  for (const char* const wrong : {"/0", "/2", "/01", "/x"}) {
    refusal_of(world.post(client, url + wrong, ""), ProblemType::malformed);
  }
  refusal_of(world.post(registered(world), url + "/1", ""), ProblemType::unauthorized);
}

/// From thisUpdate to nextUpdate of the CRL over everything that is served now.
std::chrono::seconds life_of_crl(const World& world) {
  const std::string der = world.store->read([&](const storage::Snapshot& snapshot) {
    return ca::newest_crl(snapshot, world.issuer->id()).value();
  });
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  const std::unique_ptr<X509_CRL, decltype(&X509_CRL_free)> crl(
      d2i_X509_CRL(nullptr, &at, static_cast<long>(der.size())), &X509_CRL_free);
  int days = 0;
  int seconds = 0;
  EXPECT_EQ(ASN1_TIME_diff(&days, &seconds, X509_CRL_get0_lastUpdate(crl.get()),
                           X509_CRL_get0_nextUpdate(crl.get())),
            1);
  return std::chrono::days(days) + std::chrono::seconds(seconds);
}

// S-1 BR-4.9.7: the root programs' four days, not only the ten that a CRL may live.
TEST(Issuance, ReplacesCrlsLongBeforeTheyEnd) {
  World world;
  world.work();
  EXPECT_EQ(life_of_crl(world), std::chrono::days(4));
  world.clock.advance(acme::kCrlInterval);
  world.work();
  EXPECT_EQ(life_of_crl(world), std::chrono::days(4));
  EXPECT_LE(2 * acme::kCrlInterval, acme::kCrlLife) << "one that was missed does no harm";
}

// S-1
TEST(Issuance, PublishesTheFirstCrlAtStartUpAndAnotherEveryDay) {
  World world;
  const auto number_of_crls = [&] {
    std::size_t count = 0;
    for (const std::string& line : world.events.all()) count += line.starts_with("crl.published");
    return count;
  };
  const std::size_t issuers = world.issuers().members().size();
  EXPECT_EQ(world.work(), issuers);
  EXPECT_EQ(number_of_crls(), issuers);
  EXPECT_EQ(world.work(), 0);
  world.clock.advance(std::chrono::hours(24) - std::chrono::seconds(1));
  EXPECT_EQ(world.work(), 0);
  world.clock.advance(std::chrono::seconds(1));
  EXPECT_EQ(world.work(), issuers);
  EXPECT_EQ(number_of_crls(), 2 * issuers);
}

// S-1: all that it signed has ended before it. The store is sound without its schedule.
TEST(Issuance, PublishesNoCrlOfAnIssuerThatHasEnded) {
  World world;
  EXPECT_EQ(world.work(), world.issuers().members().size());
  world.clock.advance(world.issuer->certificate().not_after - world.clock.seconds() +
                      std::chrono::hours(48));
  const auto audited = [&] {
    std::size_t entries = 0;
    world.store->read([&](const storage::Snapshot& snapshot) {
      ca::read_audit(snapshot, 1, [&](const ca::AuditEntry&) {
        ++entries;
        return storage::Scan::proceed;
      });
    });
    return entries;
  };
  const auto before = audited();
  world.work();
  EXPECT_EQ(audited(), before) << "no number is taken";
  EXPECT_EQ(world.work(), 0);
  world.restart();
  EXPECT_EQ(world.work(), 0) << "and none is asked for again";
  world.store->write_and_wait([&](storage::Transaction& transaction) {
    acme::request_crl(transaction, world.issuer->id(), world.clock.seconds());
  });
  EXPECT_EQ(world.work(), 1);
  EXPECT_EQ(audited(), before);
}

// S-1: a schedule whose work was lost is taken up by the next start.
TEST(Issuance, PublishesTheNextCrlWhoseWorkWasLost) {
  World world;
  world.work();
  const std::string issuer = world.issuer->id();
  world.store->write_and_wait([&](storage::Transaction& transaction) {
    const auto schedule = acme::kCrlSchedules.get(transaction, issuer).value();
    const acme::WorkKey next{schedule.due, acme::WorkKind::publish_crl, issuer};
    acme::kDueWork.erase(transaction, next.encode());
  });
  world.is_tampered = true;
  world.restart();
  world.clock.advance(std::chrono::hours(1));
  EXPECT_EQ(world.work(), 1);
}

}  // namespace
}  // namespace tests
