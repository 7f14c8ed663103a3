// Terms of service that change under the accounts that agreed to others.
#include <gmock/gmock.h>

#include "acme/records/account_record.h"
#include "ca/audit_log.h"
#include "ca/crypto/encoding.h"
#include "tests/scenario/world.h"

namespace tests {
namespace {

constexpr std::string_view kFirst = "https://ca.example/terms/1";
constexpr std::string_view kSecond = "https://ca.example/terms/2";
constexpr std::string_view kAgree = R"({"termsOfServiceAgreed":true})";

std::string order_payload(const std::string& name) {
  return R"({"identifiers":[{"type":"dns","value":")" + name + R"("}]})";
}

acme::AccountRecord stored(World& world, const JwsClient& client) {
  const acme::AccountId id = world.urls.account_of(client.account().value()).value();
  return world.store->read([&](const storage::Snapshot& snapshot) {
    return acme::kAccounts.get(snapshot, id.octets()).value();
  });
}

void expect_agreement_needed(const acme::Result<acme::Reply>& reply, std::string_view terms) {
  refusal_of(reply, ProblemType::user_action_required);
  ASSERT_FALSE(reply.has_value());
  ASSERT_EQ(reply.error().links().size(), 1);
  EXPECT_EQ(reply.error().links()[0].url, terms);
  EXPECT_EQ(reply.error().links()[0].relation, "terms-of-service");
}

// O-11 RFC8555-7.3.3
TEST(Terms, ThatChangedHoldUpNewWorkUntilTheAccountAgrees) {
  World world;
  world.meta.terms_of_service = kFirst;
  const JwsClient client = registered(world);
  const std::string url = client.account().value();
  const ClientOrder ready = ready_order(world, client, {"r.example"});
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  EXPECT_EQ(read(world, client, url)["termsOfServiceAgreed"], true);

  world.meta.terms_of_service = kSecond;
  EXPECT_FALSE(read(world, client, url).contains("termsOfServiceAgreed"));
  const std::string new_order = world.url(acme::paths::kNewOrder);
  const auto refused = world.post(client, new_order, order_payload("a.example"));
  expect_agreement_needed(refused, kSecond);
  EXPECT_NE(refused.error().detail().find("have changed"), std::string::npos);
  expect_agreement_needed(world.post(client, ready.finalize(), csr_payload(*key, {"r.example"})),
                          kSecond);
  EXPECT_EQ(read(world, client, ready.url)["status"], "ready");

  world.clock.advance(std::chrono::hours(1));
  const auto agreed = world.post(client, url, std::string(kAgree));
  EXPECT_EQ(body_of(agreed)["termsOfServiceAgreed"], true);
  EXPECT_EQ(stored(world, client).terms_agreed, kSecond);
  EXPECT_EQ(stored(world, client).terms_agreed_at, world.clock.seconds());
  EXPECT_TRUE(world.post(client, new_order, order_payload("a.example")).has_value());
  body_of(world.post(client, ready.finalize(), csr_payload(*key, {"r.example"})));
  world.work();
  EXPECT_EQ(read(world, client, ready.url)["status"], "valid");
}

// RFC8555-7.3.3: what reads, revokes, proves or is about the account itself stays open.
TEST(Terms, ThatChangedLeaveEverythingElseOpen) {
  World world;
  world.meta.terms_of_service = kFirst;
  const JwsClient client = registered(world);
  const std::string account = client.account().value();
  const ClientOrder pending = ordered(world, client, {"a.example"});
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  const Json done = issued(world, client, *key, {"i.example"});
  const std::string leaf = ca::base64url(leaf_of(world, client, done["certificate"]));
  const JwsClient next;
  const std::string change =
      make_jws(next.signer(),
               R"({"alg":"ES256","jwk":)" + acme::canonical_jwk(next.public_key()) + R"(,"url":")" +
                   world.url(acme::paths::kKeyChange) + R"("})",
               R"({"account":")" + account + R"(","oldKey":)" +
                   acme::canonical_jwk(client.public_key()) + "}");
  const std::vector<std::pair<std::string, std::string>> open{
      {account, ""},
      {account, R"({"contact":["mailto:a@b.example"]})"},
      {account + "/orders", ""},
      {pending.url, ""},
      {pending.authorization(0), ""},
      {challenge_of(world, client, pending, 0), "{}"},
      {pending.authorization(0), R"({"status":"deactivated"})"},
      {done["certificate"], ""},
      {world.url(acme::paths::kRevokeCert), R"({"certificate":")" + leaf + R"("})"},
      {world.url(acme::paths::kKeyChange), change},
  };
  world.meta.terms_of_service = kSecond;
  for (const auto& [url, payload] : open) {
    SCOPED_TRACE(url + " " + payload);
    const auto reply = world.post(client, url, payload);
    EXPECT_TRUE(reply.has_value()) << reply.error().detail();
  }
}

// RFC8555-7.3.3
TEST(Terms, AreAgreedToByTrueAndByNothingElse) {
  World world;
  world.meta.terms_of_service = kFirst;
  const JwsClient client = registered(world);
  const std::string url = client.account().value();
  world.meta.terms_of_service = kSecond;
  for (const std::string payload :
       {"{}", R"({"termsOfServiceAgreed":false})", R"({"termsOfServiceAgreed":null})",
        R"({"contact":["mailto:a@b.example"]})"}) {
    EXPECT_FALSE(body_of(world.post(client, url, payload)).contains("termsOfServiceAgreed"));
  }
  refusal_of(world.post(client, url, R"({"termsOfServiceAgreed":"yes"})"), ProblemType::malformed);
  EXPECT_EQ(stored(world, client).terms_agreed, kFirst);
  body_of(world.post(client, url, std::string(kAgree)));
  // An agreement cannot be taken back, and a second one changes nothing.
  world.clock.advance(std::chrono::hours(1));
  const acme::AccountRecord before = stored(world, client);
  body_of(world.post(client, url, R"({"termsOfServiceAgreed":false})"));
  body_of(world.post(client, url, std::string(kAgree)));
  EXPECT_EQ(stored(world, client), before);
}

// RFC8555-7.3.3
TEST(Terms, ThatCameAfterTheAccountAreForItToo) {
  World world;
  const JwsClient client = registered(world, "{}");
  const std::string new_order = world.url(acme::paths::kNewOrder);
  EXPECT_TRUE(world.post(client, new_order, order_payload("a.example")).has_value());
  world.meta.terms_of_service = kFirst;
  const auto refused = world.post(client, new_order, order_payload("b.example"));
  expect_agreement_needed(refused, kFirst);
  EXPECT_NE(refused.error().detail().find("has not agreed"), std::string::npos);
  body_of(world.post(client, client.account().value(), std::string(kAgree)));
  EXPECT_TRUE(world.post(client, new_order, order_payload("b.example")).has_value());
  world.meta.terms_of_service.clear();
  EXPECT_TRUE(world.post(client, new_order, order_payload("c.example")).has_value());
}

// RFC8555-7.3.3 RFC8555-7.3.6: whoever agrees and leaves with one request has done both.
TEST(Terms, AreInTheLogOfAnAccountThatLeavesWithTheSameRequest) {
  World world;
  world.meta.terms_of_service = kFirst;
  const JwsClient client = registered(world);
  world.meta.terms_of_service = kSecond;
  body_of(world.post(client, client.account().value(),
                     R"({"termsOfServiceAgreed":true,"status":"deactivated"})"));
  EXPECT_EQ(stored(world, client).status, acme::AccountStatus::deactivated);
  EXPECT_EQ(stored(world, client).terms_agreed, kSecond);
  std::vector<std::string> events;
  world.store->read([&](const storage::Snapshot& snapshot) {
    ca::read_audit(snapshot, 1, [&](const ca::AuditEntry& entry) {
      events.push_back(entry.event);
      if (entry.event == "account.terms_agreed") {
        EXPECT_THAT(entry.facts, testing::ElementsAre(testing::Pair("terms", kSecond)));
      }
      return storage::Scan::proceed;
    });
  });
  EXPECT_THAT(events, testing::IsSupersetOf({"account.terms_agreed", "account.deactivated"}));
}

// RFC8555-7.3.1
TEST(Terms, AreNotAgreedToByLookingAnAccountUp) {
  World world;
  world.meta.terms_of_service = kFirst;
  JwsClient client = registered(world);
  const std::string url = client.account().value();
  world.meta.terms_of_service = kSecond;
  client.forget_account();
  const auto found = world.post(client, world.url(acme::paths::kNewAccount), std::string(kAgree));
  EXPECT_FALSE(body_of(found).contains("termsOfServiceAgreed"));
  client.use_account(url);
  EXPECT_EQ(stored(world, client).terms_agreed, kFirst);
}

}  // namespace
}  // namespace tests
