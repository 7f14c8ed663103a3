#include "policy/authorization_domain.h"

#include <gtest/gtest.h>

namespace policy {
namespace {

using Names = std::vector<std::string>;

ca::DnsName name(const std::string& text) {
  return ca::DnsName::parse(text).value();
}

Names domains(const std::string& text, ValidationMethod method, const Names& aliases = {}) {
  std::vector<ca::DnsName> chain;
  for (const std::string& each : aliases) chain.push_back(name(each));
  return authorization_domains(name(text), method, chain);
}

// BR-3.2.2.4 V-30 V-31: the table of the algorithm, per method
TEST(AuthorizationDomain, IsTheNameAndWhatTheMethodMayPrune) {
  const Names pruned{"a.b.example.co.uk", "b.example.co.uk", "example.co.uk"};
  const Names itself{"a.b.example.co.uk"};
  EXPECT_EQ(domains("a.b.example.co.uk", ValidationMethod::dns_01), pruned);
  EXPECT_EQ(domains("a.b.example.co.uk", ValidationMethod::dns_account_01), pruned);
  EXPECT_EQ(domains("a.b.example.co.uk", ValidationMethod::dns_persist_01), pruned);
  EXPECT_EQ(domains("a.b.example.co.uk", ValidationMethod::http_01), itself);
  EXPECT_EQ(domains("a.b.example.co.uk", ValidationMethod::tls_alpn_01), itself);
  EXPECT_EQ(domains("example.co.uk", ValidationMethod::dns_01), Names{"example.co.uk"});
  EXPECT_EQ(domains("co.uk", ValidationMethod::dns_01), Names{"co.uk"}) << "nothing to prune";
}

// BR-3.2.2.4: step 4 for wildcards
TEST(AuthorizationDomain, OfAWildcardBeginsUnderIt) {
  for (const auto method : {ValidationMethod::dns_01, ValidationMethod::dns_account_01,
                            ValidationMethod::dns_persist_01}) {
    EXPECT_EQ(domains("*.x.example.com", method), (Names{"x.example.com", "example.com"}));
    EXPECT_EQ(domains("*.x.example.com", method, {"y.example.org"}),
              (Names{"x.example.com", "example.com"}))
        << "a wildcard has no CNAME step";
  }
  EXPECT_EQ(domains("*.x.example.com", ValidationMethod::http_01), Names{});
  EXPECT_EQ(domains("*.x.example.com", ValidationMethod::tls_alpn_01), Names{});
}

// BR-3.2.2.4: step 3.1 comes before step 3.2, never after
TEST(AuthorizationDomain, FollowsAliasesOfTheNameOnly) {
  const Names aliases{"cdn.example.net", "edge.cdn.example.org"};
  EXPECT_EQ(domains("blog.example.com", ValidationMethod::dns_01, aliases),
            (Names{"blog.example.com", "cdn.example.net", "edge.cdn.example.org", "example.com",
                   "example.net", "cdn.example.org", "example.org"}));
  for (const auto method : {ValidationMethod::dns_account_01, ValidationMethod::dns_persist_01}) {
    EXPECT_EQ(domains("blog.example.com", method, aliases),
              (Names{"blog.example.com", "example.com"}));
  }
  for (const auto method : {ValidationMethod::http_01, ValidationMethod::tls_alpn_01}) {
    EXPECT_EQ(domains("blog.example.com", method, aliases), Names{"blog.example.com"});
  }
}

// V-32 T-A11
TEST(AuthorizationDomain, StandsForTheNamesItCanBeMadeFrom) {
  const auto stands = [](const std::string& validated, const std::string& wanted,
                         ValidationMethod method) {
    return may_stand_for(name(validated), name(wanted), method);
  };
  for (const char* wanted :
       {"www.example.com", "a.b.example.com", "*.example.com", "*.a.example.com", "example.com"}) {
    EXPECT_TRUE(stands("example.com", wanted, ValidationMethod::dns_01)) << wanted;
    const bool is_same = std::string_view(wanted) == "example.com";
    EXPECT_EQ(stands("example.com", wanted, ValidationMethod::http_01), is_same) << wanted;
    EXPECT_EQ(stands("example.com", wanted, ValidationMethod::tls_alpn_01), is_same) << wanted;
  }
  for (const char* wanted : {"example.org", "notexample.com", "*.notexample.com"}) {
    EXPECT_FALSE(stands("example.com", wanted, ValidationMethod::dns_01)) << wanted;
  }
  EXPECT_FALSE(stands("a.example.com", "example.com", ValidationMethod::dns_01));
  EXPECT_FALSE(stands("github.io", "someone.github.io", ValidationMethod::dns_01));
  EXPECT_FALSE(stands("co.uk", "example.co.uk", ValidationMethod::dns_01));
}

}  // namespace
}  // namespace policy
