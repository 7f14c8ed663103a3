// External account binding: who may open accounts, and what those accounts may order.
#include "acme/operations/external_account.h"
#include "acme/records/account_record.h"
#include "acme/records/authorization_record.h"
#include "acme/records/external_key_record.h"
#include "ca/audit_log.h"
#include "tests/scenario/world.h"
#include "tests/support/external_binding.h"

namespace tests {
namespace {

constexpr std::string_view kKid = "kid-1";

acme::ExternalKeyRecord fresh_key(const World& world) {
  acme::ExternalKeyRecord key;
  key.secret = std::string(64, 's');
  key.label = "Example Ltd";
  key.created_at = world.clock.seconds();
  return key;
}

void add_key(World& world, const acme::ExternalKeyRecord& key, std::string_view kid = kKid) {
  ASSERT_TRUE(world.store->write_and_wait([&](storage::Transaction& transaction) {
    return acme::add_external_key(transaction, std::string(kid), key, "tester");
  }));
}

acme::ExternalKeyRecord stored_key(World& world, std::string_view kid = kKid) {
  return world.store->read([&](const storage::Snapshot& snapshot) {
    return acme::kExternalKeys.get(snapshot, kid).value();
  });
}

std::vector<std::string> accounts_of(World& world, std::string_view kid = kKid) {
  std::vector<std::string> urls;
  world.store->read([&](const storage::Snapshot& snapshot) {
    acme::for_each_account_of(
        snapshot, kid, [&](const acme::AccountId& id) { urls.push_back(world.urls.account(id)); });
  });
  return urls;
}

BindingParts binding(const World& world,
                     const JwsClient& client,
                     std::string_view kid = kKid,
                     std::string secret = std::string(64, 's')) {
  return {std::string(kid), std::move(secret), world.url(acme::paths::kNewAccount),
          client.public_key()};
}

acme::Result<acme::Reply> open_account(World& world,
                                       const JwsClient& client,
                                       std::string_view kid = kKid) {
  return world.post(client, world.url(acme::paths::kNewAccount),
                    binding(world, client, kid).new_account());
}

JwsClient bound(World& world, std::string_view kid = kKid) {
  JwsClient client;
  const auto reply = open_account(world, client, kid);
  body_of(reply);
  client.use_account(reply->location.value());
  return client;
}

acme::Result<acme::Reply> order(World& world, const JwsClient& client, const Json& payload) {
  return world.post(client, world.url(acme::paths::kNewOrder), payload.dump());
}

Json names(const std::vector<std::string>& all) {
  Json payload{{"identifiers", Json::array()}};
  for (const std::string& name : all) {
    payload["identifiers"].push_back({{"type", "dns"}, {"value", name}});
  }
  return payload;
}

// RFC8555-7.3.4 WIR-20
TEST(ExternalAccount, IsRequiredWhereTheDirectorySaysSo) {
  World world;
  const JwsClient client;
  const std::string url = world.url(acme::paths::kNewAccount);
  world.meta.external_account_required = true;
  add_key(world, fresh_key(world));
  for (const std::string payload : {"{}", R"({"externalAccountBinding":null})"}) {
    refusal_of(world.post(client, url, payload), ProblemType::external_account_required);
  }
  refusal_of(world.post(client, url, R"({"externalAccountBinding":"x"})"), ProblemType::malformed);
  refusal_of(world.post(client, url, R"({"onlyReturnExisting":true})"),
             ProblemType::account_does_not_exist);
  EXPECT_EQ(open_account(world, client).value().outcome, acme::Outcome::created);
  world.meta.external_account_required = false;
  const JwsClient unbound;
  EXPECT_FALSE(body_of(world.post(unbound, url, "{}")).contains("externalAccountBinding"));
}

// RFC8555-7.3.4: "MUST include an externalAccountBinding field with the same value".
TEST(ExternalAccount, IsShownInTheAccountAndNotedWithTheKey) {
  World world;
  add_key(world, fresh_key(world));
  JwsClient client;
  const std::string sent = binding(world, client).text();
  const auto reply =
      world.post(client, world.url(acme::paths::kNewAccount),
                 R"({"contact":["mailto:a@b.example"],"externalAccountBinding":)" + sent + "}");
  EXPECT_EQ(body_of(reply)["externalAccountBinding"], Json::parse(sent));
  client.use_account(reply->location.value());
  EXPECT_EQ(read(world, client, *client.account())["externalAccountBinding"], Json::parse(sent));
  EXPECT_EQ(accounts_of(world), std::vector<std::string>{*client.account()});
  EXPECT_EQ(stored_key(world).uses, 1);
  const JwsClient second = bound(world);
  EXPECT_EQ(stored_key(world).uses, 2);
  EXPECT_EQ(accounts_of(world).size(), 2);
  std::vector<std::pair<std::string, std::string>> facts;
  world.store->read([&](const storage::Snapshot& snapshot) {
    ca::read_audit(snapshot, 0, [&](const ca::AuditEntry& entry) {
      if (entry.event == "account.created" && facts.empty()) facts = entry.facts;
      return storage::Scan::proceed;
    });
  });
  EXPECT_EQ(facts, (std::vector<std::pair<std::string, std::string>>{{"external_key", "kid-1"}}));
}

// RFC8555-7.3.1 T-D12 WIR-20: the same account may register again, and uses nothing up by it.
TEST(ExternalAccount, MayBeRegisteredAgainWithTheSameKey) {
  World world;
  auto key = fresh_key(world);
  key.max_uses = 1;
  add_key(world, key);
  const JwsClient client;
  const auto created = open_account(world, client);
  EXPECT_EQ(created.value().outcome, acme::Outcome::created);
  for (int i = 0; i < 3; ++i) {
    const auto found = open_account(world, client);
    EXPECT_EQ(found.value().outcome, acme::Outcome::ok);
    EXPECT_EQ(found->location, created->location);
    EXPECT_EQ(body_of(found), body_of(created));
  }
  EXPECT_EQ(stored_key(world).uses, 1);
  const JwsClient other;
  refusal_of(open_account(world, other), ProblemType::unauthorized);
}

// T-D12: who does not hold the MAC key cannot tell an unknown identifier from any other.
TEST(ExternalAccount, TellsAStrangerNothingAboutKeys) {
  World world;
  auto ended = fresh_key(world);
  add_key(world, ended);
  ended.disabled_at = world.clock.seconds();
  add_key(world, ended, "disabled");
  ended = fresh_key(world);
  ended.expires_at = world.clock.seconds();
  add_key(world, ended, "expired");
  ended = fresh_key(world);
  ended.max_uses = 1;
  add_key(world, ended, "single");
  bound(world, "single");
  const JwsClient client;
  const std::string url = world.url(acme::paths::kNewAccount);
  const std::string wrong(64, 'w');
  std::vector<std::string> details;
  for (const std::string kid : {"kid-1", "disabled", "expired", "single", "nobody"}) {
    const auto reply = world.post(client, url, binding(world, client, kid, wrong).new_account());
    std::string detail = refusal_of(reply, ProblemType::unauthorized);
    const std::size_t at = detail.find(kid);
    ASSERT_NE(at, std::string::npos) << detail;
    details.push_back(detail.erase(at, kid.size()));
  }
  for (const std::string& detail : details) EXPECT_EQ(detail, details.front());
  // Octets of no meaning stand in for a key that is not there; they are no key either.
  refusal_of(world.post(client, url,
                        binding(world, client, "nobody", std::string(64, '\0')).new_account()),
             ProblemType::unauthorized);
}

// T-D12
TEST(ExternalAccount, IsRefusedByAKeyThatHasEndedAndCreatesNothing) {
  World world;
  const ca::Time now = world.clock.seconds();
  auto key = fresh_key(world);
  key.disabled_at = now;
  add_key(world, key, "disabled");
  key = fresh_key(world);
  key.expires_at = now + std::chrono::hours(1);
  add_key(world, key, "expiring");
  key = fresh_key(world);
  key.max_uses = 2;
  add_key(world, key, "twice");
  const JwsClient client;
  const auto refused = [&](std::string_view kid, std::string_view state) {
    const std::string detail =
        refusal_of(open_account(world, client, kid), ProblemType::unauthorized);
    EXPECT_NE(detail.find(state), std::string::npos) << detail;
    refusal_of(
        world.post(client, world.url(acme::paths::kNewAccount), R"({"onlyReturnExisting":true})"),
        ProblemType::account_does_not_exist);
  };
  refused("disabled", "is disabled");
  bound(world, "expiring");
  world.clock.advance(std::chrono::hours(1));
  refused("expiring", "is expired");
  bound(world, "twice");
  bound(world, "twice");
  refused("twice", "is used up");
  // What an ended key has opened goes on.
  add_key(world, fresh_key(world), "later");
  const JwsClient early = bound(world, "later");
  world.store->write_and_wait([&](storage::Transaction& transaction) {
    return acme::disable_external_key(transaction, "later", "tester", now);
  });
  refused("later", "is disabled");
  EXPECT_TRUE(order(world, early, names({"a.example"})).has_value());
}

// RFC8555-7.3.4: another secret for a key that others may know by now.
TEST(ExternalAccount, IsOpenedWithTheNewestSecretOnly) {
  World world;
  const std::string url = world.url(acme::paths::kNewAccount);
  add_key(world, fresh_key(world));
  const JwsClient early = bound(world);
  const std::string fresh(64, 'n');
  const auto rotate = [&](const std::string& kid) {
    return world.store->write_and_wait([&](storage::Transaction& transaction) {
      return acme::rotate_external_key(transaction, kid, fresh, "tester", world.clock.seconds());
    });
  };
  const JwsClient late;
  const acme::ExternalAccount judged_before{std::string(kKid), binding(world, late).text()};
  ASSERT_TRUE(rotate(std::string(kKid)));
  EXPECT_EQ(stored_key(world).rotated_at, world.clock.seconds());
  refusal_of(open_account(world, late), ProblemType::unauthorized);
  // Whoever was judged by the old secret, and is overtaken by the new one.
  const auto used =
      world.store->write_and_wait([&](storage::Transaction& transaction) -> acme::Result<void> {
        return acme::use_external_key(transaction, judged_before, url,
                                      acme::AccountId::from_octets(std::string(16, 'x')),
                                      world.clock.seconds());
      });
  ASSERT_FALSE(used.has_value());
  EXPECT_EQ(used.error().type(), ProblemType::unauthorized);
  EXPECT_EQ(stored_key(world).uses, 1);
  body_of(world.post(late, url, binding(world, late, kKid, fresh).new_account()));
  EXPECT_EQ(stored_key(world).uses, 2);
  // What the old one has opened goes on.
  EXPECT_TRUE(order(world, early, names({"a.example"})).has_value());
  EXPECT_FALSE(rotate("nobody"));
  world.store->write_and_wait([&](storage::Transaction& transaction) {
    return acme::disable_external_key(transaction, std::string(kKid), "tester",
                                      world.clock.seconds());
  });
  EXPECT_FALSE(rotate(std::string(kKid)));
}

// RFC8555-7.3.4 T-D12
TEST(ExternalAccount, WantsTheOuterKeyAndUrlInTheBinding) {
  World world;
  add_key(world, fresh_key(world));
  const JwsClient client;
  const JwsClient thief;
  const std::string url = world.url(acme::paths::kNewAccount);
  refusal_of(world.post(thief, url, binding(world, client).new_account()), ProblemType::malformed);
  BindingParts parts = binding(world, client);
  parts.url = world.url(acme::paths::kNewOrder);
  refusal_of(world.post(client, url, parts.new_account()), ProblemType::malformed);
  parts = binding(world, client);
  parts.alg = "ES256";
  refusal_of(world.post(client, url, parts.new_account()), ProblemType::malformed);
  EXPECT_EQ(stored_key(world).uses, 0);
  EXPECT_EQ(accounts_of(world), std::vector<std::string>{});
}

// RFC7518-3.2 T-D12
TEST(ExternalAccount, TakesNoLongMacOfAShortKey) {
  World world;
  auto key = fresh_key(world);
  key.secret = std::string(32, 'k');
  add_key(world, key);
  const std::string url = world.url(acme::paths::kNewAccount);
  for (const auto& [alg, is_taken] :
       {std::pair<std::string, bool>{"HS512", false}, {"HS384", false}, {"HS256", true}}) {
    const JwsClient client;
    BindingParts parts = binding(world, client, kKid, key.secret);
    parts.alg = alg;
    EXPECT_EQ(world.post(client, url, parts.new_account()).has_value(), is_taken) << alg;
  }
}

// T-D12 T-B6
TEST(ExternalAccount, OpensNoMoreAccountsThanItMayHoweverManyAskAtOnce) {
  World world;
  auto key = fresh_key(world);
  key.max_uses = 1;
  add_key(world, key);
  const std::vector<JwsClient> clients(32);
  std::vector<boost::asio::awaitable<acme::Result<acme::Reply>>> posts;
  for (const JwsClient& client : clients) {
    posts.push_back(world.prepared(client, world.url(acme::paths::kNewAccount),
                                   binding(world, client).new_account()));
  }
  const auto replies = World::run_together(std::move(posts));
  std::size_t created = 0;
  for (const auto& reply : replies) {
    if (reply) {
      ++created;
    } else {
      refusal_of(reply, ProblemType::unauthorized);
    }
  }
  EXPECT_EQ(created, 1);
  EXPECT_EQ(stored_key(world).uses, 1);
  EXPECT_EQ(accounts_of(world).size(), 1);
}

// Which names a key is for.
TEST(ExternalAccount, LimitsTheNamesOfItsOrders) {
  World world;
  auto key = fresh_key(world);
  key.domains = {"a.example", "b.example"};
  add_key(world, key);
  const JwsClient client = bound(world);
  for (const std::vector<std::string>& good :
       {std::vector<std::string>{"a.example"}, {"x.a.example", "b.example"}}) {
    EXPECT_TRUE(order(world, client, names(good)).has_value());
  }
  const auto one = order(world, client, names({"c.example"}));
  EXPECT_NE(refusal_of(one, ProblemType::rejected_identifier).find(R"("a.example", "b.example")"),
            std::string::npos);
  const auto several = order(world, client, names({"a.example", "xa.example", "c.example"}));
  refusal_of(several, ProblemType::rejected_identifier);
  std::vector<std::string> about;
  for (const acme::Problem& each : several.error().subproblems()) {
    about.push_back(each.identifier()->value);
  }
  EXPECT_EQ(about, (std::vector<std::string>{"c.example", "xa.example"}));
  // Another account of the same server is not limited by it.
  EXPECT_TRUE(order(world, registered(world), names({"c.example"})).has_value());
}

acme::Result<acme::Reply> new_authz(World& world, const JwsClient& client, const char* name) {
  return world.post(
      client, world.url(acme::paths::kNewAuthz),
      Json{{"identifier", {{"type", "dns"}, {"value", name}, {"subdomainAuthAllowed", true}}}}
          .dump());
}

// RFC8555-7.4.1: what is authorized ahead is limited like what is ordered.
TEST(ExternalAccount, LimitsWhatItAuthorizesAhead) {
  World world;
  auto key = fresh_key(world);
  key.domains = {"a.example"};
  key.profiles = {"shortlived"};
  add_key(world, key);
  key.profiles = {"elsewhere"};
  add_key(world, key, "other");
  const JwsClient client = bound(world);
  refusal_of(new_authz(world, client, "c.example"), ProblemType::rejected_identifier);
  refusal_of(new_authz(world, client, "xa.example"), ProblemType::rejected_identifier);
  const auto made = new_authz(world, client, "x.a.example");
  const std::string url = made.value().location.value();
  const auto id = acme::AuthorizationId::parse(url.substr(url.rfind('/') + 1)).value();
  world.store->read([&](const storage::Snapshot& snapshot) {
    EXPECT_EQ(acme::kAuthorizations.get(snapshot, id.octets()).value().product, "shortlived");
  });
  refusal_of(new_authz(world, bound(world, "other"), "a.example"), ProblemType::invalid_profile);
}

// WIR-23: which profiles a key is for.
TEST(ExternalAccount, LimitsTheProfilesOfItsOrders) {
  World world;
  auto key = fresh_key(world);
  key.profiles = {"dv"};
  add_key(world, key);
  key.profiles = {"elsewhere"};
  add_key(world, key, "other");
  const JwsClient client = bound(world);
  Json payload = names({"a.example"});
  EXPECT_TRUE(order(world, client, payload).has_value());
  payload["profile"] = "dv";
  EXPECT_TRUE(order(world, client, payload).has_value());
  const JwsClient other = bound(world, "other");
  const auto refused = order(world, other, payload);
  EXPECT_NE(refusal_of(refused, ProblemType::invalid_profile).find(R"("elsewhere")"),
            std::string::npos);
  // Without a profile it gets the first it may have, which this catalog does not hold.
  refusal_of(order(world, other, names({"a.example"})), ProblemType::invalid_profile);
}

}  // namespace
}  // namespace tests
