#include "policy/name_scope.h"

#include <gtest/gtest.h>

namespace policy {
namespace {

ca::Identifier dns(std::string_view name) {
  return ca::DnsName::parse(name).value();
}

struct Row {
  std::string_view name;
  std::string_view domain;
  bool is_under;
};

TEST(NameScope, IsCutAtLabels) {
  const Row rows[] = {
      {"example.org", "example.org", true},
      {"a.example.org", "example.org", true},
      {"a.b.example.org", "example.org", true},
      {"aexample.org", "example.org", false},
      {"example.org", "a.example.org", false},
      {"example.com", "example.org", false},
      {"example.org.evil.com", "example.org", false},
      {"org", "example.org", false},
      {"a.org", "org", true},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(std::string(row.name) + " in " + std::string(row.domain));
    EXPECT_EQ(is_at_or_under(row.name, row.domain), row.is_under);
  }
  EXPECT_FALSE(is_at_or_under("", "example.org"));
}

TEST(NameScope, HoldsWhatAnyOfItsDomainsHolds) {
  const std::vector<std::string> domains{"example.org", "b.example.com"};
  EXPECT_TRUE(is_within(dns("example.org"), domains));
  EXPECT_TRUE(is_within(dns("*.example.org"), domains));
  EXPECT_TRUE(is_within(dns("A.Example.ORG"), domains));
  EXPECT_TRUE(is_within(dns("x.b.example.com"), domains));
  EXPECT_FALSE(is_within(dns("example.com"), domains));
  // It covers names beside b.example.com.
  EXPECT_FALSE(is_within(dns("*.example.com"), domains));
  EXPECT_FALSE(is_within(ca::IpAddress::parse("192.0.2.1").value(), domains));
  EXPECT_FALSE(is_within(dns("example.org"), {}));
}

}  // namespace
}  // namespace policy
