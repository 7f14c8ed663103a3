// A whole CA without sockets: a real store, a real issuer, real JWS; a clock and a web that the
// test moves.
#pragma once

#include <gtest/gtest.h>

#include <atomic>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "acme/fulfilment/due_work.h"
#include "acme/jose/account_keys.h"
#include "acme/operations/operation.h"
#include "acme/services.h"
#include "storage/lmdb_engine.h"
#include "tests/support/fakes.h"
#include "tests/support/faulty_engine.h"
#include "tests/support/jws_client.h"
#include "tests/support/stored_reviews.h"
#include "tests/support/temp_dir.h"

namespace tests {

using acme::ProblemType;
using Json = nlohmann::json;

/// The CA and its surroundings. Clean up is proof: every world checks all invariants when it ends.
class World {
 public:
  /// `options.folder` is replaced.
  explicit World(storage::LmdbOptions options = {}, policy::Catalog products = policy::Catalog());
  ~World();

  /// What the server would answer to a POST of `client` to `url`.
  acme::Result<acme::Reply> post(const JwsClient& client,
                                 const std::string& url,
                                 const std::string& payload);
  /// The same without running it: authenticated now, to be run with others.
  boost::asio::awaitable<acme::Result<acme::Reply>> prepared(const JwsClient& client,
                                                             const std::string& url,
                                                             const std::string& payload);
  /// Runs all of `posts` at once on two threads.
  static std::vector<acme::Result<acme::Reply>> run_together(
      std::vector<boost::asio::awaitable<acme::Result<acme::Reply>>> posts);

  /// Does all work that is due now. Returns how many pieces ran.
  std::size_t work();
  /// As `work`, but the process dies after `handlers` steps of its event loop. False if it ended
  /// before that.
  bool work_until_killed(std::size_t handlers);
  /// Ends the process and starts it again over the same store.
  void restart();

  [[nodiscard]] std::string url(std::string_view path) const { return urls.at(path); }

  boost::asio::io_context idle;  // the runner's own loop, which single steps do not need
  SignerWatch signer_watch;
  WriteFault write_fault;
  FakeClock clock;
  FakeFetcher fetcher;
  FakeProber prober;
  FakeDns dns;
  RecordingEvents events;
  acme::RateLimits limits;            // change it between requests only
  std::optional<ca::IpAddress> peer;  // whom requests come from
  policy::Catalog catalog;
  acme::PollLimiter polls;
  acme::ResourceUrls urls{"https://ca.example"};
  acme::DirectoryMeta meta;
  ca::SystemRandom random;
  StoredReviews reviews{catalog, random};
  std::unique_ptr<ca::Issuer> issuer;      // with a key on P-256
  std::unique_ptr<ca::Issuer> sm2_issuer;  // for what is signed with SM2
  [[nodiscard]] ca::IssuerSet issuers() const;
  std::unique_ptr<storage::Store> store;
  std::unique_ptr<acme::NonceService> nonces;
  std::unique_ptr<acme::AccountKeyCache> keys;
  std::unique_ptr<acme::Services> services;
  std::unique_ptr<acme::DueWorkRunner> runner;
  std::atomic<std::size_t> wakes = 0;
  bool is_tampered = false;  // the test broke the store on purpose

 private:
  void open();
  void close();
  TempDir dir_;
  storage::LmdbOptions options_;
};

/// A client with an account.
JwsClient registered(World& world, const std::string& payload = R"({"termsOfServiceAgreed":true})");

/// The JSON of a reply that must be a success.
Json body_of(const acme::Result<acme::Reply>& reply);

/// Fails unless `reply` is a refusal of this type. Returns its detail.
std::string refusal_of(const acme::Result<acme::Reply>& reply, ProblemType type);

/// An order as a client sees it.
struct ClientOrder {
  std::string url;
  Json body;
  [[nodiscard]] std::string finalize() const { return body["finalize"]; }
  [[nodiscard]] std::string authorization(std::size_t i) const { return body["authorizations"][i]; }
};

/// newOrder for these DNS names.
ClientOrder ordered(World& world, const JwsClient& client, const std::vector<std::string>& names);
/// The order as it is now.
Json read(World& world, const JwsClient& client, const std::string& url);
/// The URL of the first challenge of the i-th authorization.
std::string challenge_of(World& world,
                         const JwsClient& client,
                         const ClientOrder& order,
                         std::size_t i);
/// The challenge of this type of the i-th authorization, which must have one.
Json challenge_of_type(World& world,
                       const JwsClient& client,
                       const ClientOrder& order,
                       std::size_t i,
                       std::string_view type);
/// Publishes the TXT record of a dns-01 challenge of `client` for `name`, and asks for the attempt.
void answer_dns_01(World& world,
                   const JwsClient& client,
                   const ClientOrder& order,
                   std::size_t i,
                   const std::string& name);
/// An order whose authorizations are all valid, whatever it is.
ClientOrder proven_order(World& world,
                         const JwsClient& client,
                         const std::vector<std::string>& names);
/// The same, which must be ready.
ClientOrder ready_order(World& world,
                        const JwsClient& client,
                        const std::vector<std::string>& names);
/// Payload of finalize for these names with this key.
std::string csr_payload(ca::Signer& key, const std::vector<std::string>& names);
/// A whole issuance. Returns the order as it ended.
Json issued(World& world,
            const JwsClient& client,
            ca::Signer& key,
            const std::vector<std::string>& names);
/// The DER of the leaf behind a certificate URL.
std::string leaf_of(World& world, const JwsClient& client, const std::string& url);

}  // namespace tests
