#include "policy/public_suffix.h"

#include <gtest/gtest.h>

namespace policy {
namespace {

// BR-3.2.2.6
TEST(PublicSuffix, IsWhatTheIcannDivisionOfTheListSays) {
  for (const char* name : {"com", "test", "uk", "co.uk", "xn--p1ai", "anything.ck", "ac.jp"}) {
    EXPECT_TRUE(is_public_suffix(name, SuffixDivision::icann)) << name;
  }
  for (const char* name : {"example.com", "a.test", "example.co.uk", "www.ck", "github.io",
                           "a.b.example.com", "co.uk.example.com"}) {
    EXPECT_FALSE(is_public_suffix(name, SuffixDivision::icann)) << name;
  }
}

// BR-3.2.2.4 V-31
TEST(PublicSuffix, IsAlsoWhatPrivateRegistriesGiveAway) {
  for (const char* name : {"com", "co.uk", "github.io"}) {
    EXPECT_TRUE(is_public_suffix(name, SuffixDivision::all)) << name;
  }
  for (const char* name : {"example.com", "a.github.io"}) {
    EXPECT_FALSE(is_public_suffix(name, SuffixDivision::all)) << name;
  }
}

TEST(RegisteredDomain, IsThePublicSuffixWithOneMoreLabel) {
  const std::pair<const char*, const char*> rows[] = {
      {"a.b.example.com", "example.com"},   {"example.com", "example.com"},
      {"x.example.co.uk", "example.co.uk"}, {"x.y.github.io", "y.github.io"},
      {"github.io", "github.io"},           {"com", "com"},
      {"a.b.internal", "b.internal"},
  };
  for (const auto& [name, domain] : rows) EXPECT_EQ(registered_domain(name), domain) << name;
}

}  // namespace
}  // namespace policy
