#include "policy/name_rules.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace policy {
namespace {

ca::Identifier dns(std::string_view text) {
  return ca::DnsName::parse(text).value();
}
ca::Identifier ip(std::string_view text) {
  return ca::IpAddress::parse(text).value();
}

const Product& dv() {
  static const Catalog kCatalog;
  return *kCatalog.find("dv");
}

struct Case {
  std::string_view name;
  SpecialUseNames special_use;
  std::string_view words;  // expected in the detail; empty: the name may be ordered
};

constexpr SpecialUseNames kPublic = SpecialUseNames::refused;
constexpr SpecialUseNames kLab = SpecialUseNames::allowed_in_lab;

constexpr Case kCases[] = {
    {"www.example.com", kPublic, ""},
    {"example.org", kPublic, ""},
    {"latest.co", kPublic, ""},
    {"mytest.dev", kPublic, ""},
    {"arpa.example.com", kPublic, ""},
    {"xn--bcher-kva.ch", kPublic, ""},
    {"1.0.0.127.in-addr.arpa", kPublic, "reverse-mapping"},
    {"1.0.0.127.in-addr.arpa", kLab, "reverse-mapping"},
    {"in-addr.arpa", kLab, "reverse-mapping"},
    {"8.b.d.0.1.0.0.2.ip6.arpa", kPublic, "reverse-mapping"},
    {"8.b.d.0.1.0.0.2.ip6.arpa", kLab, "reverse-mapping"},
    {"abcdefghij.onion", kPublic, "onion"},
    {"abcdefghij.onion", kLab, "onion"},
    {"a.test", kPublic, "RFC 6761"},
    {"a.test", kLab, ""},
    {"a.example", kPublic, "RFC 6761"},
    {"a.example", kLab, ""},
    {"a.invalid", kPublic, "RFC 6761"},
    {"a.invalid", kLab, ""},
    {"a.localhost", kPublic, "RFC 6761"},
    {"a.localhost", kLab, ""},
    {"printer.local", kPublic, "RFC 6762"},
    {"printer.local", kLab, ""},
    {"db.internal", kPublic, "private networks"},
    {"db.internal", kLab, ""},
    {"nas.home.arpa", kPublic, "RFC 8375"},
    {"nas.home.arpa", kLab, ""},
    {"x.alt", kPublic, "RFC 9476"},
    {"x.alt", kLab, ""},
    {"x.corp", kPublic, "internal name"},
    {"x.corp", kLab, ""},
    {"*.foo.lan", kPublic, "internal name"},
    {"a.b.nonexistenttld", kPublic, "internal name"},
    {"a.b.nonexistenttld", kLab, ""},
    {"x.ck", kPublic, ""},  // known by a rule with an asterisk only
    {"xn--e1afmkfd.xn--p1ai", kPublic, ""},
    {"*.example.com", kPublic, ""},
    {"*.a.example.com", kPublic, ""},
    {"*.github.io", kPublic, ""},  // of the private division
    {"*.example.co.uk", kPublic, ""},
    {"*.a.test", kLab, ""},
    {"*.co.uk", kPublic, "public suffix"},
    {"*.anything.ck", kPublic, "public suffix"},
    {"*.www.ck", kPublic, ""},
};

// V-72 BR-4.2.2 BR-3.2.2.6 V-70 V-71 V-73
TEST(CheckNames, JudgesEachNameByTheTableOfSpecialDomains) {
  for (const Case& row : kCases) {
    SCOPED_TRACE(std::string(row.name) + (row.special_use == kLab ? " in a lab" : ""));
    const std::optional<Violations> violations =
        check_names(dv(), {dns(row.name)}, row.special_use);
    if (row.words.empty()) {
      EXPECT_FALSE(violations.has_value());
      continue;
    }
    ASSERT_TRUE(violations.has_value());
    ASSERT_EQ(violations->size(), 1U);
    EXPECT_EQ(violations->front().kind(), ViolationKind::rejected_identifier);
    EXPECT_NE(violations->front().detail().find(row.words), std::string::npos)
        << violations->front().detail();
    EXPECT_NE(violations->front().detail().find(row.name), std::string::npos);
    EXPECT_EQ(violations->front().about(), dns(row.name));
  }
}

// BR-4.2.2 V-70: what only the operator's own people trust may name the operator's own network.
TEST(CheckNames, LeavesInternalNamesToPrivateTrust) {
  Product product = dv();
  EXPECT_TRUE(check_names(product, {dns("db.corp")}, kPublic));
  EXPECT_EQ(application_name_faults(product, {dns("db.corp")}, kPublic).size(), 1U);
  product.trust = Trust::privately;
  EXPECT_FALSE(check_names(product, {dns("db.corp")}, kPublic));
  EXPECT_TRUE(application_name_faults(product, {dns("db.corp")}, kPublic).empty());
}

// BR-AppendixB V-73
TEST(CheckNames, TakesOnionNamesOfServicesUnderAProductThatProvesThem) {
  const Catalog catalog;
  const Product& onion = *catalog.find("dv-onion");
  const std::string service = "bbcweb3hytmzhn5d532owbu6oqadra5z3ar726vq5kgwwn6aucdccrad.onion";
  for (const std::string prefix : {"", "www.", "*.", "*.a."}) {
    const ca::Identifier name = dns(prefix + service);
    EXPECT_FALSE(check_names(onion, {name}, kPublic)) << prefix;
    EXPECT_TRUE(check_names(dv(), {name}, kLab)) << prefix;
    EXPECT_EQ(methods_for(onion, name), std::vector{ValidationMethod::onion_csr_01});
    EXPECT_TRUE(methods_for(onion, name, Coverage::subdomains).empty());
  }
  EXPECT_TRUE(check_names(onion, {dns("expyuzz4wqqyqhjn.onion")}, kPublic)) << "version 2";
  EXPECT_TRUE(check_names(onion, {dns("*.a.onion")}, kPublic)) << "no service at all";
  for (const ValidationMethod method : methods_for(onion, dns("a.example.com"))) {
    EXPECT_NE(method, ValidationMethod::onion_csr_01);
  }
}

// An application has no challenge that the service signs, and nowhere to put the service's CAA
// records: it would wait for ever.
TEST(CheckNames, TakesOnionNamesFromAcmeOrdersAlone) {
  const Catalog catalog;
  const Product& onion = *catalog.find("dv-onion");
  const std::vector<ca::Identifier> names{
      dns("a.example.com"), dns("bbcweb3hytmzhn5d532owbu6oqadra5z3ar726vq5kgwwn6aucdccrad.onion")};
  EXPECT_TRUE(application_name_faults(onion, names, kPublic, ShownBy::acme_order).empty());
  const auto faults = application_name_faults(onion, names, kPublic);
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_EQ(faults[0].code, FaultCode::dcv_method_not_available);
  EXPECT_EQ(faults[0].pointer, "/identifiers/1/value");
  for (const ShownBy by : {ShownBy::application, ShownBy::acme_order}) {
    const auto never = application_name_faults(dv(), names, kPublic, by);
    ASSERT_EQ(never.size(), 1U);
    EXPECT_EQ(never[0].code, FaultCode::name_not_allowed);
  }
}

// RFC8555-6.7.1
TEST(CheckNames, NamesEveryNameAtFault) {
  const auto violations =
      check_names(dv(), {dns("a.test"), dns("fine.example.com"), dns("b.onion")}, kPublic);

  ASSERT_TRUE(violations.has_value());
  ASSERT_EQ(violations->size(), 2U);
  EXPECT_EQ(violations->at(0).about(), dns("a.test"));
  EXPECT_EQ(violations->at(1).about(), dns("b.onion"));
}

TEST(CheckNames, RefusesANameThatAWildcardOfTheSameOrderCovers) {
  const std::vector<ca::Identifier> names = {dns("*.example.com"), dns("www.example.com"),
                                             dns("a.www.example.com"), dns("example.com")};

  const auto violations = check_names(dv(), names, kPublic);

  ASSERT_TRUE(violations.has_value());
  ASSERT_EQ(violations->size(), 1U);
  EXPECT_EQ(violations->at(0).about(), dns("www.example.com"));
  EXPECT_NE(violations->at(0).detail().find("covered by \"*.example.com\""), std::string::npos);
}

TEST(CheckNames, RefusesAWildcardThatNoMethodOfTheProductProves) {
  Product product = dv();
  product.methods = {ValidationMethod::http_01};

  const auto violations = check_names(product, {dns("*.example.com")}, kPublic);

  ASSERT_TRUE(violations.has_value());
  EXPECT_EQ(violations->front().kind(), ViolationKind::rejected_identifier);
  EXPECT_NE(violations->front().detail().find("no method"), std::string::npos);
}

TEST(CheckNames, RefusesAnAddressUnderAProductForDnsNames) {
  Product names_only = dv();
  names_only.methods = {ValidationMethod::dns_01};
  const auto violations = check_names(names_only, {ip("9.9.9.9")}, kLab);

  ASSERT_TRUE(violations.has_value());
  EXPECT_EQ(violations->front().kind(), ViolationKind::unsupported_identifier);
}

// BR-4.2.2
TEST(CheckNames, RefusesAddressesOfSpecialPurposeOutsideALaboratory) {
  for (const char* address : {"127.0.0.1", "10.0.0.1", "198.51.100.7", "::1", "2001:db8::1"}) {
    const auto violations = check_names(dv(), {ip(address)}, kPublic);
    ASSERT_TRUE(violations.has_value()) << address;
    EXPECT_EQ(violations->front().kind(), ViolationKind::rejected_identifier);
    EXPECT_EQ(violations->front().about(), ip(address));
    EXPECT_FALSE(check_names(dv(), {ip(address)}, kLab).has_value()) << address;
  }
  EXPECT_FALSE(check_names(dv(), {ip("9.9.9.9"), ip("2620:fe::fe")}, kPublic).has_value());
}

TEST(CheckNames, CountsNamesUpToTheProductsLimit) {
  std::vector<ca::Identifier> names;
  for (int i = 0; i < 100; ++i) names.push_back(dns("n" + std::to_string(i) + ".example.com"));
  EXPECT_FALSE(check_names(dv(), names, kPublic).has_value());

  names.push_back(dns("one-too-many.example.com"));

  const auto violations = check_names(dv(), names, kPublic);
  ASSERT_TRUE(violations.has_value());
  EXPECT_EQ(violations->front().kind(), ViolationKind::too_many_names);
  EXPECT_NE(violations->front().detail().find("101"), std::string::npos);
}

// V-60 BR-3.2.2.4.19 BR-3.2.2.4.20 T-A11 RFC8738-7
TEST(MethodsFor, NeverAskOneHostForAWildcardOrTheDnsForAnAddress) {
  Product product = dv();
  product.methods = {ValidationMethod::http_01, ValidationMethod::dns_01,
                     ValidationMethod::tls_alpn_01};
  const std::vector<ValidationMethod> hosts{ValidationMethod::http_01,
                                            ValidationMethod::tls_alpn_01};
  EXPECT_EQ(methods_for(product, dns("www.example.com")), product.methods);
  EXPECT_EQ(methods_for(product, dns("*.example.com")),
            std::vector<ValidationMethod>{ValidationMethod::dns_01});
  EXPECT_EQ(methods_for(product, ip("9.9.9.9")), hosts);
}

// RFC9444-4 V-31
TEST(MethodsFor, ProveSubdomainsOnlyBelowAPublicSuffix) {
  Product product = Catalog().default_product();
  product.methods = {ValidationMethod::http_01, ValidationMethod::dns_01};
  const auto methods = [&](const char* name) {
    return methods_for(product, ca::DnsName::parse(name).value(), Coverage::subdomains);
  };
  const std::vector<ValidationMethod> dns{ValidationMethod::dns_01};
  EXPECT_EQ(methods("a.example.co.uk"), dns);
  EXPECT_EQ(methods("example.co.uk"), dns);
  EXPECT_EQ(methods("co.uk"), std::vector<ValidationMethod>{});
  EXPECT_EQ(methods("github.io"), std::vector<ValidationMethod>{});
  EXPECT_EQ(methods("*.example.com"), std::vector<ValidationMethod>{});
  EXPECT_EQ(methods_for(product, ca::IpAddress::parse("192.0.2.1").value(), Coverage::subdomains),
            std::vector<ValidationMethod>{});
  EXPECT_TRUE(offers_subdomains(Catalog({product})));
  product.methods = {ValidationMethod::http_01};
  EXPECT_EQ(methods("a.example.co.uk"), std::vector<ValidationMethod>{});
  EXPECT_FALSE(offers_subdomains(Catalog({product})));
}

}  // namespace
}  // namespace policy
