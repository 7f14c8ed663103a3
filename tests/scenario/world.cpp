#include "tests/scenario/world.h"

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <future>
#include <stdexcept>
#include <thread>
#include <utility>

#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "ca/hierarchy.h"
#include "tests/scenario/world_routes.h"
#include "tests/support/csr.h"
#include "tests/support/invariants.h"
#include "tests/support/run.h"

namespace tests {

namespace asio = boost::asio;

namespace {

constexpr ca::Time kStart{std::chrono::sys_days{std::chrono::year{2026} / 12 / 1}};

struct Route {
  std::string_view path;
  acme::Authentication authentication;
  acme::Operation operation;
};

constexpr std::array<Route, 18> kRoutes{{
    {acme::paths::kNewAccount, acme::Authentication::jwk, acme::new_account},
    {acme::paths::kNewOrder, acme::Authentication::kid, acme::new_order},
    {acme::paths::kProfileNewOrder, acme::Authentication::kid, acme::new_order},
    {acme::paths::kNewAuthz, acme::Authentication::kid, acme::new_authorization},
    {acme::paths::kRevokeCert, acme::Authentication::jwk_or_kid, acme::revoke_certificate},
    {acme::paths::kKeyChange, acme::Authentication::kid, acme::change_key},
    {acme::paths::kAccountOrders, acme::Authentication::kid, acme::read_account_orders},
    {acme::paths::kNewApplication, acme::Authentication::kid, acme::new_application},
    {acme::paths::kApplications, acme::Authentication::kid, acme::list_applications},
    {acme::paths::kApplication, acme::Authentication::kid, acme::read_application},
    {acme::paths::kAccount, acme::Authentication::kid, acme::update_account},
    {acme::paths::kFinalize, acme::Authentication::kid, acme::finalize_order},
    {acme::paths::kOrder, acme::Authentication::kid, acme::read_order},
    {acme::paths::kAuthorization, acme::Authentication::kid, acme::update_authorization},
    {acme::paths::kChallenge, acme::Authentication::kid, acme::respond_to_challenge},
    {acme::paths::kCertificate, acme::Authentication::kid, acme::download_certificate},
    {acme::paths::kStarCertificate, acme::Authentication::kid, acme::download_star_certificate},
    {acme::paths::kAlternateChain, acme::Authentication::kid, acme::download_certificate},
}};

/// The next path segment of `text`, which is shortened by it.
std::string segment(std::string_view& text) {
  const std::size_t end = std::min(text.find('/'), text.size());
  std::string taken(text.substr(0, end));
  text.remove_prefix(end);
  return taken;
}

std::optional<acme::PathParameters> matched(std::string_view path, std::string_view pattern) {
  acme::PathParameters found;
  while (!pattern.empty()) {
    if (pattern.front() == '{') {
      const std::string_view place = pattern.substr(0, pattern.find('}') + 1);
      pattern.remove_prefix(pattern.find('}') + 1);
      (place == "{id}"        ? found.id
       : place == "{chain}"   ? found.chain
       : place == "{profile}" ? found.profile
                              : found.method) = segment(path);
    } else if (!path.empty() && path.front() == pattern.front()) {
      path.remove_prefix(1);
      pattern.remove_prefix(1);
    } else {
      return std::nullopt;
    }
  }
  return path.empty() ? std::optional(found) : std::nullopt;
}

std::unique_ptr<ca::Issuer> watched_issuer(ca::KeyAlgorithm algorithm,
                                           ca::RandomSource& random,
                                           SignerWatch& watch) {
  const ca::HierarchyNames names{.country = "XX", .organization = "Chancery Test"};
  const ca::KeyedCertificate root = ca::create_root(names, algorithm, random, kStart);
  ca::KeyedCertificate issuing = ca::create_issuing_ca(names, algorithm, root, random, kStart);
  const ca::KeyedCertificate other = ca::create_root(names, algorithm, random, kStart);
  const std::string cross = ca::create_cross_certificate(root.der, other, "", random, kStart);
  return std::make_unique<ca::Issuer>(
      std::vector<std::string>{issuing.der},
      std::make_unique<WatchedSigner>(std::move(issuing.signer), watch),
      ca::Issuer::Urls{.crl = "http://ca.example/issuing.crl"},
      std::vector<ca::Issuer::Chain>{{issuing.der, cross}});
}

}  // namespace

std::vector<std::string_view> paths_of_accounts() {
  std::vector<std::string_view> paths;
  for (const Route& route : kRoutes) {
    if (route.authentication != acme::Authentication::jwk) paths.push_back(route.path);
  }
  return paths;
}

bool is_of(const std::string& url, std::string_view path) {
  constexpr std::string_view kBase = "https://ca.example";
  return url.starts_with(kBase) && matched(std::string_view(url).substr(kBase.size()), path);
}

World::World(storage::LmdbOptions options, policy::Catalog products)
    : clock(kStart), catalog(std::move(products)), options_(std::move(options)) {
  for (const policy::Product& product : catalog.products()) {
    meta.profiles.emplace_back(product.name, product.description);
  }
  options_.folder = dir_ / "store";
  issuer = watched_issuer(ca::KeyAlgorithm::ecdsa_p256, random, signer_watch);
  sm2_issuer = watched_issuer(ca::KeyAlgorithm::sm2, random, signer_watch);
  open();
}

World::~World() {
  if (!is_tampered) expect_sound(*store, issuers());
  for (const auto& [message, count] : signer_watch.signed_messages) {
    EXPECT_EQ(count, 1) << "the issuer signed the same bytes twice";
  }
  close();
}

ca::IssuerSet World::issuers() const {
  return ca::IssuerSet({{issuer.get()}, {sm2_issuer.get()}});
}

void World::open() {
  store = std::make_unique<storage::Store>(
      std::make_unique<FaultyEngine>(storage::open_lmdb(options_), write_fault));
  nonces = std::make_unique<acme::NonceService>(random);
  keys = std::make_unique<acme::AccountKeyCache>();
  services.reset(new acme::Services{*store, issuers(), catalog,
                                    policy::SpecialUseNames::allowed_in_lab, random, clock, *nonces,
                                    *keys, urls, meta, dns, fetcher, prober, events, limits,
                                    reviews.surroundings(), polls, [this] { ++wakes; }});
  runner = std::make_unique<acme::DueWorkRunner>(
      *services, acme::DueWorkRunner::Executors::all_on(idle.get_executor()),
      acme::DueWorkRunner::Limits{});
}

void World::close() {
  runner.reset();
  services.reset();
  keys.reset();
  nonces.reset();
  store.reset();
}

void World::restart() {
  close();
  open();
}

acme::Result<acme::Reply> World::post(const JwsClient& client,
                                      const std::string& url,
                                      const std::string& payload) {
  return run(prepared(client, url, payload));
}

asio::awaitable<acme::Result<acme::Reply>> World::prepared(const JwsClient& client,
                                                           const std::string& url,
                                                           const std::string& payload) {
  const std::size_t query = std::min(url.find('?'), url.size());
  const std::string_view path =
      std::string_view(url).substr(urls.base().size(), query - urls.base().size());
  for (const Route& route : kRoutes) {
    std::optional<acme::PathParameters> parameters = matched(path, route.path);
    if (!parameters) continue;
    if (query < url.size()) parameters->query = url.substr(query + 1);
    auto request = acme::authenticate(*services, route.authentication, url,
                                      client.request(url, nonces->issue(), payload));
    if (!request) {
      const auto refused = [](acme::Problem problem) -> asio::awaitable<acme::Result<acme::Reply>> {
        co_return std::unexpected(std::move(problem));
      };
      return refused(std::move(request).error());
    }
    request->peer = peer;
    return route.operation(*services, *std::move(request), *std::move(parameters));
  }
  throw std::logic_error("no route for " + url);
}

std::vector<acme::Result<acme::Reply>> World::run_together(
    std::vector<asio::awaitable<acme::Result<acme::Reply>>> posts) {
  // Outlives the store, whose writer may still be inside post() when all has ended.
  static asio::io_context context;
  context.restart();
  std::vector<std::future<acme::Result<acme::Reply>>> futures;
  for (auto& each : posts) {
    futures.push_back(asio::co_spawn(context, std::move(each), asio::use_future));
  }
  {
    const std::jthread second([&] { context.run(); });
    context.run();
  }
  std::vector<acme::Result<acme::Reply>> replies;
  for (auto& each : futures) replies.push_back(each.get());
  return replies;
}

std::size_t World::work() {
  return run(runner->step());
}

bool World::work_until_killed(std::size_t handlers) {
  asio::io_context context;
  bool has_ended = false;
  asio::co_spawn(context, runner->step(),
                 [&](std::exception_ptr, std::size_t) { has_ended = true; });
  for (std::size_t i = 0; i < handlers && context.run_one() > 0; ++i) {
  }
  // The writer's thread may still owe an answer: it is stopped before the event loop goes away.
  store.reset();
  return !has_ended;
}

JwsClient registered(World& world, const std::string& payload) {
  JwsClient client;
  const auto reply = world.post(client, world.url(acme::paths::kNewAccount), payload);
  body_of(reply);
  client.use_account(reply.value().location.value());
  return client;
}

Json body_of(const acme::Result<acme::Reply>& reply) {
  if (!reply) {
    throw std::runtime_error("refused: " + acme::urn_of(reply.error().type()) + " " +
                             reply.error().detail());
  }
  return reply->body.empty() ? Json() : Json::parse(reply->body);
}

std::string refusal_of(const acme::Result<acme::Reply>& reply, ProblemType type) {
  if (reply) {
    ADD_FAILURE() << "accepted: " << reply->body;
    return "";
  }
  EXPECT_EQ(acme::urn_of(reply.error().type()), acme::urn_of(type)) << reply.error().detail();
  return reply.error().detail();
}

ClientOrder ordered(World& world, const JwsClient& client, const std::vector<std::string>& names) {
  Json payload{{"identifiers", Json::array()}};
  for (const std::string& name : names) {
    payload["identifiers"].push_back({{"type", "dns"}, {"value", name}});
  }
  const auto reply = world.post(client, world.url(acme::paths::kNewOrder), payload.dump());
  return {reply.value().location.value(), body_of(reply)};
}

Json read(World& world, const JwsClient& client, const std::string& url) {
  return body_of(world.post(client, url, ""));
}

std::string challenge_of(World& world,
                         const JwsClient& client,
                         const ClientOrder& order,
                         std::size_t i) {
  return read(world, client, order.authorization(i))["challenges"][0]["url"];
}

Json challenge_of_type(World& world,
                       const JwsClient& client,
                       const ClientOrder& order,
                       std::size_t i,
                       std::string_view type) {
  for (const Json& each : read(world, client, order.authorization(i))["challenges"]) {
    if (each["type"] == type) return each;
  }
  throw std::runtime_error("no challenge of type " + std::string(type));
}

void answer_dns_01(World& world,
                   const JwsClient& client,
                   const ClientOrder& order,
                   std::size_t i,
                   const std::string& name) {
  const Json challenge = challenge_of_type(world, client, order, i, "dns-01");
  const std::string token = challenge["token"];
  world.dns.set_txt("_acme-challenge." + name,
                    {ca::base64url(ca::sha256(token + "." + client.thumbprint()))});
  body_of(world.post(client, challenge["url"], "{}"));
}

ClientOrder proven_order(World& world,
                         const JwsClient& client,
                         const std::vector<std::string>& names) {
  ClientOrder order = ordered(world, client, names);
  prove(world, client, order, names);
  return order;
}

void prove(World& world,
           const JwsClient& client,
           ClientOrder& order,
           const std::vector<std::string>& names) {
  for (const std::string& name : names) world.fetcher.serve_challenges(name, client.thumbprint());
  for (std::size_t i = 0; i < order.body["authorizations"].size(); ++i) {
    body_of(world.post(client, challenge_of(world, client, order, i), "{}"));
  }
  world.work();
  order.body = read(world, client, order.url);
}

ClientOrder ready_order(World& world,
                        const JwsClient& client,
                        const std::vector<std::string>& names) {
  ClientOrder order = proven_order(world, client, names);
  EXPECT_EQ(order.body["status"], "ready");
  return order;
}

std::string csr_payload(ca::Signer& key, const std::vector<std::string>& names) {
  return R"({"csr":")" + ca::base64url(make_csr(key, names)) + R"("})";
}

Json issued(World& world,
            const JwsClient& client,
            ca::Signer& key,
            const std::vector<std::string>& names) {
  const ClientOrder order = ready_order(world, client, names);
  body_of(world.post(client, order.finalize(), csr_payload(key, names)));
  world.work();
  return read(world, client, order.url);
}

std::string leaf_of(World& world, const JwsClient& client, const std::string& url) {
  const std::string pem = world.post(client, url, "").value().body;
  return ca::from_pem("CERTIFICATE", pem).value().front();
}

}  // namespace tests
