// Authorizations and challenges.
#include "acme/fulfilment/validation_work.h"
#include "tests/scenario/world.h"

namespace tests {
namespace {

constexpr const char* kDeactivate = R"({"status":"deactivated"})";

// RFC8555-8.3 RFC8555-7.5.1
TEST(Challenge, FailsWithWhatWasFoundAndWhatWasExpected) {
  World world;
  const JwsClient client = registered(world);
  const ClientOrder order = ordered(world, client, {"a.example"});
  const std::string url = challenge_of(world, client, order, 0);
  const std::string token = read(world, client, url)["token"];
  world.fetcher.prepare("a.example", [](const std::string& path) {
    return acme::FetchedBody{"not\x01this", "http://a.example" + path, {"hop"}};
  });
  body_of(world.post(client, url, "{}"));
  world.work();
  const Json challenge = read(world, client, url);
  EXPECT_EQ(challenge["status"], "invalid");
  EXPECT_EQ(challenge["error"]["type"], "urn:ietf:params:acme:error:incorrectResponse");
  const std::string detail = challenge["error"]["detail"];
  EXPECT_NE(detail.find("\"not\\x01this\""), std::string::npos) << detail;
  EXPECT_NE(detail.find(token + "." + client.thumbprint()), std::string::npos) << detail;
  EXPECT_EQ(read(world, client, order.authorization(0))["status"], "invalid");
  const Json failed = read(world, client, order.url);
  EXPECT_EQ(failed["status"], "invalid");
  EXPECT_EQ(failed["error"]["type"], "urn:ietf:params:acme:error:incorrectResponse");
}

TEST(Challenge, PassesOnWhatTheFetcherRefuses) {
  World world;
  const JwsClient client = registered(world);
  const ClientOrder order = ordered(world, client, {"a.example"});
  const std::string url = challenge_of(world, client, order, 0);
  world.fetcher.prepare("a.example", [](const std::string&) -> acme::Result<acme::FetchedBody> {
    return acme::refuse(ProblemType::connection, "192.0.2.7 port 80 refused the connection");
  });
  body_of(world.post(client, url, "{}"));
  world.work();
  const Json challenge = read(world, client, url);
  EXPECT_EQ(challenge["error"]["type"], "urn:ietf:params:acme:error:connection");
  EXPECT_EQ(challenge["error"]["detail"], "192.0.2.7 port 80 refused the connection");
}

// T-A16
TEST(Challenge, NeverSendsTheThumbprintToTheServerItAsks) {
  World world;
  const JwsClient client = registered(world);
  ready_order(world, client, {"a.example", "b.example"});
  ASSERT_EQ(world.fetcher.requests().size(), 2);
  for (const std::string& request : world.fetcher.requests()) {
    EXPECT_EQ(request.find(client.thumbprint()), std::string::npos) << request;
  }
}

// T-A16
TEST(Challenge, IsNotFooledByAServerThatEchoesTheRequest) {
  World world;
  const JwsClient client = registered(world);
  const ClientOrder order = ordered(world, client, {"a.example"});
  world.fetcher.prepare("a.example", [](const std::string& path) {
    return acme::FetchedBody{path.substr(path.rfind('/') + 1), "http://a.example" + path, {}};
  });
  body_of(world.post(client, challenge_of(world, client, order, 0), "{}"));
  world.work();
  EXPECT_EQ(read(world, client, order.url)["status"], "invalid");
}

// T-A15
TEST(Challenge, OfOneAccountIsNotMetByTheResponseOfAnother) {
  World world;
  const JwsClient client = registered(world);
  const JwsClient other = registered(world);
  const ClientOrder order = ordered(world, client, {"a.example"});
  world.fetcher.serve_challenges("a.example", other.thumbprint());
  body_of(world.post(client, challenge_of(world, client, order, 0), "{}"));
  world.work();
  EXPECT_EQ(read(world, client, order.authorization(0))["status"], "invalid");
}

// WIR-18
TEST(Challenge, IsReadWithoutSideEffectsAndAnsweredInEveryState) {
  World world;
  const JwsClient client = registered(world);
  const ClientOrder order = ordered(world, client, {"a.example"});
  const std::string url = challenge_of(world, client, order, 0);
  world.work();  // the first CRL
  EXPECT_EQ(read(world, client, url)["status"], "pending");
  EXPECT_EQ(world.work(), 0) << "a POST-as-GET started an attempt";
  world.fetcher.serve_challenges("a.example", client.thumbprint());
  EXPECT_EQ(body_of(world.post(client, url, "{}"))["status"], "processing");
  EXPECT_EQ(body_of(world.post(client, url, "{}"))["status"], "processing");
  EXPECT_EQ(world.work(), 1);
  EXPECT_EQ(
      body_of(world.post(client, url, R"({"keyAuthorization":"old clients send it"})"))["status"],
      "valid");
  EXPECT_EQ(world.work(), 0);
  EXPECT_EQ(world.fetcher.requests().size(), 1);
  EXPECT_EQ(world.wakes, 1);
}

// RFC8555-7.5.1
TEST(Challenge, LinksUpToItsAuthorization) {
  World world;
  const JwsClient client = registered(world);
  const ClientOrder order = ordered(world, client, {"a.example"});
  const auto reply = world.post(client, challenge_of(world, client, order, 0), "{}");
  ASSERT_EQ(reply.value().links.size(), 1);
  EXPECT_EQ(reply->links[0].relation, "up");
  EXPECT_EQ(reply->links[0].url, order.authorization(0));
}

TEST(Challenge, RefusesStrangersUnknownMethodsAndBadPayloads) {
  World world;
  const JwsClient client = registered(world);
  const JwsClient stranger = registered(world);
  const ClientOrder order = ordered(world, client, {"a.example"});
  const std::string url = challenge_of(world, client, order, 0);
  refusal_of(world.post(stranger, url, "{}"), ProblemType::unauthorized);
  refusal_of(world.post(client, url, "[]"), ProblemType::malformed);
  const std::string base = url.substr(0, url.rfind('/'));
  refusal_of(world.post(client, base + "/tls-sni-01", "{}"), ProblemType::malformed);
  EXPECT_EQ(read(world, client, url)["status"], "pending");
}

// T-B7
TEST(Challenge, IsAttemptedAgainAfterAFaultOfOurs) {
  World world;
  const JwsClient client = registered(world);
  const ClientOrder order = ordered(world, client, {"a.example"});
  const std::string url = challenge_of(world, client, order, 0);
  world.fetcher.prepare("a.example", [](const std::string&) -> acme::Result<acme::FetchedBody> {
    throw std::runtime_error("the resolver process died");
  });
  body_of(world.post(client, url, "{}"));
  for (const int pause : {1, 2, 4, 8}) {
    world.work();
    EXPECT_EQ(read(world, client, url)["status"], "processing");
    const std::size_t attempts = world.fetcher.requests().size();
    world.clock.advance(std::chrono::seconds(pause) - std::chrono::milliseconds(1));
    world.work();
    EXPECT_EQ(world.fetcher.requests().size(), attempts) << "tried before " << pause << " s";
    world.clock.advance(std::chrono::milliseconds(1));
  }
  EXPECT_EQ(world.events.errors().size(), 4);
  world.fetcher.serve_challenges("a.example", client.thumbprint());
  world.work();
  EXPECT_EQ(read(world, client, url)["status"], "valid");
}

// RFC8555-7.1.4 WIR-19
TEST(Authorization, ShowsOnlyTheChallengeThatDecided) {
  World world;
  const JwsClient client = registered(world);
  const ClientOrder order = ready_order(world, client, {"a.example"});
  const Json authorization = read(world, client, order.authorization(0));
  EXPECT_EQ(authorization["status"], "valid");
  EXPECT_EQ(authorization["expires"], "2026-12-31T00:00:00Z");
  ASSERT_EQ(authorization["challenges"].size(), 1);
  EXPECT_EQ(authorization["challenges"][0]["validated"], "2026-12-01T00:00:00Z");
  EXPECT_FALSE(authorization.contains("wildcard"));
}

// RFC8555-7.5.2
TEST(Authorization, CanBeDeactivatedWhilePendingOrValid) {
  World world;
  const JwsClient client = registered(world);
  const ClientOrder pending = ordered(world, client, {"a.example"});
  const ClientOrder ready = ready_order(world, client, {"b.example"});
  for (const ClientOrder& order : {pending, ready}) {
    const auto reply = world.post(client, order.authorization(0), kDeactivate);
    EXPECT_EQ(body_of(reply)["status"], "deactivated");
    const Json after = read(world, client, order.url);
    EXPECT_EQ(after["status"], "invalid");
    EXPECT_EQ(after["error"]["type"], "urn:ietf:params:acme:error:unauthorized");
    EXPECT_EQ(body_of(world.post(client, order.authorization(0), kDeactivate))["status"],
              "deactivated");
  }
  const std::string challenge = challenge_of(world, client, pending, 0);
  const auto shown = world.post(client, challenge, "");
  EXPECT_EQ(body_of(shown)["status"], "pending");
  EXPECT_EQ(shown->retry_after, std::nullopt);
}

// ACME-WIRE-18
TEST(Challenge, OfAnAuthorizationThatHasEndedIsShownAndNotAttempted) {
  World world;
  const JwsClient client = registered(world);
  const ClientOrder withdrawn = ordered(world, client, {"a.example"});
  const std::string url = challenge_of(world, client, withdrawn, 0);
  body_of(world.post(client, withdrawn.authorization(0), kDeactivate));
  const ClientOrder late = ordered(world, client, {"b.example"});
  const std::string late_url = challenge_of(world, client, late, 0);
  const auto expect_shown = [&](const std::string& challenge) {
    const Json before = read(world, client, challenge);
    const auto reply = world.post(client, challenge, "{}");
    EXPECT_EQ(body_of(reply), before);
    EXPECT_EQ(before["status"], "pending");
    EXPECT_EQ(reply->retry_after, std::nullopt);
    world.work();
    EXPECT_EQ(read(world, client, challenge), before);
  };
  expect_shown(url);
  world.clock.advance(std::chrono::days(8));
  EXPECT_EQ(read(world, client, late.authorization(0))["status"], "expired");
  expect_shown(late_url);
  EXPECT_EQ(read(world, client, withdrawn.authorization(0))["status"], "deactivated");
  EXPECT_EQ(world.fetcher.requests().size(), 0);
}

TEST(Authorization, DeactivatedDuringItsAttemptStaysDeactivated) {
  World world;
  const JwsClient client = registered(world);
  const ClientOrder order = ordered(world, client, {"a.example"});
  body_of(world.post(client, challenge_of(world, client, order, 0), "{}"));
  // The client withdraws while its web server is being asked.
  world.fetcher.prepare("a.example", [&](const std::string& path) {
    body_of(world.post(client, order.authorization(0), kDeactivate));
    const std::string token = path.substr(path.rfind('/') + 1);
    return acme::FetchedBody{token + "." + client.thumbprint(), "http://a.example" + path, {}};
  });
  world.work();
  EXPECT_EQ(read(world, client, order.authorization(0))["status"], "deactivated");
  EXPECT_EQ(read(world, client, order.url)["status"], "invalid");
}

// RFC8555-7.5.2 acme-2.7e
TEST(Authorization, OfAnOrderBeingIssuedIsNotTakenAwayFromIt) {
  World world;
  const JwsClient client = registered(world);
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  const ClientOrder order = ready_order(world, client, {"a.example"});
  body_of(world.post(client, order.finalize(), csr_payload(*key, {"a.example"})));
  const auto refused = world.post(client, order.authorization(0), kDeactivate);
  refusal_of(refused, ProblemType::conflict);
  EXPECT_EQ(refused.error().location(), order.url);
  world.work();
  EXPECT_EQ(read(world, client, order.url)["status"], "valid");
  EXPECT_EQ(body_of(world.post(client, order.authorization(0), kDeactivate))["status"],
            "deactivated");
  EXPECT_EQ(read(world, client, order.url)["status"], "valid");
}

// T-D10: what was asked for cannot be changed, whoever asks for what.
TEST(Authorization, AndOrderAndChallengeStayWhatTheyWereMadeAs) {
  World world;
  const JwsClient client = registered(world);
  const ClientOrder order = ordered(world, client, {"a.example"});
  const Json made = read(world, client, order.url);
  const Json authorization = read(world, client, order.authorization(0));
  const Json challenge = read(world, client, challenge_of(world, client, order, 0));
  const std::string other = R"({"type":"dns","value":"b.example"})";
  for (const std::string& payload :
       std::vector<std::string>{R"({"identifiers":[)" + other + "]}", R"({"authorizations":[]})",
                                R"({"status":"ready"})", R"({"profile":"shortlived"})",
                                R"({"expires":"2030-01-01T00:00:00Z"})"}) {
    SCOPED_TRACE(payload);
    refusal_of(world.post(client, order.url, payload), ProblemType::malformed);
    EXPECT_EQ(read(world, client, order.url), made);
  }
  for (const std::string& payload : std::vector<std::string>{
           R"({"identifier":)" + other + "}", R"({"wildcard":true})", R"({"status":"valid"})",
           R"({"challenges":[]})", R"({"expires":"2030-01-01T00:00:00Z"})"}) {
    SCOPED_TRACE(payload);
    refusal_of(world.post(client, order.authorization(0), payload), ProblemType::malformed);
    EXPECT_EQ(read(world, client, order.authorization(0)), authorization);
  }
  // What a response says beside nothing is not looked at (RFC 8555 §7.5.1).
  world.fetcher.serve_challenges("a.example", client.thumbprint());
  body_of(world.post(client, challenge["url"],
                     R"({"token":"other","type":"dns-01","status":"valid","identifier":)" + other +
                         R"(,"url":"https://b.example"})"));
  world.work();
  const Json decided = read(world, client, challenge["url"]);
  EXPECT_EQ(decided["status"], "valid");
  for (const char* member : {"token", "type", "url"}) EXPECT_EQ(decided[member], challenge[member]);
  EXPECT_EQ(read(world, client, order.authorization(0))["identifier"], authorization["identifier"]);
}

// T-D10: a piece of work that names another account than its authorization has does nothing.
TEST(Authorization, IsNotAttemptedForAnotherAccount) {
  World world;
  const JwsClient client = registered(world);
  const JwsClient other = registered(world);
  const ClientOrder order = ordered(world, client, {"a.example"});
  world.fetcher.serve_challenges("a.example", client.thumbprint());
  body_of(world.post(client, challenge_of(world, client, order, 0), "{}"));
  world.is_tampered = true;
  const auto work_of = [&](const JwsClient& owner) {
    const std::string url = order.authorization(0);
    return acme::validation_work(
        world.urls.account_of(owner.account().value()).value(),
        acme::AuthorizationId::parse(url.substr(url.rfind('/') + 1)).value(), "http-01");
  };
  world.store->write_and_wait([&](storage::Transaction& transaction) {
    acme::kDueWork.erase(transaction, work_of(client).encode());
    acme::put_work(transaction, work_of(other));
  });
  world.work();
  EXPECT_TRUE(world.fetcher.requests().empty());
  EXPECT_FALSE(world.events.errors().empty());
  EXPECT_EQ(read(world, client, order.authorization(0))["status"], "pending");
}

TEST(Authorization, RefusesOtherStatesAndStrangers) {
  World world;
  const JwsClient client = registered(world);
  const JwsClient stranger = registered(world);
  const ClientOrder order = ordered(world, client, {"a.example"});
  refusal_of(world.post(client, order.authorization(0), R"({"status":"valid"})"),
             ProblemType::malformed);
  refusal_of(world.post(client, order.authorization(0), "{}"), ProblemType::malformed);
  refusal_of(world.post(stranger, order.authorization(0), ""), ProblemType::unauthorized);
  refusal_of(world.post(stranger, order.authorization(0), kDeactivate), ProblemType::unauthorized);
  EXPECT_EQ(read(world, client, order.authorization(0))["status"], "pending");
}

}  // namespace
}  // namespace tests
