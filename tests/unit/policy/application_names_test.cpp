// Which names an application may have under a product, with the codes of the API.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policy/catalog/catalog.h"
#include "policy/name_rules.h"
#include "policy/name_scope.h"

namespace policy {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const Product& product(const std::string& name) {
  for (const Product& each : shipped_catalog()) {
    if (each.name == name) return each;
  }
  throw std::invalid_argument("no product " + name);
}

std::vector<ca::Identifier> identifiers(const std::vector<std::string>& texts) {
  std::vector<ca::Identifier> parsed;
  for (const std::string& text : texts) {
    if (const auto address = ca::IpAddress::parse(text)) {
      parsed.emplace_back(*address);
    } else {
      parsed.emplace_back(ca::DnsName::parse(text).value());
    }
  }
  return parsed;
}

std::vector<FaultAt> faults(const std::string& name, const std::vector<std::string>& names) {
  return application_name_faults(product(name), identifiers(names), SpecialUseNames::refused);
}

/// "0 ipNotAllowed": where, and the code.
std::vector<std::string> codes(const std::string& name, const std::vector<std::string>& names) {
  std::vector<std::string> texts;
  for (const FaultAt& each : faults(name, names)) {
    std::string place = each.pointer.substr(std::string("/identifiers").size());
    if (place.ends_with("/value")) place = place.substr(1, place.size() - 7);
    texts.push_back(place + " " + std::string(facts_of(each.code).text));
  }
  return texts;
}

// ALI-04 TBY-11 TBY-12 TCG-16
TEST(ApplicationNames, AreTakenAsTheProductOffersThem) {
  EXPECT_THAT(codes("tencent-dv", {"example.com"}), IsEmpty());
  EXPECT_THAT(codes("tencent-dv", {"a.b.example.com", "*.example.org"}), IsEmpty());
  EXPECT_THAT(codes("alibaba-dv", {"*.example.com"}), IsEmpty());
  EXPECT_THAT(codes("tencent-ov", {"example.com", "9.9.9.9"}), IsEmpty());
  EXPECT_THAT(codes("wotrus-ov", {"example.com"}), IsEmpty()) << "without any method of ACME";
  EXPECT_THAT(codes("tencent-ov", {"xn--fsqu00a.example.com"}), IsEmpty());
}

// ALI-03 TFR-06 TGM-03 APP-C-15 TCG-16
TEST(ApplicationNames, AreAddressesOnlyWhereTheProductTakesPublicOnes) {
  EXPECT_THAT(codes("trustasia-free", {"9.9.9.9"}), ElementsAre("0 ipNotAllowed"));
  EXPECT_THAT(codes("tencent-dv", {"9.9.9.9"}), ElementsAre("0 ipNotAllowed"));
  EXPECT_THAT(codes("dnspod-gm-ov", {"9.9.9.9"}), IsEmpty());
  EXPECT_THAT(codes("dnspod-gm-ov", {"10.0.0.1"}), ElementsAre("0 ipNotAllowed"));
  EXPECT_THAT(codes("dnspod-gm-ov", {"2001:db8::1"}), ElementsAre("0 ipNotAllowed"));
}

// TFR-05
TEST(ApplicationNames, AreWildcardsOnlyWhereTheProductTakesThem) {
  EXPECT_THAT(codes("trustasia-free", {"*.example.com"}), ElementsAre("0 wildcardNotAllowed"));
  EXPECT_THAT(codes("tencent-ev", {"*.example.com"}), ElementsAre("0 wildcardNotAllowed"));
  EXPECT_THAT(codes("tencent-ov", {"*.co.uk"}), ElementsAre("0 nameNotAllowed"));
  Product file_only = product("tencent-ov");
  file_only.control_methods = {ControlMethod::file};
  const auto found =
      application_name_faults(file_only, identifiers({"*.example.com"}), SpecialUseNames::refused);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].code, FaultCode::wildcard_not_allowed);
}

// ALI-05 ALI-06
TEST(ApplicationNames, AreCombinedWhereWildcardsMeetOthers) {
  EXPECT_THAT(codes("alibaba-ov", {"*.a.com", "*.b.com"}), ElementsAre("1 combineRequired"));
  EXPECT_THAT(codes("alibaba-ov", {"a.com", "*.b.com", "c.com"}),
              ElementsAre("0 combineRequired", "2 combineRequired"));
  EXPECT_THAT(codes("alibaba-ov", {"b.com", "*.b.com"}), IsEmpty()) << "its own domain";
  EXPECT_THAT(codes("alibaba-ov", {"a.com", "b.com"}), IsEmpty());
  EXPECT_THAT(codes("tencent-ov", {"*.a.com", "*.b.com", "c.com"}), IsEmpty());
}

// TFR-07 TBY-16 ALO-07 TBY-10
TEST(ApplicationNames, AreCounted) {
  EXPECT_THAT(codes("trustasia-free", {"a.com", "b.com", "c.com"}),
              ElementsAre("1 tooManyNames", "2 tooManyNames"));
  EXPECT_THAT(codes("alibaba-ov", {"a.com", "b.com", "c.com", "d.com", "e.com", "f.com"}),
              ElementsAre("5 tooManyNames"));
  EXPECT_THAT(codes("dnspod-dv", {"a.com", "*.b.com"}), ElementsAre("1 tooManyNames"));
  EXPECT_THAT(codes("trustasia-dv-wildcard", {"a.com"}), ElementsAre("0 tooManyNames"));
  EXPECT_THAT(codes("tencent-dv", {}), ElementsAre(" validation"));
  EXPECT_THAT(faults("trustasia-free", {"a.com", "b.com"}).front().detail,
              HasSubstr("\"b.com\" is one too many; product \"trustasia-free\" takes 1 names"));
}

// TCG-18 TFR-07 APP-C-10
TEST(ApplicationNames, CountAPairOfWwwAndItsDomainOnce) {
  EXPECT_THAT(codes("trustasia-free", {"example.com", "www.example.com"}), IsEmpty());
  EXPECT_THAT(codes("trustasia-free", {"www.example.com"}), IsEmpty());
  EXPECT_THAT(codes("trustasia-free", {"a.example.com", "www.a.example.com"}),
              ElementsAre("1 tooManyNames"))
      << "a host under the domain has no pair";
}

// TFR-19 TFR-20
TEST(ApplicationNames, AreNotUnderADeniedSuffix) {
  for (const std::string name : {"a.edu", "b.a.gov", "example.org", "a.ru", "a.co.jp", "a.pay",
                                 "a.bank", "a.live", "a.nuclear", "a.edu.cn", "www.a.gov.cn"})
    EXPECT_THAT(codes("trustasia-free", {name}), ElementsAre("0 suffixNotAllowed")) << name;
  for (const std::string name : {"edu.com", "a.education", "myorg.com", "gov.example.com"})
    EXPECT_THAT(codes("trustasia-free", {name}), IsEmpty()) << name;
  EXPECT_THAT(codes("tencent-dv", {"example.org"}), IsEmpty());
}

// TFR-35 TCG-16
TEST(ApplicationNames, AreRegisteredDomainsOrUnderOne) {
  for (const std::string name : {"co.uk", "github.io", "com.cn"})
    EXPECT_THAT(codes("trustasia-free", {name}), ElementsAre("0 nameNotAllowed")) << name;
  for (const std::string name : {"dnspod.cn", "docs.dnspod.cn", "a.b.example.co.uk"})
    EXPECT_THAT(codes("trustasia-free", {name}), IsEmpty()) << name;
}

TEST(ApplicationNames, AreNeverThoseNobodyOwns) {
  EXPECT_THAT(codes("tencent-ov", {"a.internal", "example.com", "b.test"}),
              ElementsAre("0 nameNotAllowed", "2 nameNotAllowed"));
  EXPECT_THAT(codes("tencent-ov", {"*.example.com", "a.example.com"}),
              ElementsAre("1 nameNotAllowed"));
}

// ALI-08
TEST(ApplicationNames, NeedTheRegistrantUnderGov) {
  const auto needs = [](const std::string& name) {
    return needs_registrant_match(product("alibaba-ov"), identifiers({name}).front());
  };
  EXPECT_TRUE(needs("a.gov"));
  EXPECT_TRUE(needs("*.b.gov.cn"));
  EXPECT_FALSE(needs("gov.example.com"));
  EXPECT_FALSE(needs("9.9.9.9"));
  EXPECT_FALSE(is_under_suffix("gov", "gov.*"));
  EXPECT_TRUE(is_under_suffix("gov.cn", "gov.*"));
  EXPECT_FALSE(is_under_suffix("a.gov.x.cn", "gov.*"));
}

// TFR-05 TFR-06 TFR-19: ACME clients are told the same in ACME's words.
TEST(OrderNames, AreBoundByTheLimitsOfTheProductToo) {
  Product free = product("trustasia-free");
  const auto kind_of = [&](const std::string& name) {
    const auto violations =
        check_names(free, identifiers({name}), SpecialUseNames::refused).value();
    return violations.front().kind();
  };
  EXPECT_EQ(kind_of("*.example.com"), ViolationKind::rejected_identifier);
  EXPECT_EQ(kind_of("a.edu"), ViolationKind::rejected_identifier);
  EXPECT_EQ(kind_of("9.9.9.9"), ViolationKind::unsupported_identifier);
}

}  // namespace
}  // namespace policy
