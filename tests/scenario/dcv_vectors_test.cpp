// T-A9: what every validation method asks of whom, and which answer proves control: golden vectors,
// held against every way in which an authorization comes about. A method or a way without its rows
// fails.
#include <functional>
#include <map>

#include "acme/renewal.h"
#include "acme/validation/dns_account_01.h"
#include "ca/certificate.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "ca/names/general_names.h"
#include "tests/scenario/world.h"
#include "tests/support/challenge_certificate.h"

namespace tests {
namespace {

using policy::ValidationMethod;

policy::Catalog all_methods() {
  std::vector<policy::Product> products = policy::Catalog().products();
  for (policy::Product& product : products) {
    product.methods.clear();
    for (const policy::MethodFacts& each : policy::validation_methods())
      product.methods.push_back(each.method);
  }
  return policy::Catalog(std::move(products));
}

/// A CA that offers everything, and one account.
struct Stage {
  Stage() {
    world.meta.caa_identities = {"ca.example"};
    world.meta.issuer_domain_names = {"ca.example"};
    client = registered(world);
  }
  [[nodiscard]] std::string url_of(const std::string& payload, std::string_view path) {
    const auto reply = world.post(client, world.url(path), payload);
    const Json body = body_of(reply);
    if (body.contains("authorizations")) return body["authorizations"][0];
    return reply.value().location.value();
  }

  World world{{}, all_methods()};
  JwsClient client;
};

std::string identifiers(const std::string& name, const std::string& rest = "") {
  return R"({"identifiers":[{"type":"dns","value":")" + name + R"("}])" + rest + "}";
}

/// A certificate for a.example that is due for renewal, and whose validation has aged.
std::string due_for_renewal(Stage& stage) {
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  const Json done = issued(stage.world, stage.client, *key, {"a.example"});
  const auto view =
      ca::view_certificate(leaf_of(stage.world, stage.client, done["certificate"])).value();
  stage.world.clock.advance(std::chrono::hours(24 * 60));
  return acme::CertificateReference{view.authority_key_identifier, view.serial}.text();
}

/// A way in: the URL of a new authorization for a.example.
using Way = std::function<std::string(Stage&)>;
const std::map<std::string, Way>& ways() {
  static const std::map<std::string, Way> kWays{
      {"newOrder",
       [](Stage& stage) { return stage.url_of(identifiers("a.example"), acme::paths::kNewOrder); }},
      {"newOrder of a profile",
       [](Stage& stage) {
         return stage.url_of(identifiers("a.example"), "/acme/p/shortlived/new-order");
       }},
      {"newOrder that names a profile",
       [](Stage& stage) {
         return stage.url_of(identifiers("a.example", R"(,"profile":"shortlived")"),
                             acme::paths::kNewOrder);
       }},
      {"newOrder that replaces",
       [](Stage& stage) {
         const std::string replaced = due_for_renewal(stage);
         return stage.url_of(identifiers("a.example", R"(,"replaces":")" + replaced + "\""),
                             acme::paths::kNewOrder);
       }},
      {"newOrder with a domain above",
       [](Stage& stage) {
         return stage.url_of(R"({"identifiers":[{"type":"dns","value":"www.a.example",)"
                             R"("ancestorDomain":"a.example"}]})",
                             acme::paths::kNewOrder);
       }},
      {"newAuthz",
       [](Stage& stage) {
         return stage.url_of(R"({"identifier":{"type":"dns","value":"a.example"}})",
                             acme::paths::kNewAuthz);
       }},
      {"newAuthz of all names under it",
       [](Stage& stage) {
         return stage.url_of(R"({"identifier":{"type":"dns","value":"a.example",)"
                             R"("subdomainAuthAllowed":true}})",
                             acme::paths::kNewAuthz);
       }},
      {"newOrder of a wildcard",
       [](Stage& stage) {
         return stage.url_of(identifiers("*.a.example"), acme::paths::kNewOrder);
       }},
  };
  return kWays;
}

/// Which methods each way offers for a.example, in the order of the table of methods.
bool is_for_more_than_the_name(const std::string& way) {
  return way == "newOrder with a domain above" || way == "newAuthz of all names under it" ||
         way == "newOrder of a wildcard";
}

/// What is asked, and what has to be answered. `@` stands for the token, `#` for the label of the
/// account, `%` for its URL, `=` for the digest of the key authorization.
struct Vector {
  std::string asked, answer;
};
const std::map<ValidationMethod, Vector>& vectors() {
  static const std::map<ValidationMethod, Vector> kVectors{
      {ValidationMethod::http_01, {"a.example /.well-known/acme-challenge/@", "key authorization"}},
      {ValidationMethod::tls_alpn_01, {"a.example a.example", "="}},
      {ValidationMethod::dns_01, {"TXT _acme-challenge.a.example", "="}},
      {ValidationMethod::dns_account_01, {"TXT _#._acme-challenge.a.example", "="}},
      {ValidationMethod::dns_persist_01,
       {"TXT _validation-persist.a.example", "ca.example; accounturi=%; policy=wildcard"}},
  };
  return kVectors;
}

class Filled {
 public:
  Filled(const Stage& stage, const std::string& token)
      : digest_(ca::sha256(token + "." + stage.client.thumbprint())),
        values_{{'@', token},
                {'#', acme::dns_account_01_label(stage.client.account().value())},
                {'%', stage.client.account().value()},
                {'=', ca::base64url(digest_)}} {}

  [[nodiscard]] std::string operator()(const std::string& text) const {
    std::string filled;
    for (std::size_t i = 0; i < text.size(); ++i) {
      // In a parameter `=` is itself.
      const bool is_place = values_.contains(text[i]) && (text[i] != '=' || text.size() == 1);
      filled += is_place ? values_.at(text[i]) : std::string(1, text[i]);
    }
    return filled;
  }
  [[nodiscard]] const std::string& digest() const { return digest_; }

 private:
  std::string digest_;
  std::map<char, std::string> values_;
};

std::vector<std::string> asked(const World& world) {
  std::vector<std::string> all = world.fetcher.requests();
  for (const std::string& each : world.prober.handshakes()) all.push_back(each);
  for (const std::string& each : world.dns.questions()) {
    if (each.starts_with("TXT")) all.push_back(each);
  }
  return all;
}

/// Publishes the answer of the vector where it belongs.
void publish(Stage& stage, ValidationMethod method, const Vector& vector, const Filled& filled) {
  if (method == ValidationMethod::http_01) {
    stage.world.fetcher.serve_challenges("a.example", stage.client.thumbprint());
  } else if (method == ValidationMethod::tls_alpn_01) {
    const ca::Identifier identifier = ca::DnsName::parse("a.example").value();
    const auto made = make_challenge_certificate(
        {.digest = filled.digest(), .names = {ca::der_general_name(identifier)}});
    stage.world.prober.prepare("a.example", [der = made.der()] {
      return acme::ProbedCertificate{der, "192.0.2.7:443 (server_name a.example)"};
    });
  } else {
    stage.world.dns.set_txt(filled(vector.asked).substr(4), {filled(vector.answer)});
  }
}

TEST(DcvVectors, HoldOnEveryWayIn) {
  for (const auto& [way, come_in] : ways()) {
    for (const policy::MethodFacts& method : policy::validation_methods()) {
      if (method.reach.onions) continue;  // onion_test.cpp
      SCOPED_TRACE(way + " by " + std::string(method.text));
      ASSERT_TRUE(vectors().contains(method.method)) << "a method without its vector";
      const Vector& vector = vectors().at(method.method);
      Stage stage;
      const std::string url = come_in(stage);
      const Json offered = read(stage.world, stage.client, url);
      ASSERT_EQ(offered["status"], "pending");
      const auto& all = offered["challenges"];
      const auto found =
          std::ranges::find_if(all, [&](const Json& each) { return each["type"] == method.text; });
      const bool is_offered = !is_for_more_than_the_name(way) || method.reach.wildcards;
      ASSERT_EQ(found != all.end(), is_offered);
      if (!is_offered) continue;
      const Filled filled(stage, found->value("token", ""));
      publish(stage, method.method, vector, filled);
      const std::size_t before = asked(stage.world).size();
      stage.world.dns.forget_questions();
      body_of(stage.world.post(stage.client, (*found)["url"], "{}"));
      stage.world.work();
      EXPECT_EQ(read(stage.world, stage.client, url)["status"], "valid");
      const std::vector<std::string> asked_now = asked(stage.world);
      ASSERT_FALSE(asked_now.empty());
      EXPECT_EQ(asked_now.back(), filled(vector.asked));
      EXPECT_LE(asked_now.size(), before + 1) << "more was asked than the vector says";
    }
  }
}

// A key that is not the account's, a token of another challenge, a name above or below: nothing.
TEST(DcvVectors, ProveNothingElsewhere) {
  for (const policy::MethodFacts& method : policy::validation_methods()) {
    // Those of hosts and of onion services have tables of their own.
    if (!method.reach.wildcards || method.reach.onions) continue;
    SCOPED_TRACE(method.text);
    Stage stage;
    const std::string url = ways().at("newOrder")(stage);
    const Json offered = read(stage.world, stage.client, url);
    const auto found = std::ranges::find_if(
        offered["challenges"], [&](const Json& each) { return each["type"] == method.text; });
    const Filled filled(stage, found->value("token", ""));
    const Vector& vector = vectors().at(method.method);
    const std::string owner = filled(vector.asked).substr(4);
    const std::string label = owner.substr(0, owner.size() - std::string("a.example").size());
    for (const char* other : {"example", "www.a.example", "b.example"}) {
      stage.world.dns.set_txt(label + other, {filled(vector.answer)});
    }
    stage.world.dns.set_txt("a.example", {filled(vector.answer)});
    body_of(stage.world.post(stage.client, (*found)["url"], "{}"));
    stage.world.work();
    EXPECT_EQ(read(stage.world, stage.client, url)["status"], "invalid");
  }
}

// draft-ietf-acme-dns-persist: without policy=wildcard a record is for its name alone.
TEST(DcvVectors, OfARecordThatStaysNeedTheirPolicyForMoreThanTheName) {
  for (const auto& [way, come_in] : ways()) {
    SCOPED_TRACE(way);
    Stage stage;
    const std::string url = come_in(stage);
    const Json offered = read(stage.world, stage.client, url);
    const Json* challenge = nullptr;
    for (const Json& each : offered["challenges"]) {
      if (each["type"] == "dns-persist-01") challenge = &each;
    }
    ASSERT_NE(challenge, nullptr);
    EXPECT_FALSE(challenge->contains("token"));
    EXPECT_EQ((*challenge)["accounturi"], stage.client.account().value());
    EXPECT_EQ((*challenge)["issuer-domain-names"], Json::array({"ca.example"}));
    EXPECT_EQ((*challenge)["issuerDomainNames"], Json::array({"ca.example"}));
    stage.world.dns.set_txt("_validation-persist.a.example",
                            {"ca.example; accounturi=" + stage.client.account().value()});
    body_of(stage.world.post(stage.client, (*challenge)["url"], "{}"));
    stage.world.work();
    EXPECT_EQ(read(stage.world, stage.client, url)["status"],
              is_for_more_than_the_name(way) ? "invalid" : "valid");
  }
}

// BR-3.2.2.4.22: ten days, whatever the product says.
TEST(DcvVectors, OfARecordThatStaysCountForTenDays) {
  Stage stage;
  const std::string url = ways().at("newAuthz")(stage);
  for (const Json& each : read(stage.world, stage.client, url)["challenges"]) {
    if (each["type"] != "dns-persist-01") continue;
    stage.world.dns.set_txt("_validation-persist.a.example",
                            {"ca.example; accounturi=" + stage.client.account().value()});
    body_of(stage.world.post(stage.client, each["url"], "{}"));
  }
  stage.world.work();
  EXPECT_EQ(read(stage.world, stage.client, url)["expires"], "2026-12-11T00:00:00Z");
  stage.world.clock.advance(std::chrono::hours(24 * 10) + std::chrono::seconds(1));
  EXPECT_EQ(read(stage.world, stage.client, url)["status"], "expired");
}

}  // namespace
}  // namespace tests
