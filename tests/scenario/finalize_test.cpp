// Finalizing orders, and issuing what was finalized.
#include "acme/fulfilment/issuance_work.h"
#include "ca/crypto/encoding.h"
#include "tests/scenario/world.h"
#include "tests/support/csr.h"

namespace tests {
namespace {

struct RefusedRequest {
  std::vector<std::string> names;
  const char* quoted;
};

// RFC8555-7.4
TEST(FinalizeOrder, RefusesRequestsForOtherNamesAndStaysReady) {
  World world;
  const JwsClient client = registered(world);
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  const ClientOrder order = ready_order(world, client, {"a.example", "b.example"});
  const std::vector<RefusedRequest> refused{
      {{"a.example"}, "missing: \"b.example\""},
      {{"a.example", "b.example", "c.example"}, "not ordered: \"c.example\""},
      {{"a.example", "c.example"}, "not ordered: \"c.example\"; missing: \"b.example\""},
  };
  for (const RefusedRequest& each : refused) {
    const auto reply = world.post(client, order.finalize(), csr_payload(*key, each.names));
    const std::string detail = refusal_of(reply, ProblemType::bad_csr);
    EXPECT_NE(detail.find(each.quoted), std::string::npos) << detail;
  }
  EXPECT_EQ(read(world, client, order.url)["status"], "ready");
}

// RFC8555-7.4
TEST(FinalizeOrder, RefusesWhatIsNotARequest) {
  World world;
  const JwsClient client = registered(world);
  const ClientOrder order = ready_order(world, client, {"a.example"});
  refusal_of(world.post(client, order.finalize(), ""), ProblemType::malformed);
  refusal_of(world.post(client, order.finalize(), "{}"), ProblemType::malformed);
  refusal_of(world.post(client, order.finalize(), R"({"csr":"!"})"), ProblemType::malformed);
  refusal_of(world.post(client, order.finalize(), R"({"csr":"MAAA"})"), ProblemType::bad_csr);
  EXPECT_EQ(read(world, client, order.url)["status"], "ready");
}

// T-E9 K-7 RFC8555-11.1
TEST(FinalizeOrder, RefusesTheKeyOfAnyAccount) {
  World world;
  const JwsClient client = registered(world);
  const JwsClient other = registered(world);
  const ClientOrder order = ready_order(world, client, {"a.example"});
  for (const JwsClient* owner : {&client, &other}) {
    refusal_of(world.post(client, order.finalize(), csr_payload(owner->signer(), {"a.example"})),
               ProblemType::bad_csr);
  }
  EXPECT_EQ(read(world, client, order.url)["status"], "ready");
}

// ACME-WIRE-6 acme-3.10.4
TEST(FinalizeOrder, OutsideReadySaysWhereToLookAndWhatIsThere) {
  World world;
  const JwsClient client = registered(world);
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  const std::string payload = csr_payload(*key, {"a.example"});
  const auto expect_refusal = [&](const ClientOrder& order, const std::string& status) {
    const auto reply = world.post(client, order.finalize(), payload);
    const std::string detail = refusal_of(reply, ProblemType::order_not_ready);
    EXPECT_NE(detail.find(status), std::string::npos) << detail;
    EXPECT_EQ(reply.error().location(), order.url);
  };
  expect_refusal(ordered(world, client, {"a.example"}), "pending");
  const ClientOrder order = ready_order(world, client, {"a.example"});
  body_of(world.post(client, order.finalize(), payload));
  expect_refusal(order, "processing");
  world.work();
  expect_refusal(order, "valid");
  const ClientOrder withdrawn = ready_order(world, client, {"a.example"});
  body_of(world.post(client, withdrawn.authorization(0), R"({"status":"deactivated"})"));
  expect_refusal(withdrawn, "invalid");
}

// ACME-WIRE-30 ACME-WIRE-5
TEST(FinalizeOrder, NeverStepsBackBehindProcessing) {
  World world;
  const JwsClient client = registered(world);
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  const ClientOrder order = ready_order(world, client, {"a.example"});
  EXPECT_EQ(
      body_of(world.post(client, order.finalize(), csr_payload(*key, {"a.example"})))["status"],
      "processing");
  world.clock.advance(std::chrono::hours(24 * 365));
  EXPECT_EQ(read(world, client, order.url)["status"], "processing");
  world.work();
  const Json ended = read(world, client, order.url);
  EXPECT_EQ(ended["status"], "invalid");
  EXPECT_EQ(ended["error"]["type"], "urn:ietf:params:acme:error:serverInternal");
}

// T-D9
TEST(FinalizeOrder, IssuesNothingToAnAccountDeactivatedMeanwhile) {
  World world;
  const JwsClient client = registered(world);
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  const ClientOrder order = ready_order(world, client, {"a.example"});
  body_of(world.post(client, order.finalize(), csr_payload(*key, {"a.example"})));
  body_of(world.post(client, client.account().value(), R"({"status":"deactivated"})"));
  world.signer_watch.fault = SignerWatch::Fault::before_signing;
  world.work();
  EXPECT_EQ(world.signer_watch.fault, SignerWatch::Fault::before_signing) << "something was signed";
}

// T-E9 BR-6.1.1.3 K-6
TEST(FinalizeOrder, RefusesAKeyThatWasReportedCompromised) {
  World world;
  const JwsClient client = registered(world);
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  const Json first = issued(world, client, *key, {"a.example"});
  const ClientOrder ready = ready_order(world, client, {"a.example"});
  const ClientOrder claimed = ready_order(world, client, {"b.example"});
  body_of(world.post(client, claimed.finalize(), csr_payload(*key, {"b.example"})));
  const std::string leaf = leaf_of(world, client, first["certificate"]);
  body_of(world.post(client, world.url(acme::paths::kRevokeCert),
                     R"({"certificate":")" + ca::base64url(leaf) + R"(","reason":1})"));

  refusal_of(world.post(client, ready.finalize(), csr_payload(*key, {"a.example"})),
             ProblemType::bad_csr);
  EXPECT_EQ(read(world, client, ready.url)["status"], "ready");
  world.work();
  const Json ended = read(world, client, claimed.url);
  EXPECT_EQ(ended["status"], "invalid");
  EXPECT_EQ(ended["error"]["type"], "urn:ietf:params:acme:error:badCSR");
}

// ACME-WIRE-22
TEST(FinalizeOrder, ForgivesThePaddingOfARequest) {
  World world;
  const JwsClient client = registered(world);
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  const ClientOrder order = ready_order(world, client, {"a.example"});
  std::string csr = ca::base64url(make_csr(*key, {"a.example"}));
  while (csr.size() % 4 != 0) csr += '=';
  EXPECT_EQ(body_of(world.post(client, order.finalize(), R"({"csr":")" + csr + R"("})"))["status"],
            "processing");
  world.work();
  EXPECT_EQ(read(world, client, order.url)["status"], "valid");
}

// T-D10
TEST(Issuance, FailsAnOrderWhoseAuthorizationEndedBeforeItWasSigned) {
  World world;
  const JwsClient client = registered(world);
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  const ClientOrder order = ready_order(world, client, {"a.example"});
  body_of(world.post(client, order.finalize(), csr_payload(*key, {"a.example"})));
  world.clock.advance(std::chrono::minutes(1));
  // No request can do this; a later policy of the CA might.
  world.store->write_and_wait([&](storage::Transaction& transaction) {
    const std::string url = order.authorization(0);
    const auto id = acme::AuthorizationId::parse(url.substr(url.rfind('/') + 1)).value();
    auto record = acme::kAuthorizations.get(transaction, id.octets()).value();
    record.expires = world.clock.seconds() - std::chrono::seconds(1);
    acme::kAuthorizations.put(transaction, id.octets(), record);
  });
  world.work();
  const Json ended = read(world, client, order.url);
  EXPECT_EQ(ended["status"], "invalid");
  EXPECT_EQ(ended["error"]["type"], "urn:ietf:params:acme:error:unauthorized");
}

}  // namespace
}  // namespace tests
