// The API over a real store: people of two tenants and of the authority, and requests as the
// listener would hand them over.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "ca/audit_log.h"
#include "policy/catalog/catalog.h"
#include "policy/people/api_token.h"
#include "policy/people/person.h"
#include "policy/people/tenant.h"
#include "server/api/api.h"
#include "server/api/schema.h"
#include "server/application_desk.h"
#include "tests/support/api_contract.h"
#include "tests/support/fakes.h"
#include "tests/support/run.h"
#include "tests/support/temp_store.h"
#include "tests/support/test_ca.h"

namespace tests {

/// What came back.
struct ApiReply {
  unsigned status = 0;
  nlohmann::json body;
  server::HttpResponse response;

  [[nodiscard]] std::string field(std::string_view name) const {
    for (const auto& [key, value] : response.headers) {
      if (key == name) return value;
    }
    return {};
  }
  [[nodiscard]] std::string etag() const { return field("ETag"); }
  [[nodiscard]] std::string code() const { return body.value("code", ""); }
  /// The pointers of a problem's errors.
  [[nodiscard]] std::vector<std::string> pointers() const {
    std::vector<std::string> out;
    for (const auto& each : body.value("errors", nlohmann::json::array())) {
      out.push_back(each.value("pointer", ""));
    }
    return out;
  }
};

/// Beside method, path and body.
struct ApiOptions {
  std::string token = {};
  std::string query = {};
  std::string if_match = {};
  std::string idempotency_key = {};
  std::string accept_language = {};
  std::string content_type = "application/json";
  std::string peer = "192.0.2.9:1234";
};

class ApiWorld {
 public:
  static constexpr ca::Time kNow{std::chrono::sys_days{std::chrono::year{2026} / 12 / 1}};

  ApiWorld() = default;

  server::api::Context context() {
    return {.store = *store,
            .clock = clock,
            .random = random,
            .events = events,
            .surroundings = desk.surroundings(),
            .issuers = issuers,
            .control_house = house,
            .calendars = &files.calendars,
            .base_url = "https://ca.test"};
  }

  policy::TenantId tenant(const std::string& name) {
    const auto id = policy::TenantId::fresh(random, clock.now());
    const auto made = store->write_and_wait([&](storage::Transaction& transaction) {
      return policy::create_tenant(transaction, "test", id, name, clock.seconds());
    });
    EXPECT_TRUE(made.has_value());
    return id;
  }

  /// A fresh person with these roles.
  policy::PersonId person(const std::optional<policy::TenantId>& of,
                          std::vector<policy::Role> roles) {
    const auto id = policy::PersonId::fresh(random, clock.now());
    const policy::NewPerson wanted{"Person " + std::to_string(++people_),
                                   "person" + std::to_string(people_) + "@example.org", of,
                                   std::move(roles)};
    const auto made = store->write_and_wait([&](storage::Transaction& transaction) {
      return policy::create_person(transaction, "test", id, wanted, clock.seconds());
    });
    EXPECT_TRUE(made.has_value()) << (made ? "" : made.error().detail);
    return id;
  }

  struct Token {
    std::string text;
    policy::TokenId id;
  };
  Token token_of(const policy::PersonId& person, std::optional<ca::Time> expires_at = {}) {
    Token token{policy::fresh_token_text(random), policy::TokenId::fresh(random, clock.now())};
    const auto made = store->write_and_wait([&](storage::Transaction& transaction) {
      return policy::create_token(transaction, "test", token.id, token.text,
                                  {person, {}, "", {}, expires_at}, clock.seconds());
    });
    EXPECT_TRUE(made.has_value());
    return token;
  }
  /// The token of a fresh person with one role.
  std::string token(const std::optional<policy::TenantId>& of, policy::Role role) {
    return token_of(person(of, {role})).text;
  }
  void revoke(const policy::TokenId& id) {
    const auto done = store->write_and_wait([&](storage::Transaction& transaction) {
      return policy::disable_token(transaction, "test", id, clock.seconds());
    });
    EXPECT_TRUE(done.has_value());
  }

  /// Asks the API. `path` is below /api/v1. What comes back is checked against the route table:
  /// JSON of the response's shape, or a problem.
  ApiReply ask(const std::string& method,
               const std::string& path,
               const std::string& body,
               const ApiOptions& options) {
    server::HttpRequest request;
    request.method = method;
    request.path = "/api/v1" + path;
    request.query = options.query;
    request.body = body;
    if (!body.empty()) request.content_type = options.content_type;
    if (!options.token.empty()) request.authorization = "Bearer " + options.token;
    request.if_match = options.if_match;
    request.accept_language = options.accept_language;
    request.idempotency_key = options.idempotency_key;
    request.peer = options.peer;
    request.request_id = "0123456789abcdef";
    if (!api) api.emplace(context());
    ApiReply reply;
    reply.response = run(api->handle(request));
    reply.status = reply.response.status;
    reply.body = nlohmann::json::parse(reply.response.body, nullptr, false);
    expect_documented(request, reply);
    return reply;
  }
  ApiReply send(const std::string& method,
                const std::string& path,
                const nlohmann::json& body,
                const ApiOptions& options) {
    return ask(method, path, body.dump(), options);
  }
  ApiReply get(const std::string& path, const std::string& token, const std::string& query = {}) {
    return ask("GET", path, "", {.token = token, .query = query});
  }

  std::vector<ca::AuditEntry> audit() {
    std::vector<ca::AuditEntry> entries;
    store->read([&](const storage::Snapshot& snapshot) {
      ca::read_audit(snapshot, 1, [&](const ca::AuditEntry& entry) {
        entries.push_back(entry);
        return storage::Scan::proceed;
      });
    });
    return entries;
  }

  ca::SystemRandom random;
  FakeClock clock{kNow};
  RecordingEvents events;
  policy::LoadedCatalog files{policy::load_catalog({}).value()};
  policy::Catalog catalog{files.products};
  policy::ControlHouse house{{"ca.test"}, ""};
  server::ApplicationDesk desk{catalog, files.calendars, house, random,
                               policy::SpecialUseNames::allowed_in_lab};
  TestCa authority = make_test_ca(kNow);
  ca::IssuerSet issuers{*authority.issuer};
  TempStore store;
  std::optional<server::api::Api> api;

 private:
  static void expect_documented(const server::HttpRequest& request, const ApiReply& reply) {
    SCOPED_TRACE(request.method + " " + request.path + " -> " + std::to_string(reply.status) + " " +
                 reply.response.body.substr(0, 600));
    expect_in_contract(request, reply.response);
    EXPECT_EQ(reply.field("Cache-Control"), "no-store");
    EXPECT_EQ(reply.field("X-Content-Type-Options"), "nosniff");
    if (reply.status >= 400) {
      EXPECT_EQ(reply.field("Content-Type"), "application/problem+json");
      EXPECT_EQ(reply.body.value("status", 0U), reply.status);
      EXPECT_FALSE(reply.code().empty());
      EXPECT_EQ(reply.body.value("type", ""), "https://ca.test/api/v1/problems#" + reply.code());
      EXPECT_EQ(reply.body.value("instance", ""), request.path + "#0123456789abcdef");
      return;
    }
    const server::api::Route* const route = route_in_contract(request);
    ASSERT_NE(route, nullptr);
    if (route->response == nullptr) return;
    ASSERT_TRUE(reply.body.is_object());
    const nlohmann::json items =
        route->is_page ? reply.body.at("items") : nlohmann::json::array({reply.body});
    for (const auto& each : items) {
      for (const auto& fault : server::api::faults_in(each, *route->response)) {
        // Who asks for some members gets no others.
        if (request.query.contains("fields=") && fault.detail == "this member is required")
          continue;
        ADD_FAILURE() << fault.pointer << " " << fault.detail;
      }
    }
  }

  int people_ = 0;
};

}  // namespace tests
