// A real store, issuer and nonce service behind `acme::Services`, for tests of the HTTP side.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "acme/jose/account_keys.h"
#include "acme/services.h"
#include "ca/hierarchy.h"
#include "server/http/message.h"
#include "tests/support/fakes.h"
#include "tests/support/no_reviews.h"
#include "tests/support/temp_store.h"

namespace tests {

struct ServicesFixture {
  static constexpr ca::Time kNow{std::chrono::sys_days{std::chrono::year{2026} / 12 / 1}};

  ServicesFixture() : ServicesFixture(std::nullopt) {}
  /// Over a store of the test's own instead of a real one.
  explicit ServicesFixture(std::optional<storage::Store> other) : own_store(std::move(other)) {
    const ca::HierarchyNames names{.country = "XX", .organization = "Test"};
    const auto root = ca::create_root(names, ca::KeyAlgorithm::ecdsa_p256, random, kNow);
    auto issuing = ca::create_issuing_ca(names, ca::KeyAlgorithm::ecdsa_p256, root, random, kNow);
    issuer = std::make_unique<ca::Issuer>(std::vector<std::string>{issuing.der},
                                          std::move(issuing.signer),
                                          ca::Issuer::Urls{.crl = "http://ca.example/issuing.crl"});
    services.emplace(acme::Services{.store = own_store ? *own_store : *temp_store,
                                    .issuers = *issuer,
                                    .catalog = catalog,
                                    .special_use_names = policy::SpecialUseNames::allowed_in_lab,
                                    .random = random,
                                    .clock = clock,
                                    .nonces = nonces,
                                    .account_keys = keys,
                                    .urls = urls,
                                    .meta = meta,
                                    .dns = dns,
                                    .fetcher = fetcher,
                                    .prober = prober,
                                    .events = events,
                                    .limits = limits,
                                    .surroundings = no_reviews.surroundings(),
                                    .polls = polls,
                                    .wake_due_work = [] {}});
  }
  acme::Services& operator*() { return *services; }

  ca::SystemRandom random;
  TempStore temp_store;
  std::optional<storage::Store> own_store;
  std::unique_ptr<ca::Issuer> issuer;
  policy::Catalog catalog;
  NoReviews no_reviews{catalog};
  acme::PollLimiter polls;
  FakeClock clock{kNow};
  acme::NonceService nonces{random};
  acme::AccountKeyCache keys;
  acme::ResourceUrls urls{"https://ca.test"};
  acme::DirectoryMeta meta;
  FakeDns dns;
  FakeFetcher fetcher;
  FakeProber prober;
  RecordingEvents events;
  acme::RateLimits limits;
  std::optional<acme::Services> services;
};

/// The value of a header field, or nothing.
inline std::optional<std::string> field_of(const server::HttpResponse& response,
                                           std::string_view name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return value;
  }
  return std::nullopt;
}

/// A request as the listener would hand it over.
inline server::HttpRequest request_to(std::string method, std::string path) {
  server::HttpRequest request;
  request.method = std::move(method);
  request.path = std::move(path);
  request.peer = "192.0.2.9:1234";
  request.request_id = "0123456789abcdef";
  return request;
}

}  // namespace tests
