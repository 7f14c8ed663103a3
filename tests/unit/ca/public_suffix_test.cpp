#include "ca/names/public_suffix.h"

#include <gtest/gtest.h>

namespace ca {
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

// BR-4.2.2 V-70
TEST(TopLevelDomain, IsWhatTheIcannDivisionNames) {
  for (const char* name : {"com", "a.b.com", "example.co.uk", "x.ck", "x.jm", "x.xn--p1ai", "x.dev",
                           "example.xn--fiqs8s", "x.gov", "github.io", "x.arpa"}) {
    EXPECT_TRUE(is_under_top_level_domain(name)) << name;
  }
  for (const char* name : {"x.corp", "foo.lan", "foo.home", "a.b.nonexistenttld", "intranet",
                           "com.intranet", "x.internal", "x.test", "x.mail", "x.xn--bcher-kva"}) {
    EXPECT_FALSE(is_under_top_level_domain(name)) << name;
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
}  // namespace ca
