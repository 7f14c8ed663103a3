// newAuthz, and authorizations for all names under a domain.
#include "acme/records/authorization_record.h"
#include "policy/stops/stop.h"
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

void stop_method(World& world, const std::string& method) {
  world.store->write_and_wait([&](storage::Transaction& transaction) {
    return policy::stop(transaction, {policy::StopKind::method, method},
                        {.since = world.clock.seconds(), .person = "alice", .reason = "r"});
  });
}
void resume_method(World& world, const std::string& method) {
  world.store->write_and_wait([&](storage::Transaction& transaction) {
    return policy::resume(transaction, {policy::StopKind::method, method}, "bob", "over",
                          world.clock.seconds());
  });
}

// X-4 T-A7: what was proven before any order is taken like what an order had proven.
TEST(NewAuthorization, CountsForNothingWhileItsMethodIsStopped) {
  World world;
  const JwsClient client = registered(world);
  const std::string identifier = R"({"type":"dns","value":"a.example"})";
  const auto reply = new_authz(world, client, identifier);
  prove(world, client, "a.example", body_of(reply));
  const ClientOrder before = ordered(world, client, {"a.example"});
  EXPECT_EQ(before.body["status"], "ready");
  stop_method(world, "http-01");
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  refusal_of(world.post(client, before.finalize(), csr_payload(*key, {"a.example"})),
             ProblemType::unauthorized);
  const auto again = new_authz(world, client, identifier);
  EXPECT_EQ(again.value().outcome, acme::Outcome::created);
  EXPECT_NE(again->location, reply->location);
  const ClientOrder after = ordered(world, client, {"a.example"});
  EXPECT_EQ(after.body["status"], "pending");
  for (const auto& authorization : {*again->location, after.authorization(0)}) {
    const Json offered = read(world, client, authorization)["challenges"];
    EXPECT_EQ(offered.size(), 2);
    for (const Json& each : offered) EXPECT_NE(each["type"], "http-01");
  }
  resume_method(world, "http-01");
  body_of(world.post(client, before.finalize(), csr_payload(*key, {"a.example"})));
  world.work();
  EXPECT_EQ(read(world, client, before.url)["status"], "valid");
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
  policy::Product product = policy::Catalog().default_product();
  product.methods = {policy::ValidationMethod::http_01, policy::ValidationMethod::tls_alpn_01};
  World world({}, policy::Catalog({product}));
  const JwsClient client = registered(world);
  const Json made = body_of(new_authz(
      world, client, R"({"type":"dns","value":"a.example","subdomainAuthAllowed":true})"));
  EXPECT_FALSE(made.contains("subdomainAuthAllowed"));
  prove(world, client, "a.example", made);
  EXPECT_EQ(ordered(world, client, {"b.a.example"}).body["status"], "pending");
}

// RFC8555-7.3.3 BR-9.6.3
TEST(NewAuthorization, WaitsForTheTermsThereAreNow) {
  World world;
  const JwsClient client = registered(world);
  world.meta.terms_of_service = "https://ca.example/terms/2";
  refusal_of(new_authz(world, client, R"({"type":"dns","value":"a.example"})"),
             ProblemType::user_action_required);
}

class SubdomainAuthorization : public testing::Test {
 protected:
  /// Proves the authorization at `url`, which is for `domain`, by dns-01.
  void make_valid(const std::string& url, const std::string& domain) {
    const ClientOrder one{"", Json{{"authorizations", Json::array({url})}}};
    answer_dns_01(world, client, one, 0, domain);
    world.work();
    ASSERT_EQ(read(world, client, url)["status"], "valid");
  }
  ClientOrder order(const std::string& identifiers) {
    const auto reply = world.post(client, world.url(acme::paths::kNewOrder),
                                  R"({"identifiers":[)" + identifiers + "]}");
    return {reply.value().location.value(), body_of(reply)};
  }
  Json finalized(const ClientOrder& made, const std::vector<std::string>& names) {
    const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
    body_of(world.post(client, made.finalize(), csr_payload(*key, names)));
    world.work();
    return read(world, client, made.url);
  }

  World world;
  JwsClient client = registered(world);
};

// RFC9444-4.1 RFC9444-4.2
TEST_F(SubdomainAuthorization, CoversEveryNameUnderItsDomain) {
  const auto reply =
      new_authz(world, client, R"({"type":"dns","value":"a.example","subdomainAuthAllowed":true})");
  const Json made = body_of(reply);
  EXPECT_EQ(made["subdomainAuthAllowed"], true);
  EXPECT_EQ(made["wildcard"], true);
  // BR-3.2.2.4.19 BR-3.2.2.4.20: one host speaks for no other.
  ASSERT_EQ(made["challenges"].size(), 1);
  EXPECT_EQ(made["challenges"][0]["type"], "dns-01");
  make_valid(*reply->location, "a.example");
  const ClientOrder covered = ordered(world, client, {"a.example", "c.b.a.example", "*.a.example"});
  EXPECT_EQ(covered.body["status"], "ready");
  EXPECT_EQ(covered.body["authorizations"], Json({*reply->location}));
  for (const char* name : {"ba.example", "example.example", "b.a.example.example"}) {
    EXPECT_EQ(ordered(world, client, {name}).body["status"], "pending") << name;
  }
  EXPECT_EQ(ordered(world, registered(world), {"b.a.example"}).body["status"], "pending");
}

// X-4 T-A7: for every name under the domain.
TEST_F(SubdomainAuthorization, CountsForNoNameWhileItsMethodIsStopped) {
  const std::string wanted = R"({"type":"dns","value":"a.example","subdomainAuthAllowed":true})";
  const auto reply = new_authz(world, client, wanted);
  make_valid(*reply.value().location, "a.example");
  const ClientOrder before = ordered(world, client, {"b.a.example"});
  EXPECT_EQ(before.body["status"], "ready");
  stop_method(world, "dns-01");
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  refusal_of(world.post(client, before.finalize(), csr_payload(*key, {"b.a.example"})),
             ProblemType::unauthorized);
  EXPECT_EQ(ordered(world, client, {"c.a.example"}).body["status"], "pending");
  refusal_of(new_authz(world, client, wanted), ProblemType::server_internal);
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
  make_valid(made.authorization(0), "a.example");
  make_valid(made.authorization(1), "z.example");
  const Json ended = finalized(made, {"x.b.a.example", "y.a.example", "z.example"});
  EXPECT_EQ(ended["status"], "valid");
}

// RFC9444-4.3 RFC8659-3: every name is under its own CAA, not under that of the domain proven.
TEST_F(SubdomainAuthorization, LeavesEveryNameUnderItsOwnCaa) {
  world.meta.caa_identities = {"ca.example"};
  world.dns.set_caa("a.example", {{0, "issue", ";"}});
  world.dns.set_caa("b.a.example", {{0, "issue", "ca.example; validationmethods=dns-01"}});
  const ClientOrder permitted =
      order(R"({"type":"dns","value":"b.a.example","ancestorDomain":"a.example"})");
  make_valid(permitted.authorization(0), "a.example");
  EXPECT_EQ(finalized(permitted, {"b.a.example"})["status"], "valid");
  const ClientOrder mixed = ordered(world, client, {"b.a.example", "c.a.example"});
  EXPECT_EQ(mixed.body["authorizations"], permitted.body["authorizations"]);
  const Json ended = finalized(mixed, {"b.a.example", "c.a.example"});
  EXPECT_EQ(ended["status"], "invalid");
  ASSERT_EQ(ended["error"]["subproblems"].size(), 1);
  EXPECT_EQ(ended["error"]["subproblems"][0]["type"], "urn:ietf:params:acme:error:caa");
  EXPECT_EQ(ended["error"]["subproblems"][0]["identifier"]["value"], "c.a.example");
}

// RFC8659-4.3: a wildcard under the domain is judged by issuewild.
TEST_F(SubdomainAuthorization, LeavesAWildcardUnderIssuewild) {
  world.meta.caa_identities = {"ca.example"};
  world.dns.set_caa("a.example", {{0, "issue", "ca.example"}, {0, "issuewild", ";"}});
  const ClientOrder plain =
      order(R"({"type":"dns","value":"b.a.example","ancestorDomain":"a.example"})");
  make_valid(plain.authorization(0), "a.example");
  EXPECT_EQ(finalized(plain, {"b.a.example"})["status"], "valid");
  const ClientOrder wildcard = ordered(world, client, {"*.a.example"});
  EXPECT_EQ(wildcard.body["status"], "ready");
  EXPECT_EQ(finalized(wildcard, {"*.a.example"})["error"]["type"],
            "urn:ietf:params:acme:error:caa");
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
  make_valid(reply.value().location.value(), "a.example");
  const ClientOrder ready = ordered(world, client, {"b.a.example"});
  body_of(world.post(client, *reply->location, R"({"status":"deactivated"})"));
  EXPECT_EQ(read(world, client, ready.url)["status"], "invalid");
  EXPECT_EQ(ordered(world, client, {"c.a.example"}).body["status"], "pending");
}

}  // namespace
}  // namespace tests
