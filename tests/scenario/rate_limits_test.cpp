// Rate limits in whole requests (RFC 8555 §6.6).
#include "acme/records/account_record.h"
#include "acme/records/authorization_record.h"
#include "acme/renewal.h"
#include "ca/certificate.h"
#include "ca/crypto/encoding.h"
#include "tests/scenario/world.h"

namespace tests {
namespace {

using policy::Rate;
using policy::RateLimitId;
using std::chrono::hours;

void limit(World& world, RateLimitId id, std::uint64_t count, hours period) {
  world.limits.rates.insert_or_assign(id, Rate::make(count, period).value());
}

acme::Result<acme::Reply> order(World& world,
                                const JwsClient& client,
                                const std::vector<std::string>& names,
                                const std::string& replaces = {}) {
  Json payload{{"identifiers", Json::array()}};
  for (const std::string& name : names) {
    payload["identifiers"].push_back({{"type", "dns"}, {"value", name}});
  }
  if (!replaces.empty()) payload["replaces"] = replaces;
  return world.post(client, world.url(acme::paths::kNewOrder), payload.dump());
}

void refused_by(const acme::Result<acme::Reply>& reply, std::string_view name) {
  const std::string detail = refusal_of(reply, ProblemType::rate_limited);
  EXPECT_NE(detail.find("the limit " + std::string(name) + " is reached"), std::string::npos)
      << detail;
  EXPECT_TRUE(reply.error().wait().has_value());
}

std::size_t rows_in(const World& world, storage::TableName table) {
  std::size_t count = 0;
  world.store->read([&](const storage::Snapshot& snapshot) {
    snapshot.scan(table, "", [&](std::string_view, std::string_view) {
      ++count;
      return storage::Scan::proceed;
    });
  });
  return count;
}

// RFC8555-6.6
TEST(RateLimit, OfNewAccountsCountsAddresses) {
  World world;
  limit(world, RateLimitId::new_accounts_per_network, 2, hours(2));
  world.peer = ca::IpAddress::parse("2001:db8:1::1").value();
  const std::string url = world.url(acme::paths::kNewAccount);
  const JwsClient first;
  EXPECT_EQ(world.post(first, url, "{}").value().outcome, acme::Outcome::created);
  world.peer = ca::IpAddress::parse("2001:db8:1:ffff::1").value();
  registered(world);
  const JwsClient late;
  const auto refused = world.post(late, url, "{}");
  refused_by(refused, "new_accounts_per_network");
  EXPECT_NE(refused.error().detail().find("2001:db8:1::/48"), std::string::npos);
  EXPECT_EQ(refused.error().wait(), std::chrono::seconds(3'600));
  // Nothing was written, and nobody else is held up.
  EXPECT_EQ(rows_in(world, acme::kAccounts.name()), 2);
  refusal_of(world.post(late, url, R"({"onlyReturnExisting":true})"),
             ProblemType::account_does_not_exist);
  EXPECT_EQ(world.post(first, url, "{}").value().outcome, acme::Outcome::ok);
  world.peer = ca::IpAddress::parse("2001:db8:2::1").value();
  registered(world);
  world.peer = ca::IpAddress::parse("2001:db8:1::1").value();
  world.clock.advance(hours(1));
  EXPECT_EQ(world.post(late, url, "{}").value().outcome, acme::Outcome::created);
}

// RFC8555-6.6
TEST(RateLimit, OfNewOrdersCountsWhatIsMade) {
  World world;
  limit(world, RateLimitId::new_orders_per_account, 2, hours(2));
  const JwsClient client = registered(world);
  const std::string url = order(world, client, {"a.example"}).value().location.value();
  EXPECT_EQ(order(world, client, {"a.example"}).value().location, url) << "an open order";
  const std::string authorize = R"({"identifier":{"type":"dns","value":"c.example"}})";
  body_of(world.post(client, world.url(acme::paths::kNewAuthz), authorize));
  refused_by(order(world, client, {"b.example"}), "new_orders_per_account");
  refused_by(world.post(client, world.url(acme::paths::kNewAuthz), authorize),
             "new_orders_per_account");
  EXPECT_EQ(rows_in(world, acme::kOrders.name()), 1);
  EXPECT_EQ(rows_in(world, acme::kAuthorizations.name()), 2);
  EXPECT_EQ(order(world, client, {"a.example"}).value().location, url);
  EXPECT_TRUE(order(world, registered(world), {"b.example"}).has_value());
  // A limit is of the store, not of the process.
  world.restart();
  refused_by(order(world, client, {"b.example"}), "new_orders_per_account");
  world.clock.advance(hours(1));
  EXPECT_TRUE(order(world, client, {"b.example"}).has_value());
}

TEST(RateLimit, LeavesExemptAccountsAlone) {
  World world;
  limit(world, RateLimitId::new_orders_per_account, 1, hours(1));
  const JwsClient client = registered(world);
  world.limits.exempt_accounts.insert(world.urls.account_of(client.account().value()).value());
  for (const char* name : {"a.example", "b.example", "c.example"}) {
    EXPECT_TRUE(order(world, client, {name}).has_value());
  }
}

// T-B8 RFC8555-6.6: of many at once, as many get in as may.
TEST(RateLimit, HoldsAgainstManyAtOnce) {
  World world;
  limit(world, RateLimitId::new_orders_per_account, 3, hours(1));
  const JwsClient client = registered(world);
  std::vector<boost::asio::awaitable<acme::Result<acme::Reply>>> posts;
  for (int i = 0; i < 24; ++i) {
    const Json payload{
        {"identifiers", {{{"type", "dns"}, {"value", "n" + std::to_string(i) + ".example"}}}}};
    posts.push_back(world.prepared(client, world.url(acme::paths::kNewOrder), payload.dump()));
  }
  std::size_t made = 0;
  for (const auto& reply : World::run_together(std::move(posts))) {
    if (reply) ++made;
  }
  EXPECT_EQ(made, 3);
  EXPECT_EQ(rows_in(world, acme::kOrders.name()), 3);
}

// RFC8555-6.6
TEST(RateLimit, OfCertificatesIsSpentByFinalizeAndToldByNewOrder) {
  World world;
  limit(world, RateLimitId::certificates_per_registered_domain, 2, hours(2));
  const JwsClient client = registered(world);
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  // Orders alone spend nothing.
  const ClientOrder first = ready_order(world, client, {"a.one.example"});
  const ClientOrder second = ready_order(world, client, {"b.one.example"});
  const ClientOrder third = ready_order(world, client, {"c.one.example", "two.example"});
  body_of(world.post(client, first.finalize(), csr_payload(*key, {"a.one.example"})));
  body_of(world.post(client, second.finalize(), csr_payload(*key, {"b.one.example"})));
  const std::string csr = csr_payload(*key, {"c.one.example", "two.example"});
  refused_by(world.post(client, third.finalize(), csr), "certificates_per_registered_domain");
  EXPECT_EQ(read(world, client, third.url)["status"], "ready");
  refused_by(order(world, registered(world), {"d.one.example"}),
             "certificates_per_registered_domain");
  EXPECT_TRUE(order(world, client, {"two.example"}).has_value()) << "spent by a refusal";
  world.clock.advance(hours(1));
  body_of(world.post(client, third.finalize(), csr));
  world.work();
  EXPECT_EQ(read(world, client, third.url)["status"], "valid");
}

// RFC8555-6.6
TEST(RateLimit, OfNameSetsCountsExactlyThoseNames) {
  World world;
  limit(world, RateLimitId::certificates_per_name_set, 1, hours(1));
  const JwsClient client = registered(world);
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  EXPECT_EQ(issued(world, client, *key, {"a.example", "b.example"})["status"], "valid");
  refused_by(order(world, client, {"b.example", "a.example"}), "certificates_per_name_set");
  EXPECT_TRUE(order(world, client, {"a.example"}).has_value());
}

// A fault of ours is nobody's use.
TEST(RateLimit, IsGivenBackWhenIssuanceFailsByOurFault) {
  World world;
  limit(world, RateLimitId::certificates_per_name_set, 1, hours(1'000));
  limit(world, RateLimitId::new_orders_per_account, 1, hours(1'000));
  const JwsClient client = registered(world);
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  const ClientOrder failing = ready_order(world, client, {"a.example"});
  body_of(world.post(client, failing.finalize(), csr_payload(*key, {"a.example"})));
  EXPECT_EQ(rows_in(world, acme::kArrivals.name()), 2);
  world.clock.advance(hours(1));
  world.work();
  const Json ended = read(world, client, failing.url);
  EXPECT_EQ(ended["status"], "invalid");
  EXPECT_EQ(ended["error"]["type"], "urn:ietf:params:acme:error:serverInternal");
  EXPECT_EQ(rows_in(world, acme::kArrivals.name()), 0);
  EXPECT_EQ(issued(world, client, *key, {"a.example"})["status"], "valid");
}

TEST(RateLimit, IsKeptWhenIssuanceFailsByTheirs) {
  World world;
  limit(world, RateLimitId::new_orders_per_account, 1, hours(1'000));
  const JwsClient client = registered(world);
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  const ClientOrder failing = ready_order(world, client, {"a.example"});
  body_of(world.post(client, failing.finalize(), csr_payload(*key, {"a.example"})));
  body_of(world.post(client, *client.account(), R"({"status":"deactivated"})"));
  world.work();
  EXPECT_EQ(rows_in(world, acme::kArrivals.name()), 1);
}

// RFC9773-5: renewals that are due are let through, and nobody else who says "replaces".
TEST(RateLimit, LetsRenewalsThroughThatAreDue) {
  World world;
  for (const auto id :
       {RateLimitId::certificates_per_registered_domain, RateLimitId::certificates_per_name_set,
        RateLimitId::new_orders_per_account}) {
    limit(world, id, 1, hours(10'000));
  }
  const JwsClient client = registered(world);
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  const auto reference_to = [&](const Json& ended) {
    const auto view = ca::view_certificate(leaf_of(world, client, ended["certificate"])).value();
    return acme::CertificateReference{view.authority_key_identifier, view.serial}.text();
  };
  const std::string first = reference_to(issued(world, client, *key, {"a.example"}));
  refusal_of(order(world, client, {"a.example"}, first), ProblemType::rate_limited);
  world.clock.advance(hours(24 * 60));
  refusal_of(order(world, client, {"a.example"}), ProblemType::rate_limited);
  refusal_of(order(world, client, {"b.example"}, first), ProblemType::malformed);
  const auto reply = order(world, client, {"a.example"}, first);
  const ClientOrder renewal{reply.value().location.value(), body_of(reply)};
  body_of(world.post(client, challenge_of(world, client, renewal, 0), "{}"));
  world.work();
  body_of(world.post(client, renewal.finalize(), csr_payload(*key, {"a.example"})));
  world.work();
  const Json ended = read(world, client, renewal.url);
  EXPECT_EQ(ended["status"], "valid");
  // The new certificate is not due, so that there is no chain of them.
  refusal_of(order(world, client, {"a.example"}, reference_to(ended)), ProblemType::rate_limited);
}

// RFC8555-6.6
TEST(RateLimit, OfFailedValidationsHoldsThatAccountAndNameOnly) {
  World world;
  limit(world, RateLimitId::failed_validations_per_account_and_name, 2, hours(2));
  const JwsClient client = registered(world);
  world.fetcher.prepare("a.example", [](const std::string&) -> acme::Result<acme::FetchedBody> {
    return acme::refuse(ProblemType::connection, "nobody is there");
  });
  // Begun while it may; two are enough.
  const ClientOrder spare = ordered(world, client, {"a.example", "spare.example"});
  for (const char* other : {"one.example", "two.example"}) {
    const ClientOrder each = ordered(world, client, {"a.example", other});
    body_of(world.post(client, challenge_of(world, client, each, 0), "{}"));
    world.work();
    EXPECT_EQ(read(world, client, each.url)["status"], "invalid");
  }
  refused_by(order(world, client, {"a.example"}), "failed_validations_per_account_and_name");
  refused_by(world.post(client, world.url(acme::paths::kNewAuthz),
                        R"({"identifier":{"type":"dns","value":"a.example"}})"),
             "failed_validations_per_account_and_name");
  const std::string challenge = challenge_of(world, client, spare, 0);
  refused_by(world.post(client, challenge, "{}"), "failed_validations_per_account_and_name");
  EXPECT_EQ(read(world, client, challenge)["status"], "pending");
  EXPECT_TRUE(order(world, client, {"b.example"}).has_value());
  EXPECT_TRUE(order(world, registered(world), {"a.example"}).has_value());
  world.clock.advance(hours(1));
  world.fetcher.serve_challenges("a.example", client.thumbprint());
  body_of(world.post(client, challenge, "{}"));
  world.work();
  EXPECT_EQ(read(world, client, challenge)["status"], "valid");
}

}  // namespace
}  // namespace tests
