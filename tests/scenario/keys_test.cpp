// Keys that play two parts, and keys that others have too.

#include "ca/crypto/encoding.h"
#include "ca/ledger.h"
#include "tests/scenario/world.h"
#include "tests/support/csr.h"
#include "tests/support/weak_list.h"

namespace tests {
namespace {

void block(World& world, const ca::PublicKey& key) {
  world.store->write_and_wait([&](storage::Transaction& transaction) {
    ca::Ledger::block_key(transaction, key.spki_sha256(), "for a test", world.clock.seconds());
  });
}

// RFC8555-6.7 BR-6.1.6
TEST(Keys, OfARequestThatAreNotAcceptableAreBadCsr) {
  World world;
  const JwsClient client = registered(world);
  const ClientOrder order = ready_order(world, client, {"a.example"});
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  CsrParts parts;
  parts.spki = key->public_key().spki();
  parts.spki.back() = static_cast<char>(parts.spki.back() ^ 1);  // not a point of the curve
  ASSERT_EQ(ca::PublicKey::from_spki(parts.spki).error().kind(), ca::RejectionKind::bad_public_key);
  const std::string payload = R"({"csr":")" + ca::base64url(sign_csr(*key, parts)) + R"("})";
  refusal_of(world.post(client, order.finalize(), payload), ProblemType::bad_csr);
}

// T-E9 K-7 RFC8555-11.1
TEST(Keys, OfAnAccountMadeAfterTheRequestWasJudgedAreNotCertified) {
  World world;
  const JwsClient client = registered(world);
  const ClientOrder order = ready_order(world, client, {"a.example"});
  const JwsClient late;
  body_of(world.post(client, order.finalize(), csr_payload(late.signer(), {"a.example"})));
  body_of(world.post(late, world.url(acme::paths::kNewAccount), "{}"));
  world.work();
  const Json ended = read(world, client, order.url);
  EXPECT_EQ(ended["status"], "invalid");
  EXPECT_EQ(ended["error"]["type"], "urn:ietf:params:acme:error:badCSR");
}

// T-E9 K-6 BR-6.1.1.3
TEST(Keys, ThatWereReportedCompromisedOpenNoAccount) {
  World world;
  const JwsClient client;
  block(world, client.signer().public_key());
  refusal_of(world.post(client, world.url(acme::paths::kNewAccount), "{}"),
             ProblemType::bad_public_key);
  refusal_of(
      world.post(client, world.url(acme::paths::kNewAccount), R"({"onlyReturnExisting":true})"),
      ProblemType::account_does_not_exist);
}

// K-3 T-E1 BR-6.1.1.3: an account that was there before the list speaks on.
TEST(Keys, ThatABrokenGeneratorMadeOpenNoAccount) {
  World world;
  JwsClient older = registered(world);
  const JwsClient client;
  {
    const WeakList list(client.signer().public_key());
    refusal_of(world.post(client, world.url(acme::paths::kNewAccount), "{}"),
               ProblemType::bad_public_key);
  }
  body_of(world.post(client, world.url(acme::paths::kNewAccount), "{}"));
  const WeakList list(older.signer().public_key());
  ordered(world, older, {"a.example"});
}

// K-3 T-E1 BR-6.1.1.3: at finalize, and again before the signature.
TEST(Keys, ThatABrokenGeneratorMadeAreNotCertified) {
  World world;
  const JwsClient client = registered(world);
  const ClientOrder order = ready_order(world, client, {"a.example"});
  const ClientOrder second = ready_order(world, client, {"b.example"});
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  body_of(world.post(client, order.finalize(), csr_payload(*key, {"a.example"})));
  const WeakList list(key->public_key());
  refusal_of(world.post(client, second.finalize(), csr_payload(*key, {"b.example"})),
             ProblemType::bad_csr);
  world.work();
  EXPECT_EQ(read(world, client, order.url)["status"], "invalid");
}

// BR-6.1.1.3
TEST(Keys, ThatWereReportedCompromisedSpeakForNoAccount) {
  World world;
  const JwsClient client = registered(world);
  const ClientOrder order = ordered(world, client, {"a.example"});
  block(world, client.signer().public_key());
  refusal_of(world.post(client, order.url, ""), ProblemType::unauthorized);
}

}  // namespace
}  // namespace tests
