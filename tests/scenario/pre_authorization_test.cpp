// newAuthz, and authorizations for all names under a domain.
#include "acme/records/authorization_record.h"
#include "tests/scenario/world.h"

namespace tests {
namespace {

acme::Result<acme::Reply> new_authz(World& world,
                                    const JwsClient& client,
                                    const std::string& identifier) {
  return world.post(client, world.url(acme::paths::kNewAuthz),
                    R"({"identifier":)" + identifier + "}");
}

void prove(World& world, const JwsClient& client, const std::string& name, const Json& made) {
  world.fetcher.serve_challenges(name, client.thumbprint());
  body_of(world.post(client, made["challenges"][0]["url"], "{}"));
  world.work();
}

// RFC8555-7.4.1
TEST(NewAuthorization, IsProvenBeforeTheOrder) {
  World world;
  const JwsClient client = registered(world);
  const auto reply = new_authz(world, client, R"({"type":"dns","value":"A.example"})");
  const Json made = body_of(reply);
  EXPECT_EQ(reply->outcome, acme::Outcome::created);
  EXPECT_EQ(made["status"], "pending");
  EXPECT_EQ(made["identifier"], Json({{"type", "dns"}, {"value", "a.example"}}));
  EXPECT_FALSE(made.contains("subdomainAuthAllowed"));
  prove(world, client, "a.example", made);
  EXPECT_EQ(read(world, client, *reply->location)["status"], "valid");
  const ClientOrder order = ordered(world, client, {"a.example"});
  EXPECT_EQ(order.body["status"], "ready");
  EXPECT_EQ(order.authorization(0), *reply->location);
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  body_of(world.post(client, order.finalize(), csr_payload(*key, {"a.example"})));
  world.work();
  EXPECT_EQ(read(world, client, order.url)["status"], "valid");
}

// RFC8555-7.4.1
TEST(NewAuthorization, AnswersWithTheValidOneThatThereIs) {
  World world;
  const JwsClient client = registered(world);
  const ClientOrder order = ready_order(world, client, {"a.example"});
  const auto again = new_authz(world, client, R"({"type":"dns","value":"a.example"})");
  EXPECT_EQ(again.value().outcome, acme::Outcome::ok);
  EXPECT_EQ(again->location, order.authorization(0));
  const auto of_another =
      new_authz(world, registered(world), R"({"type":"dns","value":"a.example"})");
  EXPECT_EQ(of_another.value().outcome, acme::Outcome::created);
}

// RFC8555-7.4.1
TEST(NewAuthorization, RefusesWildcardsAndWhatIsNeverCertified) {
  World world;
  const JwsClient client = registered(world);
  struct Row {
    const char* identifier;
    ProblemType type;
  };
  const Row rows[] = {
      {R"({"type":"dns","value":"*.a.example"})", ProblemType::malformed},
      {R"({"type":"dns","value":"under_score.example"})", ProblemType::malformed},
      {R"({"type":"dns","value":"1.in-addr.arpa"})", ProblemType::rejected_identifier},
      {R"({"type":"email","value":"a@b.example"})", ProblemType::unsupported_identifier},
      {R"({"type":"dns"})", ProblemType::malformed},
      {R"({"type":"dns","value":"a.example","subdomainAuthAllowed":"yes"})",
       ProblemType::malformed},
      {R"("a.example")", ProblemType::malformed},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.identifier);
    refusal_of(new_authz(world, client, row.identifier), row.type);
  }
  world.store->read([](const storage::Snapshot& snapshot) {
    EXPECT_FALSE(snapshot.last(acme::kAuthorizations.name()).has_value());
  });
}

TEST(NewAuthorization, CanBeDeactivated) {
  World world;
  const JwsClient client = registered(world);
  const auto reply = new_authz(world, client, R"({"type":"dns","value":"a.example"})");
  const Json ended =
      body_of(world.post(client, reply.value().location.value(), R"({"status":"deactivated"})"));
  EXPECT_EQ(ended["status"], "deactivated");
}

// RFC9444-4.2: no method of this product proves more than the name.
TEST(NewAuthorization, IsForTheNameAloneWherePolicyDoesNotAllowIt) {
  World world;
  const JwsClient client = registered(world);
  const Json made = body_of(new_authz(
      world, client, R"({"type":"dns","value":"a.example","subdomainAuthAllowed":true})"));
  EXPECT_FALSE(made.contains("subdomainAuthAllowed"));
  prove(world, client, "a.example", made);
  EXPECT_EQ(ordered(world, client, {"b.a.example"}).body["status"], "pending");
}

/// A product whose only method proves all names under one. Its attempt is not run here: the store
/// is told that it succeeded.
class SubdomainAuthorization : public testing::Test {
 protected:
  static policy::Catalog catalog() {
    policy::Product product = policy::Catalog().default_product();
    product.methods = {policy::ValidationMethod::dns_01};
    return policy::Catalog({product});
  }
  SubdomainAuthorization() { world.is_tampered = true; }  // the audit log knows of no attempt

  void make_valid(const std::string& url) {
    const auto id = acme::AuthorizationId::parse(url.substr(url.rfind('/') + 1)).value();
    world.store->write_and_wait([&](storage::Transaction& transaction) {
      auto record = acme::kAuthorizations.get(transaction, id.octets()).value();
      record.challenges.front().status = acme::ChallengeStatus::valid;
      record.challenges.front().validated_at = world.clock.seconds();
      record.expires = world.clock.seconds() + std::chrono::hours(720);
      acme::kAuthorizations.put(transaction, id.octets(), record);
      for (const std::string& key : acme::account_keys_of(record)) {
        transaction.put(acme::kAccountNames, key, id.octets());
      }
    });
  }
  ClientOrder order(const std::string& identifiers) {
    const auto reply = world.post(client, world.url(acme::paths::kNewOrder),
                                  R"({"identifiers":[)" + identifiers + "]}");
    return {reply.value().location.value(), body_of(reply)};
  }

  World world{{}, catalog()};
  JwsClient client = registered(world);
};

// RFC9444-4.1 RFC9444-4.2
TEST_F(SubdomainAuthorization, CoversEveryNameUnderItsDomain) {
  const auto reply =
      new_authz(world, client, R"({"type":"dns","value":"a.example","subdomainAuthAllowed":true})");
  const Json made = body_of(reply);
  EXPECT_EQ(made["subdomainAuthAllowed"], true);
  EXPECT_EQ(made["wildcard"], true);
  make_valid(*reply->location);
  const ClientOrder covered = ordered(world, client, {"a.example", "c.b.a.example", "*.a.example"});
  EXPECT_EQ(covered.body["status"], "ready");
  EXPECT_EQ(covered.body["authorizations"], Json({*reply->location}));
  for (const char* name : {"ba.example", "example.example", "b.a.example.example"}) {
    EXPECT_EQ(ordered(world, client, {name}).body["status"], "pending") << name;
  }
  EXPECT_EQ(ordered(world, registered(world), {"b.a.example"}).body["status"], "pending");
}

// RFC9444-4.3
TEST_F(SubdomainAuthorization, IsAskedForOnceForAllNamesOfAnOrder) {
  const ClientOrder made =
      order(R"({"type":"dns","value":"x.b.a.example","ancestorDomain":"a.example"},)"
            R"({"type":"dns","value":"y.a.example","ancestorDomain":"A.example"},)"
            R"({"type":"dns","value":"z.example"})");
  ASSERT_EQ(made.body["authorizations"].size(), 2);
  const Json domain = read(world, client, made.authorization(0));
  EXPECT_EQ(domain["identifier"]["value"], "a.example");
  EXPECT_EQ(domain["subdomainAuthAllowed"], true);
  EXPECT_EQ(read(world, client, made.authorization(1))["identifier"]["value"], "z.example");
  make_valid(made.authorization(0));
  make_valid(made.authorization(1));
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  body_of(world.post(client, made.finalize(),
                     csr_payload(*key, {"x.b.a.example", "y.a.example", "z.example"})));
  world.work();
  EXPECT_EQ(read(world, client, made.url)["status"], "valid");
}

// RFC9444-4.3: an ancestor holds the name, on whole labels, and is not the name.
TEST_F(SubdomainAuthorization, RefusesWhatIsNoAncestor) {
  for (const char* ancestor :
       {"b.a.example", "c.example", "xample", "a.exampl", "*.a.example", "", "x.b.a.example"}) {
    const auto reply =
        world.post(client, world.url(acme::paths::kNewOrder),
                   R"({"identifiers":[{"type":"dns","value":"b.a.example","ancestorDomain":")" +
                       std::string(ancestor) + "\"}]}");
    const std::string detail = refusal_of(reply, ProblemType::malformed);
    EXPECT_NE(detail.find("ancestorDomain"), std::string::npos) << detail;
  }
}

// BR-3.2.2.4 V-31: nobody controls all names under a public suffix.
TEST_F(SubdomainAuthorization, NeverReachesAPublicSuffix) {
  const ClientOrder made = order(R"({"type":"dns","value":"b.a.co.uk","ancestorDomain":"co.uk"})");
  const Json alone = read(world, client, made.authorization(0));
  EXPECT_EQ(alone["identifier"]["value"], "b.a.co.uk");
  EXPECT_FALSE(alone.contains("subdomainAuthAllowed"));
}

// RFC8555-7.5.2
TEST_F(SubdomainAuthorization, EndsForAllNamesWhenItIsDeactivated) {
  const auto reply =
      new_authz(world, client, R"({"type":"dns","value":"a.example","subdomainAuthAllowed":true})");
  make_valid(reply.value().location.value());
  const ClientOrder ready = ordered(world, client, {"b.a.example"});
  body_of(world.post(client, *reply->location, R"({"status":"deactivated"})"));
  EXPECT_EQ(read(world, client, ready.url)["status"], "invalid");
  EXPECT_EQ(ordered(world, client, {"c.a.example"}).body["status"], "pending");
}

}  // namespace
}  // namespace tests
