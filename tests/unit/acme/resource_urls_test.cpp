#include "acme/resource_urls.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

namespace acme {
namespace {

constexpr std::string_view kIdText = "ECAwQFBgAQIDBAUGBwgJCg";

const ResourceUrls& urls() {
  static const ResourceUrls all("https://ca.example:14000");
  return all;
}

template <class Id>
Id id() {
  return Id::parse(kIdText).value();
}

TEST(ResourceUrls, FillTheTemplates) {
  const std::string base = "https://ca.example:14000/acme/";
  EXPECT_EQ(urls().at(paths::kDirectory), base + "directory");
  EXPECT_EQ(urls().account(id<AccountId>()), base + "account/ECAwQFBgAQIDBAUGBwgJCg");
  EXPECT_EQ(urls().account_orders(id<AccountId>()), base + "account/ECAwQFBgAQIDBAUGBwgJCg/orders");
  EXPECT_EQ(urls().order(id<OrderId>()), base + "order/ECAwQFBgAQIDBAUGBwgJCg");
  EXPECT_EQ(urls().finalize(id<OrderId>()), base + "order/ECAwQFBgAQIDBAUGBwgJCg/finalize");
  EXPECT_EQ(urls().authorization(id<AuthorizationId>()), base + "authz/ECAwQFBgAQIDBAUGBwgJCg");
  EXPECT_EQ(urls().challenge(id<AuthorizationId>(), "http-01"),
            base + "challenge/ECAwQFBgAQIDBAUGBwgJCg/http-01");
  EXPECT_EQ(urls().certificate(id<CertificateId>()), base + "cert/ECAwQFBgAQIDBAUGBwgJCg");
}

TEST(ResourceUrls, NameTheAccountTheyWereMadeFrom) {
  EXPECT_EQ(urls().account_of(urls().account(id<AccountId>())), id<AccountId>());
}

// RFC8555-6.2 T-D4: `kid` is the account URL exactly.
TEST(ResourceUrls, NameNoAccountForAnyOtherText) {
  const std::string rows[] = {
      "",
      "ECAwQFBgAQIDBAUGBwgJCg",
      "/acme/account/ECAwQFBgAQIDBAUGBwgJCg",
      "http://ca.example:14000/acme/account/ECAwQFBgAQIDBAUGBwgJCg",
      "https://ca.example/acme/account/ECAwQFBgAQIDBAUGBwgJCg",
      "https://CA.example:14000/acme/account/ECAwQFBgAQIDBAUGBwgJCg",
      "https://ca.example:14000.evil.example/acme/account/ECAwQFBgAQIDBAUGBwgJCg",
      "https://ca.example:14000/acme/account/",
      "https://ca.example:14000/acme/account/ECAwQFBgAQIDBAUGBwgJCg/",
      "https://ca.example:14000/acme/account/ECAwQFBgAQIDBAUGBwgJCg/orders",
      "https://ca.example:14000/acme/account/ECAwQFBgAQIDBAUGBwgJCg?x",
      "https://ca.example:14000/acme/account//ECAwQFBgAQIDBAUGBwgJCg",
      "https://ca.example:14000//acme/account/ECAwQFBgAQIDBAUGBwgJCg",
      "https://ca.example:14000/acme/order/ECAwQFBgAQIDBAUGBwgJCg",
      "https://ca.example:14000/acme/Account/ECAwQFBgAQIDBAUGBwgJCg",
      "https://ca.example:14000/acme/account/ECAwQFBgAQIDBAUGBwgJCh",
      " https://ca.example:14000/acme/account/ECAwQFBgAQIDBAUGBwgJCg",
  };
  for (const std::string& row : rows) EXPECT_FALSE(urls().account_of(row)) << row;
}

// RFC8555-7.1.1
TEST(Directory, ListsTheResourcesThatExistAndNothingElse) {
  EXPECT_EQ(directory_json(urls(), {}),
            R"({"newNonce":"https://ca.example:14000/acme/new-nonce",)"
            R"("newAccount":"https://ca.example:14000/acme/new-account",)"
            R"("newOrder":"https://ca.example:14000/acme/new-order",)"
            R"("newAuthz":"https://ca.example:14000/acme/new-authz",)"
            R"("revokeCert":"https://ca.example:14000/acme/revoke-cert",)"
            R"("keyChange":"https://ca.example:14000/acme/key-change",)"
            R"("renewalInfo":"https://ca.example:14000/acme/renewal-info",)"
            R"("meta":{"externalAccountRequired":false}})");
}

// RFC8555-7.1.1, draft-ietf-acme-profiles
TEST(Directory, DescribesTheServerInMeta) {
  const DirectoryMeta meta{.terms_of_service = "https://ca.example/terms",
                           .website = "https://ca.example/",
                           .caa_identities = {"ca.example", "other.example"},
                           .profiles = {{"dv", "Domain validation"}, {"alpha", "Second"}},
                           .external_account_required = true,
                           .subdomain_auth_allowed = true};
  const auto directory = nlohmann::ordered_json::parse(directory_json(urls(), meta));
  EXPECT_EQ(directory["meta"].dump(),
            R"({"termsOfService":"https://ca.example/terms","website":"https://ca.example/",)"
            R"("caaIdentities":["ca.example","other.example"],"externalAccountRequired":true,)"
            R"("subdomainAuthAllowed":true,)"
            R"("profiles":{"dv":"Domain validation","alpha":"Second"}})");
}

// For clients that cannot send "profile": the newOrder chooses.
TEST(ProfileDirectory, KnowsOneProfileAndItsNewOrder) {
  const DirectoryMeta meta{.terms_of_service = {},
                           .website = {},
                           .caa_identities = {},
                           .profiles = {{"dv", "Domain validation"}, {"alpha", "Second"}},
                           .subdomain_auth_allowed = false};
  const auto directory =
      nlohmann::ordered_json::parse(profile_directory_json(urls(), meta, meta.profiles[1]));
  EXPECT_EQ(directory["newOrder"], "https://ca.example:14000/acme/p/alpha/new-order");
  EXPECT_EQ(directory["newAccount"], "https://ca.example:14000/acme/new-account");
  EXPECT_EQ(directory["meta"].dump(),
            R"({"externalAccountRequired":false,"profiles":{"alpha":"Second"}})");
  EXPECT_EQ(urls().profile_directory("alpha"), "https://ca.example:14000/acme/p/alpha/directory");
}

}  // namespace
}  // namespace acme
