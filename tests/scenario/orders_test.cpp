// newOrder and reading orders.
#include <algorithm>

#include "tests/scenario/world.h"

namespace tests {
namespace {

acme::Result<acme::Reply> order_with(World& world,
                                     const JwsClient& client,
                                     const std::string& payload) {
  return world.post(client, world.url(acme::paths::kNewOrder), payload);
}

struct RefusedOrder {
  const char* payload;
  ProblemType type;
  const char* quoted;
};

constexpr RefusedOrder kRefusedOrders[] = {
    {R"({})", ProblemType::malformed, "identifiers"},
    {R"({"identifiers":[]})", ProblemType::malformed, "identifiers"},
    {R"({"identifiers":[{"type":"ip","value":"192.0.2.256"}]})", ProblemType::malformed,
     "192.0.2.256"},
    {R"({"identifiers":[{"type":"ip","value":"2001:DB8::1"}]})", ProblemType::malformed,
     "2001:db8::1"},
    {R"({"identifiers":[{"type":"dns","value":"192.0.2.1"}]})", ProblemType::malformed,
     "192.0.2.1"},
    {R"({"identifiers":[{"type":"email","value":"a@b.example"}]})",
     ProblemType::unsupported_identifier, "email"},
    {R"({"identifiers":[{"type":"dns","value":"under_score.example"}]})", ProblemType::malformed,
     "under_score"},
    {R"({"identifiers":[{"type":"dns","value":"a.example."}]})", ProblemType::malformed,
     "a.example."},
    {R"({"identifiers":[{"type":"dns","value":"1.2.0.192.in-addr.arpa"}]})",
     ProblemType::rejected_identifier, "in-addr.arpa"},
    {R"({"identifiers":[{"type":"dns","value":"a.example"}],"profile":"platinum"})",
     ProblemType::invalid_profile, "platinum"},
    {R"({"identifiers":[{"type":"dns","value":"a.example"}],"notBefore":"2027-01-01T00:00:00Z"})",
     ProblemType::malformed, "cannot begin at 2027-01-01"},
    {R"({"identifiers":[{"type":"dns","value":"a.example"}],"notAfter":"2027-06-01T00:00:00Z"})",
     ProblemType::malformed, "cannot end at 2027-06-01"},
    {R"({"identifiers":[{"type":"dns","value":"a.example"}],"notAfter":"2026-11-01T00:00:00Z"})",
     ProblemType::malformed, "would be of no use"},
};

// RFC8555-7.4 WIR-23
TEST(NewOrder, RefusesWhatItWillNotCertifyAndStoresNothing) {
  World world;
  const JwsClient client = registered(world);
  for (const RefusedOrder& each : kRefusedOrders) {
    SCOPED_TRACE(each.payload);
    const std::string detail = refusal_of(order_with(world, client, each.payload), each.type);
    EXPECT_NE(detail.find(each.quoted), std::string::npos) << detail;
  }
  EXPECT_EQ(read(world, client, client.account().value() + "/orders")["orders"], Json::array());
}

// RFC8555-6.7.1
TEST(NewOrder, NamesEveryBadIdentifierInOneAnswer) {
  World world;
  const JwsClient client = registered(world);
  const auto reply = order_with(
      world, client,
      R"({"identifiers":[{"type":"dns","value":"-A.example"},{"type":"email","value":"a@b"},{"type":"dns","value":"b.example"},{"type":"dns","value":"X.in-addr.ARPA"},{"type":"dns","value":"-A.example"}]})");
  refusal_of(reply, ProblemType::compound);
  const std::vector<acme::Problem>& each = reply.error().subproblems();
  ASSERT_EQ(each.size(), 3);
  EXPECT_EQ(each[0].type(), ProblemType::malformed);
  EXPECT_EQ(each[0].identifier(), acme::ProblemIdentifier("dns", "-A.example"));
  EXPECT_EQ(each[1].type(), ProblemType::unsupported_identifier);
  EXPECT_EQ(each[1].identifier(), acme::ProblemIdentifier("email", "a@b"));
  EXPECT_EQ(each[2].type(), ProblemType::rejected_identifier);
  EXPECT_EQ(each[2].identifier(), acme::ProblemIdentifier("dns", "X.in-addr.ARPA"));
}

// RFC8555-6.7.1
TEST(NewOrder, SaysWhichOfSeveralNamesIsTheOneAtFault) {
  World world;
  const JwsClient client = registered(world);
  const auto reply = order_with(
      world, client,
      R"({"identifiers":[{"type":"dns","value":"-a.example"},{"type":"dns","value":"b.example"}]})");
  refusal_of(reply, ProblemType::malformed);
  ASSERT_EQ(reply.error().subproblems().size(), 1);
  EXPECT_EQ(reply.error().subproblems()[0].identifier(),
            acme::ProblemIdentifier("dns", "-a.example"));
}

// WIR-26
TEST(NewOrder, EchoesTheNamesAsASetInLowerCase) {
  World world;
  const JwsClient client = registered(world);
  const ClientOrder order = ordered(world, client, {"b.example", "A.example", "b.example"});
  const Json expected = {{{"type", "dns"}, {"value", "a.example"}},
                         {{"type", "dns"}, {"value", "b.example"}}};
  EXPECT_EQ(order.body["identifiers"], expected);
  EXPECT_EQ(order.body["authorizations"].size(), 2);
}

// RFC8555-7.4 WIR-09
TEST(NewOrder, AnswersCreatedWithEverythingAClientNeeds) {
  World world;
  const JwsClient client = registered(world);
  const auto reply = order_with(
      world, client, R"({"identifiers":[{"type":"dns","value":"a.example"}],"profile":"dv"})");
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->outcome, acme::Outcome::created);
  const Json body = body_of(reply);
  EXPECT_EQ(body["finalize"], *reply->location + "/finalize");
  EXPECT_EQ(body["status"], "pending");
  EXPECT_FALSE(body.contains("replaces"));
  EXPECT_FALSE(body.contains("certificate"));
  EXPECT_FALSE(body.contains("error"));
  EXPECT_EQ(world.post(client, *reply->location, "").value().body, reply->body);
}

// WIR-08
TEST(ReadOrder, RefusesStrangersAndUnknownOrders) {
  World world;
  const JwsClient client = registered(world);
  const JwsClient stranger = registered(world);
  const ClientOrder order = ordered(world, client, {"a.example"});
  refusal_of(world.post(stranger, order.url, ""), ProblemType::unauthorized);
  refusal_of(world.post(stranger, order.finalize(), R"({"csr":"AA"})"), ProblemType::unauthorized);
  refusal_of(world.post(client, order.url, "{}"), ProblemType::malformed);
  refusal_of(world.post(client, world.url("/acme/order/AAAAAAAAAAAAAAAAAAAAAA"), ""),
             ProblemType::malformed);
  refusal_of(world.post(client, world.url("/acme/order/x"), ""), ProblemType::malformed);
}

// WIR-24
TEST(ReadOrder, ShowsAnExpiredOrderAsInvalidWithARegisteredError) {
  World world;
  const JwsClient client = registered(world);
  const ClientOrder order = ordered(world, client, {"a.example"});
  world.clock.advance(std::chrono::hours(168));
  EXPECT_EQ(read(world, client, order.url)["status"], "pending");
  world.clock.advance(std::chrono::seconds(1));
  const Json late = read(world, client, order.url);
  EXPECT_EQ(late["status"], "invalid");
  EXPECT_EQ(late["error"]["type"], "urn:ietf:params:acme:error:unauthorized");
  EXPECT_EQ(read(world, client, order.authorization(0))["status"], "expired");
}

// WIR-11
TEST(ReadOrder, HoldsTheWordStatusOnce) {
  World world;
  const JwsClient client = registered(world);
  const ClientOrder order = ordered(world, client, {"a.example"});
  world.fetcher.prepare("a.example", [](const std::string& path) {
    return acme::FetchedBody{R"({"status":"valid"})", "http://a.example" + path, {}};
  });
  body_of(world.post(client, challenge_of(world, client, order, 0), "{}"));
  world.work();
  const std::string body = world.post(client, order.url, "").value().body;
  EXPECT_EQ(Json::parse(body)["status"], "invalid");
  EXPECT_EQ(body.find(R"("status":"valid")"), std::string::npos) << body;
}

}  // namespace
}  // namespace tests
