#include "acme/ids.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <type_traits>

namespace acme {
namespace {

using std::chrono::milliseconds;
using std::chrono::system_clock;

/// Answers with the octets 01, 02, 03 and so on.
class CountingRandom final : public ca::RandomSource {
 public:
  std::string bytes(std::size_t count) override {
    std::string out;
    while (out.size() < count) out += static_cast<char>(++last_);
    return out;
  }

 private:
  unsigned last_ = 0;
};

TEST(Id, HoldsTheTimeThenRandomOctets) {
  CountingRandom random;
  const auto id = OrderId::fresh(random, system_clock::time_point(milliseconds(0x010203040506)));
  EXPECT_EQ(id.octets(),
            std::string("\x01\x02\x03\x04\x05\x06\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0A"));
  EXPECT_EQ(id.text(), "AQIDBAUGAQIDBAUGBwgJCg");
}

TEST(Id, OfALaterMillisecondSortsLater) {
  ca::SystemRandom random;
  const auto start = system_clock::time_point(std::chrono::hours(24 * 365 * 50));
  std::string before = OrderId::fresh(random, start).octets();
  for (int i = 1; i < 600; ++i) {
    std::string after = OrderId::fresh(random, start + milliseconds(i)).octets();
    EXPECT_LT(before, after);
    before = std::move(after);
  }
}

TEST(Id, DiffersWithinOneMillisecond) {
  ca::SystemRandom random;
  std::set<OrderId> ids;
  for (int i = 0; i < 1000; ++i) ids.insert(OrderId::fresh(random, system_clock::time_point()));
  EXPECT_EQ(ids.size(), 1000U);
}

TEST(Id, ReadsBackItsOwnText) {
  ca::SystemRandom random;
  for (int i = 0; i < 200; ++i) {
    const auto id = AccountId::fresh(random, system_clock::time_point(milliseconds(i)));
    ASSERT_EQ(id.text().size(), 22U);
    EXPECT_EQ(AccountId::parse(id.text()), id);
    EXPECT_EQ(AccountId::from_octets(id.octets()), id);
  }
}

// T-D5: ids are decoded to fixed binary before they become keys.
TEST(Id, RefusesEveryOtherSpelling) {
  using namespace std::string_literals;
  const std::string rows[] = {
      "",
      "ECAwQFBgAQIDBAUGBwgJC",     // one short
      "ECAwQFBgAQIDBAUGBwgJCgA",   // one long
      "ECAwQFBgAQIDBAUGBwgJCg==",  // padded
      "ECAwQFBgAQIDBAUGBwgJCh",    // non-zero spare bits
      "ECAwQFBgAQIDBAUGBwgJC*",    // a wildcard
      "ECAwQFBgAQIDBAUGBwgJC/",    // base64, not base64url
      "ECAwQFBgAQIDBAUGBwgJ+g",    // the same
      "ECAwQFBgAQIDBAUGBwgJC\n",   // white space
      " CAwQFBgAQIDBAUGBwgJCg",    // the same
      "ECAwQFBgAQIDBAUGBw%4ACg",   // percent encoding
      "ECAwQFBg\0QIDBAUGBwgJCg"s,  // NUL
      "../../../../account/xx",    // a path
      "\xC3\xA9"
      "AwQFBgAQIDBAUGBwgJCg",  // not ASCII
  };
  for (const std::string& row : rows)
    EXPECT_FALSE(OrderId::parse(row)) << testing::PrintToString(row);
}

TEST(Id, OfOneKindIsNotOneOfAnother) {
  EXPECT_FALSE((std::is_convertible_v<AccountId, OrderId>));
  EXPECT_FALSE((std::is_convertible_v<std::string, OrderId>));
}

}  // namespace
}  // namespace acme
