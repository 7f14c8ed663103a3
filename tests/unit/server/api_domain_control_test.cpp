// Domain control over the API: what to place, which methods there are, looking at once, and what an
// organization has proven.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <algorithm>

#include "ca/crypto/encoding.h"
#include "policy/domain_control/control.h"
#include "policy/organizations/organization.h"
#include "tests/support/api_world.h"
#include "tests/support/csr.h"

namespace server::api {
namespace {

using nlohmann::json;
using policy::Role;
using testing::Contains;
using testing::Not;
using tests::ApiReply;

class ApiDomainControl : public testing::Test, public tests::ApiWorld {
 protected:
  /// An application whose domain control is open, whatever its product asks for beside.
  void open(const std::vector<std::string>& names) {
    const ApiReply made = send("POST", "/applications", {{"product", "dv"}}, {.token = ada});
    ASSERT_EQ(made.status, 201U) << made.response.body;
    app = made.body.at("id");
    policy::Product product = policy::Catalog().versions().front();
    for (const policy::Product& each : catalog.versions()) {
      if (each.name == "dv") product = each;
    }
    policy::ControlOrder order{
        policy::ApplicationId::parse(app).value(), own, std::nullopt, "", &product, {}, {},
        clock.seconds() + std::chrono::days(7)};
    for (const std::string& name : names) {
      order.names.emplace_back(ca::DnsName::parse(name).value());
    }
    const auto opened = store->write_and_wait([&](storage::Transaction& transaction) {
      return policy::open_control(transaction, {}, order, random, clock.seconds());
    });
    ASSERT_TRUE(opened.has_value()) << opened.error().detail;
  }
  ApiReply dcv(const std::string& token) { return get("/applications/" + app + "/dcv", token); }

  policy::TenantId own = tenant("Example Ltd");
  std::string ada = token(own, Role::org_admin);
  std::string otto = token(tenant("Other Ltd"), Role::org_admin);
  std::string eve = token(std::nullopt, Role::specialist);
  std::string app;
};

// TCG-34 TCG-36 TCG-38 TCG-40 TWT-09
TEST_F(ApiDomainControl, SaysWhatToPlaceAndUntilWhen) {
  open({"shop.example.com"});
  const ApiReply reply = dcv(ada);
  ASSERT_EQ(reply.status, 200U) << reply.response.body;
  EXPECT_EQ(reply.body.at("deadline"), "2026-12-08T00:00:00Z");
  const json& item = reply.body.at("items").at(0);
  EXPECT_EQ(item.at("method"), "dns-txt");
  EXPECT_EQ(item.at("record").at("host"), "_pki-validation.shop");
  EXPECT_EQ(item.at("record").at("type"), "TXT");
  EXPECT_FALSE(item.at("proven"));
  EXPECT_FALSE(item.at("removable"));
  EXPECT_EQ(dcv(eve).status, 200U);
  EXPECT_EQ(dcv(otto).status, 404U);
}

// TWT-04: nothing is told before the gate is open.
TEST_F(ApiDomainControl, TellsNothingBeforeItIsAskedFor) {
  const ApiReply made = send("POST", "/applications", {{"product", "dv"}}, {.token = ada});
  app = made.body.at("id");
  EXPECT_EQ(dcv(ada).code(), "stateConflict");
}

// APP-C-08 TCG-30 TCG-32
TEST_F(ApiDomainControl, TakesAnotherMethodThatIsOffered) {
  open({"shop.example.com", "*.example.com"});
  const std::string path = "/applications/" + app + "/dcv/";
  const auto choose = [&](const std::string& name, const std::string& method) {
    return send("PUT", path + name, {{"method", method}}, {.token = ada});
  };
  const ApiReply file = choose("shop.example.com", "file");
  ASSERT_EQ(file.status, 200U) << file.response.body;
  std::vector<std::string> paths;
  for (const json& item : file.body.at("items")) {
    if (!item.contains("files")) continue;
    for (const json& each : item.at("files")) paths.push_back(each.at("path"));
  }
  ASSERT_EQ(paths.size(), 2);
  EXPECT_THAT(paths[0], testing::StartsWith("/.well-known/pki-validation/"));
  EXPECT_THAT(paths[1], testing::StartsWith("/.well-known/acme-challenge/"));
  EXPECT_EQ(choose("*.example.com", "file").code(), "dcvMethodNotAvailable");
  EXPECT_EQ(choose("other.example.com", "file").status, 404U);
  EXPECT_EQ(choose("shop.example.com", "pigeon").status, 422U);
  EXPECT_EQ(send("PUT", path + "shop.example.com", {{"method", "dns-txt"}}, {.token = eve}).status,
            403U);
}

// A domain of an organization, proven before any application.
TEST_F(ApiDomainControl, BeginsBeforeAnyApplication) {
  const json stated{{"legalName", "Example Ltd"},
                    {"type", "private_organization"},
                    {"registrationNumber", "12345678"},
                    {"address", {{"country", "GB"}, {"city", "London"}, {"street", "1 Street"}}},
                    {"phone", "+442071234567"}};
  const std::string organization =
      send("POST", "/organizations", stated, {.token = ada}).body.at("id");
  const std::string path = "/organizations/" + organization + "/domains";
  const auto prove = [&](const json& wanted) { return send("POST", path, wanted, {.token = ada}); };
  const ApiReply made = prove({{"name", "example.com"}, {"product", "ov"}});
  ASSERT_EQ(made.status, 201U) << made.response.body;
  const std::string one = path + "/" + made.body.at("id").get<std::string>();
  EXPECT_EQ(made.field("Location"), "https://ca.test/api/v1" + one);
  EXPECT_EQ(made.body.at("deadline"), "2026-12-08T00:00:00Z");
  EXPECT_EQ(made.body.at("items").at(0).at("record").at("host"), "_pki-validation");
  EXPECT_EQ(get(one, eve).body, made.body);
  EXPECT_EQ(get(one, otto).status, 404U);
  EXPECT_EQ(prove({{"name", "example.com"}, {"product", "ov"}}).body, made.body);
  EXPECT_EQ(send("POST", one + ":check", json::object(), {.token = ada}).status, 200U);
  EXPECT_TRUE(send("POST", one + ":check", json::object(), {.token = ada}).body.at("frequently"));
  EXPECT_EQ(prove({{"name", "com"}, {"product", "ov"}}).pointers(),
            std::vector<std::string>{"/name"});
  EXPECT_EQ(prove({{"name", "example.com"}, {"product", "none"}}).code(), "entitlementRequired");
  // A file shows nothing of the names under a wildcard (BR 3.2.2.4.18).
  EXPECT_EQ(prove({{"name", "*.example.com"}, {"product", "ov"}, {"method", "file"}}).code(),
            "dcvMethodNotAvailable");
  EXPECT_EQ(ask("DELETE", one, "", {.token = ada}).status, 204U);
  const std::string person = get("/me", ada).body.at("personId");
  for (const std::string event : {"domain_control.opened", "domain_control.stopped"}) {
    EXPECT_EQ(std::ranges::count_if(audit(),
                                    [&](const ca::AuditEntry& entry) {
                                      return entry.event == event && entry.actor == person;
                                    }),
              1)
        << event;
  }
  EXPECT_FALSE(get(one, ada).body.at("open"));
  EXPECT_EQ(send("POST", one + ":check", json::object(), {.token = ada}).code(), "stateConflict");
}

// TCD-07 TFR-55
TEST_F(ApiDomainControl, LooksAtOnceButNotTooOften) {
  open({"shop.example.com"});
  const auto check = [&] {
    return send("POST", "/applications/" + app + "/dcv:check", json::object(), {.token = ada});
  };
  EXPECT_FALSE(check().body.at("frequently"));
  clock.advance(std::chrono::seconds(29));
  const ApiReply soon = check();
  EXPECT_EQ(soon.status, 200U);
  EXPECT_TRUE(soon.body.at("frequently"));
  clock.advance(std::chrono::seconds(1));
  EXPECT_FALSE(check().body.at("frequently"));
}

// TGM-16 TGM-21
TEST_F(ApiDomainControl, ListsAndRevokesWhatAnOrganizationHasProven) {
  const auto organization = policy::OrganizationId::fresh(random, clock.now());
  policy::DomainClaim claim;
  claim.id = policy::ClaimId::fresh(random, clock.now());
  claim.tenant = own;
  claim.organization = organization;
  claim.family = "gm";
  claim.domain = "example.com";
  claim.validated_at = clock.seconds();
  store->write_and_wait([&](storage::Transaction& transaction) {
    policy::Organization record{own, {}, kNow, kNow};
    record.fields.legal_name = "Example Ltd";
    policy::kOrganizations.put(transaction, organization.octets(), record);
    policy::record_claim(transaction, claim);
  });
  const std::string path = "/organizations/" + organization.text() + "/domains";
  EXPECT_EQ(get(path, ada).body.at("items").at(0).at("domain"), "example.com");
  EXPECT_EQ(get(path, otto).status, 404U);
  const json wanted{{"claimId", claim.id.text()}, {"reason", "sold"}};
  EXPECT_EQ(send("POST", path + ":revoke", wanted, {.token = otto}).status, 404U);
  const ApiReply revoked = send("POST", path + ":revoke", wanted, {.token = ada});
  ASSERT_EQ(revoked.status, 200U) << revoked.response.body;
  EXPECT_EQ(revoked.body.at("revokedBecause"), "sold");
  EXPECT_EQ(send("POST", path + ":revoke", wanted, {.token = ada}).code(), "stateConflict");
}

}  // namespace
}  // namespace server::api
