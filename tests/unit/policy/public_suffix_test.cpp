#include "policy/public_suffix.h"

#include <gtest/gtest.h>

namespace policy {
namespace {

// BR-3.2.2.6
TEST(PublicSuffix, IsWhatTheIcannDivisionOfTheListSays) {
  for (const char* name : {"com", "test", "uk", "co.uk", "xn--p1ai", "anything.ck", "ac.jp"}) {
    EXPECT_TRUE(is_public_suffix(name)) << name;
  }
  for (const char* name : {"example.com", "a.test", "example.co.uk", "www.ck", "github.io",
                           "a.b.example.com", "co.uk.example.com"}) {
    EXPECT_FALSE(is_public_suffix(name)) << name;
  }
}

}  // namespace
}  // namespace policy
