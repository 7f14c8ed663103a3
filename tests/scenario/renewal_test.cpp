// Renewal information, the replacement of certificates, and profiles.
#include "acme/renewal.h"

#include "ca/certificate.h"
#include "ca/crypto/encoding.h"
#include "tests/scenario/world.h"

namespace tests {
namespace {

constexpr std::chrono::hours kDay{24};

/// A CA with one issued certificate.
class Renewal : public testing::Test {
 protected:
  std::string issue(const std::vector<std::string>& names) {
    const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
    const Json ended = issued(world, client, *key, names);
    leaf = leaf_of(world, client, ended["certificate"]);
    const auto view = ca::view_certificate(leaf).value();
    return acme::CertificateReference{view.authority_key_identifier, view.serial}.text();
  }
  acme::Result<acme::Reply> info(const std::string& of) {
    return acme::read_renewal_info(*world.services, {.id = of});
  }
  acme::Result<acme::Reply> order(const JwsClient& from,
                                  const std::string& name,
                                  const std::string& replaces) {
    return world.post(from, world.url(acme::paths::kNewOrder),
                      R"({"identifiers":[{"type":"dns","value":")" + name + R"("}],"replaces":")" +
                          replaces + "\"}");
  }

  World world;
  JwsClient client = registered(world);
  std::string leaf;
  std::string reference = issue({"a.example", "b.example"});
};

// RFC9773-4.2: ninety days from five minutes before 2026-12-01.
TEST_F(Renewal, SuggestsTheTimeAroundTwoThirdsOfTheLife) {
  const auto reply = info(reference);
  EXPECT_EQ(body_of(reply),
            Json::parse(R"({"suggestedWindow":)"
                        R"({"start":"2027-01-28T23:55:00Z","end":"2027-01-30T23:55:00Z"}})"));
  EXPECT_FALSE(reply->retry_after.has_value());
  EXPECT_GE(reply->fresh_for.value(), std::chrono::seconds(17'280));
  EXPECT_LE(reply->fresh_for.value(), std::chrono::seconds(25'920));
}

// RFC9773-4.2
TEST_F(Renewal, SuggestsToRenewAtOnceWhatWasRevoked) {
  world.clock.advance(kDay);
  body_of(world.post(client, world.url(acme::paths::kRevokeCert),
                     R"({"certificate":")" + ca::base64url(leaf) + R"("})"));
  EXPECT_EQ(body_of(info(reference))["suggestedWindow"]["end"], "2026-12-02T00:00:00Z");
}

// RFC9773-4.1
TEST_F(Renewal, KnowsNoOtherCertificates) {
  const auto view = ca::view_certificate(leaf).value();
  const std::string wrong_issuer = acme::CertificateReference{"other", view.serial}.text();
  const std::string wrong_serial =
      acme::CertificateReference{view.authority_key_identifier, "\x12\x34"}.text();
  for (const std::string& each : {wrong_issuer, wrong_serial, reference + "=", std::string("x")}) {
    refusal_of(info(each), ProblemType::malformed);
  }
}

// RFC9773-5
TEST_F(Renewal, IsNotedInTheOrderThatReplaces) {
  const auto reply = order(client, "a.example", reference);
  EXPECT_EQ(body_of(reply)["replaces"], reference);
  EXPECT_EQ(read(world, client, *reply->location)["replaces"], reference);
}

// RFC9773-5 WIR-16
TEST_F(Renewal, RefusesToReplaceWhatIsNotTheAccountsOrSharesNoName) {
  const JwsClient stranger = registered(world);
  const std::string unknown = acme::CertificateReference{"other", "\x12\x34"}.text();
  struct Row {
    acme::Result<acme::Reply> reply;
    const char* part;
  };
  const Row rows[] = {
      {order(stranger, "a.example", reference), "another account"},
      {order(client, "c.example", reference), "shares no identifier"},
      {order(client, "a.example", unknown), "no certificate"},
      {order(client, "a.example", "x.y"), "no certificate"},
      {order(client, "a.example", reference + "="), "no certificate"},
  };
  for (const Row& row : rows) {
    const std::string detail = refusal_of(row.reply, ProblemType::malformed);
    EXPECT_NE(detail.find("replaces"), std::string::npos) << detail;
    EXPECT_NE(detail.find(row.part), std::string::npos) << detail;
  }
  EXPECT_EQ(read(world, client, client.account().value() + "/orders")["orders"].size(), 1);
}

// RFC9773-5 WIR-16
TEST_F(Renewal, IsRefusedWhileAnotherOrderReplacesTheCertificate) {
  const auto first = order(client, "a.example", reference);
  const std::string url = *first.value().location;
  EXPECT_EQ(order(client, "a.example", reference).value().location, url) << "open orders come back";
  refusal_of(order(client, "b.example", reference), ProblemType::already_replaced);
  // The mark is free again when that order dies.
  body_of(world.post(client, body_of(first)["authorizations"][0], R"({"status":"deactivated"})"));
  EXPECT_EQ(read(world, client, url)["status"], "invalid");
  const auto second = order(client, "b.example", reference);
  EXPECT_EQ(body_of(second)["replaces"], reference);
}

// RFC9773-5: also when the replacing order has its certificate, and for ever.
TEST_F(Renewal, HappensOnce) {
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  const auto reply = order(client, "a.example", reference);
  body_of(world.post(client, body_of(reply)["finalize"], csr_payload(*key, {"a.example"})));
  world.work();
  EXPECT_EQ(read(world, client, *reply->location)["status"], "valid");
  world.restart();
  world.clock.advance(60 * kDay);
  refusal_of(order(client, "a.example", reference), ProblemType::already_replaced);
}

/// Two products that differ in how long an order lives.
policy::Catalog two_products() {
  policy::Product first = policy::Catalog().default_product();
  policy::Product second = first;
  second.name = "quick";
  second.description = "The same, with less time";
  second.order_lifetime = std::chrono::hours(10);
  return policy::Catalog({first, second});
}

// draft-ietf-acme-profiles-4
TEST(Profiles, AreChosenInTheOrderOrByTheDirectory) {
  World world({}, two_products());
  const JwsClient client = registered(world);
  const std::string by_path = world.urls.profile_new_order("quick");
  const std::string names = R"("identifiers":[{"type":"dns","value":"a.example"}])";
  const auto of = [&](const std::string& url, const std::string& payload) {
    return body_of(world.post(client, url, "{" + names + payload + "}"));
  };
  const std::string new_order = world.url(acme::paths::kNewOrder);
  EXPECT_EQ(of(new_order, "")["profile"], "dv");
  EXPECT_EQ(of(new_order, R"(,"profile":"quick")")["profile"], "quick");
  EXPECT_EQ(of(by_path, "")["profile"], "quick");
  EXPECT_EQ(of(by_path, R"(,"profile":"quick")")["expires"], "2026-12-01T10:00:00Z");
  EXPECT_NE(of(new_order, "")["finalize"], of(by_path, "")["finalize"])
      << "an order of one profile was given out for another";
}

// draft-ietf-acme-profiles-4
TEST(Profiles, RefuseWhatTheDirectoryDoesNotOffer) {
  World world({}, two_products());
  const JwsClient client = registered(world);
  const std::string names = R"("identifiers":[{"type":"dns","value":"a.example"}])";
  const auto refused = [&](const std::string& url, const std::string& payload) {
    return refusal_of(world.post(client, url, "{" + names + payload + "}"),
                      ProblemType::invalid_profile);
  };
  refused(world.urls.profile_new_order("gold"), "");
  const std::string detail = refused(world.urls.profile_new_order("quick"), R"(,"profile":"dv")");
  EXPECT_NE(detail.find("\"dv\""), std::string::npos) << detail;
  EXPECT_NE(detail.find("\"quick\""), std::string::npos) << detail;
}

// draft-ietf-acme-profiles-4
TEST(Profiles, ThatAreWithdrawnIssueNothing) {
  World world({}, two_products());
  const JwsClient client = registered(world);
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  const auto reply = world.post(client, world.urls.profile_new_order("quick"),
                                R"({"identifiers":[{"type":"dns","value":"a.example"}]})");
  world.fetcher.serve_challenges("a.example", client.thumbprint());
  const ClientOrder order{reply.value().location.value(), body_of(reply)};
  body_of(world.post(client, challenge_of(world, client, order, 0), "{}"));
  world.work();
  world.catalog = policy::Catalog();
  const std::string detail =
      refusal_of(world.post(client, order.finalize(), csr_payload(*key, {"a.example"})),
                 ProblemType::invalid_profile);
  EXPECT_NE(detail.find("\"quick\""), std::string::npos) << detail;
  EXPECT_EQ(read(world, client, order.url)["status"], "ready");
}

// X-5
TEST(Profiles, HaveADirectoryEach) {
  World world({}, two_products());
  const Json directory =
      body_of(acme::read_profile_directory(*world.services, {.id = {}, .profile = "quick"}));
  EXPECT_EQ(directory["newOrder"], world.urls.profile_new_order("quick"));
  EXPECT_EQ(directory["meta"]["profiles"], Json({{"quick", "The same, with less time"}}));
  refusal_of(acme::read_profile_directory(*world.services, {.id = {}, .profile = "gold"}),
             ProblemType::invalid_profile);
}

// X-5: each policy has a directory with all that Chrome's programme asks for.
TEST(Profiles, HaveDirectoriesWithRenewalInformation) {
  World world;
  ASSERT_FALSE(world.meta.profiles.empty());
  for (const acme::ProfileSummary& profile : world.meta.profiles) {
    SCOPED_TRACE(profile.name);
    const Json directory =
        body_of(acme::read_profile_directory(*world.services, {.id = {}, .profile = profile.name}));
    for (const char* const resource :
         {"newNonce", "newAccount", "newOrder", "revokeCert", "keyChange", "renewalInfo"}) {
      EXPECT_TRUE(directory.value(resource, "").starts_with("https://ca.example/")) << resource;
    }
    EXPECT_EQ(directory["renewalInfo"], world.url(acme::paths::kRenewalInfo));
    EXPECT_EQ(directory["meta"]["profiles"].size(), 1);
  }
}

}  // namespace
}  // namespace tests
