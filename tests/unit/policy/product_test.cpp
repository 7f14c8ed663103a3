#include "policy/product.h"

#include <gtest/gtest.h>

#include <set>
#include <vector>

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

// TBY-07: each type says in words of its own what was verified.
TEST(Catalog, DescribesEveryProduct) {
  const Catalog catalog;
  for (const Product& product : catalog.versions()) {
    EXPECT_GT(product.description.size(), 20U) << product.name;
  }
  const ca::Time today = std::chrono::sys_days(std::chrono::year(2026) / 11 / 23);
  EXPECT_TRUE(catalog.in_force("dv", today)->description.starts_with("Domain validated"));
  EXPECT_TRUE(catalog.in_force("ov", today)->description.starts_with("Organization validated"));
  EXPECT_TRUE(catalog.in_force("ev", today)->description.starts_with("Extended validation"));
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
    if (product.trust == Trust::publicly) {
      EXPECT_LE(product.profile->validity, std::chrono::days(200));
      EXPECT_LE(product.authorization_lifetime, std::chrono::days(200));
    }
    EXPECT_LE(product.names.max, product.profile->max_names);
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

/// Two versions of one product, and one that ACME does not offer.
Catalog versions() {
  Product first = Catalog().default_product();
  first.from = ca::Time{};
  first.until = ca::Time(std::chrono::seconds(1'000));
  Product second = first;
  second.version = 2;
  second.from = *first.until;
  second.until.reset();
  Product reviewed = first;
  reviewed.name = "ov";
  reviewed.acme = false;
  return Catalog({first, second, reviewed});
}

TEST(Catalog, OffersAcmeTheNewestVersionOfWhatAcmeMayOrder) {
  const Catalog catalog = versions();
  ASSERT_EQ(catalog.products().size(), 1U);
  EXPECT_EQ(catalog.default_product().version, 2U);
  EXPECT_EQ(catalog.find("ov"), nullptr);
}

TEST(Catalog, OffersAcmeWhatIsInForceWhenItWasMade) {
  const std::vector<Product> all = versions().versions();
  const auto made_at = [&](int seconds) {
    return Catalog(all, ca::Time(std::chrono::seconds(seconds)), std::chrono::hours(1));
  };
  EXPECT_EQ(made_at(999).default_product().version, 1U);
  EXPECT_EQ(made_at(1'000).default_product().version, 2U);
  EXPECT_EQ(made_at(999).default_product().authorization_lifetime, std::chrono::hours(1));
  EXPECT_THROW(made_at(-1), std::logic_error) << "nothing was in force yet";
}

// TCG-46
TEST(Catalog, TakesApplicationsUnderTheVersionInForceAndKeepsTheOthersReadable) {
  const Catalog catalog = versions();
  const auto at = [](int seconds) { return ca::Time(std::chrono::seconds(seconds)); };
  EXPECT_EQ(catalog.in_force("dv", at(999))->version, 1U);
  EXPECT_EQ(catalog.in_force("dv", at(1'000))->version, 2U);
  EXPECT_EQ(catalog.in_force("ov", at(1'000)), nullptr);
  EXPECT_EQ(catalog.in_force("ev", at(0)), nullptr);
  EXPECT_EQ(catalog.version("dv", 1)->until, at(1'000));
  EXPECT_EQ(catalog.version("dv", 3), nullptr);
  EXPECT_EQ(catalog.versions().size(), 3U);
}

TEST(Product, KnowsWhatItsStagesAskFor) {
  Product product = Catalog().default_product();
  product.stages = {
      {{{GateName::info}}},
      {{{GateName::dcv}, {GateName::phone_call, GateRequirement::optional}}},
  };
  EXPECT_EQ(product.requirement(GateName::dcv), GateRequirement::required);
  EXPECT_EQ(product.requirement(GateName::phone_call), GateRequirement::optional);
  EXPECT_EQ(product.requirement(GateName::letter), GateRequirement::not_required);
}

TEST(Period, CountsCalendarMonths) {
  using namespace std::chrono;
  const ca::Time from = sys_days{2026y / 1 / 31} + 5h;
  EXPECT_EQ(after(from, {.months = 1}), sys_days{2026y / 2 / 28} + 5h);
  EXPECT_EQ(after(from, {.months = 13}), sys_days{2027y / 2 / 28} + 5h);
  EXPECT_EQ(after(from, {.days = 30}), sys_days{2026y / 3 / 2} + 5h);
  EXPECT_EQ(after(from, {}), from);
}

// The numbers are stored and index the table.
TEST(ValidationMethod, StandsInItsRowOfTheTable) {
  ASSERT_EQ(validation_methods().size(), 6U);
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
