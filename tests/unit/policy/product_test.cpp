#include "policy/product.h"

#include <gtest/gtest.h>

#include <set>

namespace policy {
namespace {

TEST(Catalog, OffersDvAsTheDefault) {
  const Catalog catalog;

  EXPECT_EQ(catalog.default_product().name, "dv");
  EXPECT_EQ(catalog.find("dv"), &catalog.default_product());
}

TEST(Catalog, HasNoProductOfAnUnknownName) {
  EXPECT_EQ(Catalog().find("DV"), nullptr);
}

// BR-6.3.2 BR-4.2.1
TEST(Catalog, KeepsEveryProductWithinTheRulebook) {
  const Catalog catalog;
  std::set<std::string> names;
  for (const Product& product : catalog.products()) {
    SCOPED_TRACE(product.name);
    EXPECT_TRUE(names.insert(product.name).second);
    EXPECT_FALSE(product.description.empty());
    ASSERT_NE(product.profile, nullptr);
    EXPECT_LE(product.profile->validity, std::chrono::days(200));
    EXPECT_LE(product.authorization_lifetime, std::chrono::days(200));
    EXPECT_LE(product.max_names, product.profile->max_names);
    EXPECT_FALSE(product.methods.empty());
  }
}

// BR-4.2.1: the house may only be stricter.
TEST(Catalog, ShortensWhatAnAuthorizationCountsAndNeverLengthensIt) {
  using std::chrono::hours;
  for (const Product& product : Catalog(hours(2)).products()) {
    EXPECT_EQ(product.authorization_lifetime, hours(2)) << product.name;
  }
  EXPECT_EQ(Catalog(hours(10'000)).default_product().authorization_lifetime, hours(720));
}

// The numbers are stored and index the table.
TEST(ValidationMethod, StandsInItsRowOfTheTable) {
  ASSERT_EQ(validation_methods().size(), 3U);
  for (std::size_t i = 0; i < validation_methods().size(); ++i) {
    EXPECT_EQ(static_cast<std::size_t>(validation_methods()[i].method), i);
  }
}

TEST(ValidationMethod, IsSpelledAsTheRegistrySpellsIt) {
  EXPECT_EQ(text_of(ValidationMethod::http_01), "http-01");
  EXPECT_EQ(text_of(ValidationMethod::dns_01), "dns-01");
  EXPECT_EQ(text_of(ValidationMethod::tls_alpn_01), "tls-alpn-01");
}

// BR-3.2.2.4 RFC8738-7: names of many hosts need the DNS, addresses need a host.
TEST(ValidationMethod, ReachesNoFurtherThanTheRulesLetIt) {
  for (const auto method : {ValidationMethod::http_01, ValidationMethod::tls_alpn_01}) {
    EXPECT_FALSE(facts_of(method).reach.wildcards);
    EXPECT_FALSE(facts_of(method).reach.subdomains);
    EXPECT_TRUE(facts_of(method).reach.addresses);
  }
  EXPECT_TRUE(facts_of(ValidationMethod::dns_01).reach.wildcards);
  EXPECT_TRUE(facts_of(ValidationMethod::dns_01).reach.subdomains);
  EXPECT_FALSE(facts_of(ValidationMethod::dns_01).reach.addresses);
}

}  // namespace
}  // namespace policy
