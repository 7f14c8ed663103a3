// Stop switches in whole requests: X-4, P11, S17.
#include <boost/asio/co_spawn.hpp>

#include "acme/records/certificate_record.h"
#include "acme/records/order_record.h"
#include "acme/records/verify.h"
#include "ca/crypto/encoding.h"
#include "ca/ledger.h"
#include "policy/stops/stop.h"
#include "tests/scenario/world.h"

namespace tests {
namespace {

using policy::StopKind;
using policy::StopTarget;

void stop(World& world, const StopTarget& target) {
  const policy::StopRecord record{
      .since = world.clock.seconds(), .person = "alice", .reason = "incident 12"};
  world.store->write_and_wait(
      [&](storage::Transaction& transaction) { return policy::stop(transaction, target, record); });
}

void resume(World& world, const StopTarget& target) {
  const auto resumed = world.store->write_and_wait([&](storage::Transaction& transaction) {
    return policy::resume(transaction, target, "alice", "over", world.clock.seconds());
  });
  EXPECT_EQ(resumed, policy::Resumed::done);
}

acme::Result<acme::Reply> order(World& world,
                                const JwsClient& client,
                                const std::vector<std::string>& names) {
  Json payload{{"identifiers", Json::array()}};
  for (const std::string& name : names) {
    payload["identifiers"].push_back({{"type", "dns"}, {"value", name}});
  }
  return world.post(client, world.url(acme::paths::kNewOrder), payload.dump());
}

acme::Result<acme::Reply> authorize(World& world, const JwsClient& client, const char* name) {
  const Json payload{{"identifier", {{"type", "dns"}, {"value", name}}}};
  return world.post(client, world.url(acme::paths::kNewAuthz), payload.dump());
}

std::size_t intents(const storage::Snapshot& snapshot) {
  std::size_t count = 0;
  ca::Ledger::for_each(snapshot, "", [&](const ca::LedgerEntry&) {
    ++count;
    return storage::Scan::proceed;
  });
  return count;
}

std::string account_of(const World& world, const JwsClient& client) {
  return world.urls.account_of(client.account().value()).value().text();
}

void expect_wait(const acme::Result<acme::Reply>& refused, std::chrono::seconds wait) {
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().wait(), wait);
}

// X-4 P11 S17
TEST(Stops, HoldUpOrdersAndSpoilNothing) {
  World world;
  const JwsClient client = registered(world);
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  const ClientOrder ready = ready_order(world, client, {"a.example"});
  const StopTarget rows[] = {{StopKind::all},
                             {StopKind::issuer, world.issuer->id()},
                             {StopKind::profile, "dv"},
                             {StopKind::account, account_of(world, client)},
                             {StopKind::name, "example"}};
  for (const StopTarget& each : rows) {
    SCOPED_TRACE(each.text());
    const bool is_theirs = each.kind == StopKind::account || each.kind == StopKind::name;
    const ProblemType type = is_theirs ? ProblemType::rate_limited : ProblemType::server_internal;
    const std::chrono::seconds wait(is_theirs ? 3'600 : 600);
    stop(world, each);
    world.restart();  // it is in the store and nowhere else
    const auto refused = order(world, client, {"b.example"});
    const std::string detail = refusal_of(refused, type);
    EXPECT_EQ(detail.find("incident"), std::string::npos) << "the reason is not for clients";
    expect_wait(refused, wait);
    refusal_of(order(world, client, {"a.example"}), type);
    const auto finalized = world.post(client, ready.finalize(), csr_payload(*key, {"a.example"}));
    refusal_of(finalized, type);
    expect_wait(finalized, wait);
    EXPECT_EQ(read(world, client, ready.url)["status"], "ready");
    resume(world, each);
  }
  body_of(order(world, client, {"b.example"}));
  body_of(world.post(client, ready.finalize(), csr_payload(*key, {"a.example"})));
  world.work();
  EXPECT_EQ(read(world, client, ready.url)["status"], "valid");
}

TEST(Stops, LeaveOthersAlone) {
  World world;
  const JwsClient client = registered(world);
  const JwsClient other = registered(world);
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  stop(world, {StopKind::account, account_of(world, other)});
  stop(world, {StopKind::name, "b.example"});
  stop(world, {StopKind::profile, "shortlived"});
  stop(world, {StopKind::issuer, std::string(64, '0')});
  stop(world, {StopKind::method, "tls-alpn-01"});
  EXPECT_EQ(issued(world, client, *key, {"a.example", "ab.example"})["status"], "valid");
  refusal_of(order(world, other, {"a.example"}), ProblemType::rate_limited);
}

// RFC8555-6.7.1: one subproblem for each name
TEST(Stops, OfNamesSayWhich) {
  World world;
  const JwsClient client = registered(world);
  stop(world, {StopKind::name, "b.example"});
  const auto one = order(world, client, {"x.b.example"});
  refusal_of(one, ProblemType::rate_limited);
  EXPECT_EQ(one.error().identifier()->value, "x.b.example");
  const auto several = order(world, client, {"a.example", "*.b.example", "c.example"});
  refusal_of(several, ProblemType::rate_limited);
  ASSERT_EQ(several.error().subproblems().size(), 1);
  EXPECT_EQ(several.error().subproblems().front().identifier()->value, "*.b.example");
  const auto pair = order(world, client, {"a.example", "x.b.example", "y.b.example"});
  refusal_of(pair, ProblemType::rate_limited);
  EXPECT_EQ(pair.error().subproblems().size(), 2);
  refusal_of(authorize(world, client, "b.example"), ProblemType::rate_limited);
  body_of(authorize(world, client, "a.example"));
}

// "incl. running orders" (S17)
TEST(Stops, EndOrdersThatAreUnderWay) {
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  for (const StopKind kind : {StopKind::all, StopKind::name, StopKind::method}) {
    World world;
    const JwsClient client = registered(world);
    const ClientOrder ready = ready_order(world, client, {"a.example"});
    body_of(world.post(client, ready.finalize(), csr_payload(*key, {"a.example"})));
    const std::size_t signatures = world.signer_watch.signed_messages.size();
    stop(world, {kind, kind == StopKind::all    ? ""
                       : kind == StopKind::name ? "a.example"
                                                : "http-01"});
    world.work();
    EXPECT_EQ(read(world, client, ready.url)["status"], "invalid");
    EXPECT_EQ(world.signer_watch.signed_messages.size(), signatures);
  }
}

// A stop between any two steps of an issuance: what the ledger did not intend before, it never
// does.
TEST(Stops, AreNeverOvertakenByAnIntent) {
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  std::size_t refused = 0;
  std::size_t issued = 0;
  for (std::size_t steps = 0; steps < 12; ++steps) {
    World world;
    const JwsClient client = registered(world);
    const ClientOrder ready = ready_order(world, client, {"a.example"});
    body_of(world.post(client, ready.finalize(), csr_payload(*key, {"a.example"})));
    boost::asio::io_context context;
    boost::asio::co_spawn(context, world.runner->step(), [](std::exception_ptr, std::size_t) {});
    for (std::size_t i = 0; i < steps && context.run_one() > 0; ++i) {
    }
    const auto before = world.store->write_and_wait([&](storage::Transaction& transaction) {
      policy::stop(transaction, {StopKind::all},
                   {.since = world.clock.seconds(), .person = "alice", .reason = "now"});
      return intents(transaction);
    });
    context.run();
    world.work();
    EXPECT_EQ(world.store->read(intents), before);
    const std::string status = read(world, client, ready.url)["status"];
    EXPECT_EQ(status, before == 0 ? "invalid" : "valid");
    ++(before == 0 ? refused : issued);
  }
  EXPECT_GT(refused, 0) << "no stop came before the intent";
  EXPECT_GT(issued, 0) << "no stop came after the intent";
}

// T-A7: also what was valid already
TEST(Stops, OfAMethodTakeWhatItProved) {
  World world;
  const JwsClient client = registered(world);
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  const ClientOrder ready = ready_order(world, client, {"a.example"});
  const ClientOrder open = ordered(world, client, {"b.example"});
  const std::string challenge = challenge_of(world, client, open, 0);
  stop(world, {StopKind::method, "http-01"});
  const auto refused = world.post(client, ready.finalize(), csr_payload(*key, {"a.example"}));
  const std::string detail = refusal_of(refused, ProblemType::unauthorized);
  EXPECT_NE(detail.find("\"a.example\" was proven by http-01"), std::string::npos) << detail;
  EXPECT_EQ(refused.error().identifier()->value, "a.example");
  const auto attempt = world.post(client, challenge, "{}");
  refusal_of(attempt, ProblemType::server_internal);
  expect_wait(attempt, std::chrono::minutes(10));
  EXPECT_EQ(read(world, client, challenge)["status"], "pending");
  // A new order offers the others, and does not come back as the one that is held up.
  for (const auto& [name, before] : {std::pair("a.example", ready), std::pair("b.example", open)}) {
    const ClientOrder again = ordered(world, client, {name});
    EXPECT_NE(again.url, before.url);
    const Json authorization = read(world, client, again.authorization(0));
    EXPECT_EQ(authorization["status"], "pending");
    EXPECT_EQ(authorization["challenges"].size(), 2);
    for (const Json& each : authorization["challenges"]) EXPECT_NE(each["type"], "http-01");
    answer_dns_01(world, client, again, 0, name);
    world.work();
    body_of(world.post(client, again.finalize(), csr_payload(*key, {name})));
    world.work();
    EXPECT_EQ(read(world, client, again.url)["status"], "valid");
  }
  resume(world, {StopKind::method, "http-01"});
  body_of(world.post(client, ready.finalize(), csr_payload(*key, {"a.example"})));
  world.work();
  EXPECT_EQ(read(world, client, ready.url)["status"], "valid");
}

TEST(Stops, OfAllMethodsOfANameRefuseItsOrder) {
  World world;
  const JwsClient client = registered(world);
  stop(world, {StopKind::method, "dns-01"});
  const auto refused = order(world, client, {"*.a.example"});
  refusal_of(refused, ProblemType::server_internal);
  EXPECT_EQ(refused.error().identifier()->value, "*.a.example");
  body_of(order(world, client, {"a.example"}));
  stop(world, {StopKind::method, "http-01"});
  stop(world, {StopKind::method, "tls-alpn-01"});
  refusal_of(authorize(world, client, "b.example"), ProblemType::server_internal);
}

// T-A7: the attempt that is under way when the stop comes proves nothing.
TEST(Stops, OfAMethodEndAttemptsUnderWay) {
  for (const bool is_early : {true, false}) {
    World world;
    const JwsClient client = registered(world);
    const ClientOrder open = ordered(world, client, {"a.example"});
    const std::string url = challenge_of(world, client, open, 0);
    world.fetcher.prepare("a.example", [&](const std::string& path) {
      stop(world, {StopKind::method, "http-01"});
      const std::string token = path.substr(path.rfind('/') + 1);
      return acme::FetchedBody{token + "." + client.thumbprint(), "http://a.example" + path, {}};
    });
    body_of(world.post(client, url, "{}"));
    if (is_early) stop(world, {StopKind::method, "http-01"});
    world.work();
    EXPECT_EQ(world.fetcher.requests().size(), is_early ? 0 : 1);
    const Json challenge = read(world, client, url);
    EXPECT_EQ(challenge["status"], "invalid");
    EXPECT_EQ(challenge["error"]["type"], "urn:ietf:params:acme:error:serverInternal");
    EXPECT_EQ(read(world, client, open.url)["status"], "invalid");
  }
}

TEST(Stops, LetRevocationGoOn) {
  World world;
  const JwsClient client = registered(world);
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  const Json done = issued(world, client, *key, {"a.example"});
  const std::string leaf = leaf_of(world, client, done["certificate"]);
  stop(world, {StopKind::all});
  stop(world, {StopKind::account, account_of(world, client)});
  body_of(world.post(client, world.url(acme::paths::kRevokeCert),
                     R"({"certificate":")" + ca::base64url(leaf) + "\"}"));
  const std::size_t before = world.signer_watch.signed_messages.size();
  world.clock.advance(std::chrono::minutes(10));
  world.work();
  EXPECT_EQ(world.signer_watch.signed_messages.size(), before + 1) << "the CRL";
}

// The offline proof knows which stops there must be.
TEST(Stops, AreProvenByTheAuditLog) {
  World world;
  world.is_tampered = true;
  const auto faults = [&] {
    return world.store->read([&](const storage::Snapshot& snapshot) {
      return acme::verify_records(snapshot, {world.issuer.get()});
    });
  };
  stop(world, {StopKind::all});
  stop(world, {StopKind::profile, "dv"});
  resume(world, {StopKind::profile, "dv"});
  EXPECT_EQ(faults(), std::vector<std::string>{});
  world.store->write_and_wait([](storage::Transaction& transaction) {
    policy::kStops.erase(transaction, StopTarget{StopKind::all}.key());
    policy::kStops.put(transaction, StopTarget{StopKind::profile, "dv"}.key(), {});
    return true;
  });
  EXPECT_EQ(faults(), (std::vector<std::string>{"the stop of profile dv has no audit entry",
                                                "the stop of all ended without an audit entry"}));
}

// R6: the device of the issuing key is gone. What was proven is kept, nothing is stored, and it
// goes on without anybody's doing when the device is back.
TEST(KeyOutOfReach, HoldsUpFinalizationAndSpoilsNothing) {
  World world;
  const JwsClient client = registered(world);
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  const ClientOrder ready = ready_order(world, client, {"a.example"});
  world.signer_watch.outage = "the token is not there";
  const auto refused = world.post(client, ready.finalize(), csr_payload(*key, {"a.example"}));
  expect_wait(refused, std::chrono::minutes(1));
  EXPECT_EQ(refused.error().type(), acme::ProblemType::server_internal);
  EXPECT_EQ(refused.error().detail().find("token"), std::string::npos);
  EXPECT_EQ(read(world, client, ready.url)["status"], "ready");
  world.signer_watch.outage.reset();
  body_of(world.post(client, ready.finalize(), csr_payload(*key, {"a.example"})));
  world.work();
  EXPECT_EQ(read(world, client, ready.url)["status"], "valid");
}

// R6
TEST(KeyOutOfReach, LetsAClaimedOrderWait) {
  World world;
  const JwsClient client = registered(world);
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  const ClientOrder order = ready_order(world, client, {"a.example"});
  body_of(world.post(client, order.finalize(), csr_payload(*key, {"a.example"})));
  world.signer_watch.outage = "the token is not there";
  world.work();
  EXPECT_EQ(read(world, client, order.url)["status"], "processing");
  EXPECT_EQ(world.store->read(intents), 0U);
  world.signer_watch.outage.reset();
  world.clock.advance(std::chrono::minutes(1));
  world.work();
  EXPECT_EQ(read(world, client, order.url)["status"], "valid");
}

}  // namespace
}  // namespace tests
