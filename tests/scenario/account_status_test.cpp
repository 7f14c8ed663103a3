// T-D9: the status of the account counts at every operation.
#include <algorithm>

#include "acme/records/account_record.h"
#include "ca/crypto/encoding.h"
#include "tests/scenario/world.h"
#include "tests/scenario/world_routes.h"

namespace tests {
namespace {

/// Whether a request gets past the check of the account's status.
enum class Open { yes, no };

struct StatusRow {
  acme::AccountStatus status;
  Open open;
};

// RFC 8555 §7.1.6
constexpr StatusRow kStatuses[] = {
    {acme::AccountStatus::valid, Open::yes},
    {acme::AccountStatus::deactivated, Open::no},
    {acme::AccountStatus::revoked, Open::no},
};

void set_status(World& world, const JwsClient& client, acme::AccountStatus status) {
  const acme::AccountId id = world.urls.account_of(client.account().value()).value();
  world.store->write_and_wait([&](storage::Transaction& transaction) {
    auto record = acme::kAccounts.get(transaction, id.octets()).value();
    record.status = status;
    acme::kAccounts.put(transaction, id.octets(), record);
  });
}

/// An order that renews itself (RFC 8739), with its first certificate.
Json renewing(World& world, const JwsClient& client, ca::Signer& key) {
  world.meta.auto_renewal = acme::AutoRenewalOffer{.profiles = {"dv"},
                                                   .min_lifetime = std::chrono::hours(1),
                                                   .max_duration = std::chrono::days(20)};
  const Json payload{{"identifiers", {{{"type", "dns"}, {"value", "s.example"}}}},
                     {"auto-renewal",
                      {{"end-date", ca::rfc3339(world.clock.seconds() + std::chrono::days(5))},
                       {"lifetime", 86'400}}}};
  const auto reply = world.post(client, world.url(acme::paths::kNewOrder), payload.dump());
  ClientOrder order{reply.value().location.value(), body_of(reply)};
  prove(world, client, order, {"s.example"});
  body_of(world.post(client, order.finalize(), csr_payload(key, {"s.example"})));
  world.work();
  Json ended = read(world, client, order.url);
  ended["url"] = order.url;
  return ended;
}

/// One request of each operation, as an honest client would send it.
struct Requests {
  explicit Requests(World& world) : client(registered(world)) {
    const ClientOrder pending = ordered(world, client, {"a.example"});
    const ClientOrder ready = ready_order(world, client, {"r.example"});
    const Json done = issued(world, client, *key, {"i.example"});
    const Json star = renewing(world, client, *key);
    const std::string leaf = ca::base64url(leaf_of(world, client, done["certificate"]));
    const std::string account = client.account().value();
    const std::string change = R"({"account":")" + account + R"(","oldKey":)" +
                               acme::canonical_jwk(client.public_key()) + "}";
    const std::string header = R"({"alg":"ES256","jwk":)" + acme::canonical_jwk(next.public_key()) +
                               R"(,"url":")" + world.url(acme::paths::kKeyChange) + R"("})";
    all = {
        {account, ""},
        {account, R"({"contact":[]})"},
        {account, R"({"termsOfServiceAgreed":true})"},
        {account + "/orders", ""},
        {world.url(acme::paths::kNewOrder), R"({"identifiers":[{"type":"dns","value":"b.test"}]})"},
        {world.urls.profile_new_order("shortlived"),
         R"({"identifiers":[{"type":"dns","value":"p.test"}]})"},
        {world.url(acme::paths::kNewAuthz), R"({"identifier":{"type":"dns","value":"n.example"}})"},
        {pending.url, ""},
        {pending.authorization(0), ""},
        {challenge_of(world, client, pending, 0), ""},
        {done["certificate"], ""},
        {done["certificate"].get<std::string>() + "/1", ""},
        {star["star-certificate"], ""},
        {star["url"], R"({"status":"canceled"})"},
        {ready.finalize(), csr_payload(*other_key, {"r.example"})},
        {world.url(acme::paths::kRevokeCert), R"({"certificate":")" + leaf + R"("})"},
        {challenge_of(world, client, pending, 0), "{}"},
        {pending.authorization(0), R"({"status":"deactivated"})"},
        {world.url(acme::paths::kKeyChange), make_jws(next.signer(), header, change)},
    };
  }

  JwsClient client;
  JwsClient next;
  std::unique_ptr<ca::Signer> key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  std::unique_ptr<ca::Signer> other_key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  std::vector<std::pair<std::string, std::string>> all;  // URL and payload
};

// T-D9: no resource is left out. Those of applications need an organization (review_test.cpp).
TEST(AccountStatus, IsAskedForAtEveryResource) {
  World world;
  const Requests requests(world);
  for (const std::string_view path : paths_of_accounts()) {
    if (path == acme::paths::kNewApplication || path == acme::paths::kApplications ||
        path == acme::paths::kApplication) {
      continue;
    }
    EXPECT_TRUE(std::ranges::any_of(requests.all, [&](const auto& each) {
      return is_of(each.first, path);
    })) << path;
  }
}

// RFC8555-7.3.6 T-D9
TEST(AccountStatus, CountsAtEveryOperation) {
  for (const StatusRow& row : kStatuses) {
    World world;
    // The audit log does not know of statuses that nobody asked for.
    world.is_tampered = true;
    const Requests requests(world);
    set_status(world, requests.client, row.status);
    for (const auto& [url, payload] : requests.all) {
      SCOPED_TRACE(std::string(text_of(row.status)) + " " + url + " " + payload);
      const auto reply = world.post(requests.client, url, payload);
      if (row.open == Open::yes) {
        EXPECT_TRUE(reply.has_value()) << reply.error().detail();
      } else {
        refusal_of(reply, ProblemType::unauthorized);
      }
    }
  }
}

// T-D9: also of requests that were authenticated while the account was valid.
TEST(AccountStatus, CountsWhereAnythingIsWritten) {
  for (const StatusRow& row : kStatuses) {
    if (row.open == Open::yes) continue;
    World world;
    world.is_tampered = true;
    const Requests requests(world);
    std::vector<boost::asio::awaitable<acme::Result<acme::Reply>>> late;
    std::vector<std::string> what;
    for (const auto& [url, payload] : requests.all) {
      if (payload.empty()) continue;
      late.push_back(world.prepared(requests.client, url, payload));
      what.push_back(url + " " + payload);
    }
    set_status(world, requests.client, row.status);
    const auto replies = World::run_together(std::move(late));
    for (std::size_t i = 0; i < replies.size(); ++i) {
      SCOPED_TRACE(std::string(text_of(row.status)) + " " + what[i]);
      if (what[i].find("termsOfServiceAgreed") != std::string::npos) continue;  // changes nothing
      refusal_of(replies[i], ProblemType::unauthorized);
    }
  }
}

// RFC8555-7.3.1 T-D9
TEST(AccountStatus, CountsWhenAnAccountIsLookedUp) {
  for (const StatusRow& row : kStatuses) {
    World world;
    world.is_tampered = true;
    JwsClient client = registered(world);
    set_status(world, client, row.status);
    client.forget_account();
    for (const std::string payload : {"{}", R"({"onlyReturnExisting":true})"}) {
      SCOPED_TRACE(payload);
      const auto reply = world.post(client, world.url(acme::paths::kNewAccount), payload);
      if (row.open == Open::yes) {
        body_of(reply);
      } else {
        refusal_of(reply, ProblemType::unauthorized);
      }
    }
  }
}

}  // namespace
}  // namespace tests
