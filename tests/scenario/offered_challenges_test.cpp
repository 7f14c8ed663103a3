// Which challenges an authorization shows, and in which order: many clients take the first that
// they know, and some read a token in each.
#include <algorithm>

#include "policy/name_rules.h"
#include "tests/scenario/world.h"

namespace tests {
namespace {

using policy::ValidationMethod;

bool is_known_to_every_client(ValidationMethod method) {
  return method == ValidationMethod::http_01 || method == ValidationMethod::dns_01 ||
         method == ValidationMethod::tls_alpn_01;
}

// WIR-27 WIR-17
TEST(OfferedChallenges, BeginWithOneThatEveryClientKnows) {
  const policy::Catalog catalog;
  for (const policy::Product& product : catalog.products()) {
    std::size_t offers = 0;
    for (const ca::Identifier& identifier : std::initializer_list<ca::Identifier>{
             ca::DnsName::parse("a.example").value(), ca::DnsName::parse("*.a.example").value(),
             ca::IpAddress::parse("192.0.2.1").value()}) {
      SCOPED_TRACE(product.name + " " + ca::value_of(identifier));
      const std::vector<ValidationMethod> methods = policy::methods_for(product, identifier);
      if (methods.empty()) continue;  // it certifies none of these
      ++offers;
      EXPECT_TRUE(is_known_to_every_client(methods.front()));
      EXPECT_TRUE(std::ranges::is_partitioned(methods, is_known_to_every_client));
    }
    EXPECT_GT(offers, 0U) << product.name;
  }
}

// WIR-17: those of the profile that says so in its description, and behind all others.
TEST(OfferedChallenges, HaveATokenButInProfilesOfTheirOwn) {
  World world;
  world.meta.caa_identities = {"ca.example"};
  world.meta.issuer_domain_names = {"ca.example"};
  const JwsClient client = registered(world);
  const auto has_token = [](const Json& challenge) { return challenge.contains("token"); };
  for (const auto& [profile, without] :
       std::map<std::string, int>{{"dv", 0}, {"shortlived", 0}, {"dv-dns", 1}}) {
    SCOPED_TRACE(profile);
    const Json payload{{"identifiers", {{{"type", "dns"}, {"value", "a.example"}}}},
                       {"profile", profile}};
    const Json order =
        body_of(world.post(client, world.url(acme::paths::kNewOrder), payload.dump()));
    const Json challenges = read(world, client, order["authorizations"][0])["challenges"];
    EXPECT_GE(challenges.size(), 3U);
    EXPECT_EQ(std::ranges::count_if(challenges, std::not_fn(has_token)), without);
    EXPECT_TRUE(std::is_partitioned(challenges.begin(), challenges.end(), has_token))
        << challenges.dump();
  }
}

}  // namespace
}  // namespace tests
