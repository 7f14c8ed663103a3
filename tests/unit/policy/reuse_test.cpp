#include "policy/reuse.h"

#include <gtest/gtest.h>

namespace policy {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year;

constexpr days kEver{10'000};
constexpr auto kMethod = ValidationMethod::dns_01;

// BR-4.2.1 PC-1
TEST(LongestReuse, ChangesExactlyAtMidnightOfEveryDate) {
  struct Row {
    ca::Time date;
    days before, from;
  };
  const Row rows[] = {
      {sys_days{year{2026} / 3 / 15}, days{398}, days{200}},
      {sys_days{year{2027} / 3 / 15}, days{200}, days{100}},
      {sys_days{year{2029} / 3 / 15}, days{100}, days{10}},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(ca::rfc3339(row.date));
    EXPECT_EQ(longest_reuse(kMethod, row.date - 1s), row.before);
    EXPECT_EQ(longest_reuse(kMethod, row.date), row.from);
  }
}

// BR-3.2.2.4.22 V-42
TEST(LongestReuse, OfARecordThatStaysIsTenDays) {
  constexpr auto kPersistent = ValidationMethod::dns_persist_01;
  for (const int each : {2025, 2026, 2027, 2029, 2031}) {
    const ca::Time date = sys_days{year{each} / 3 / 15};
    EXPECT_EQ(longest_reuse(kPersistent, date), days{10});
    EXPECT_EQ(last_use(kPersistent, date - 5s, kEver), date - 5s + days{10});
    EXPECT_EQ(last_use(kPersistent, date, 1h), date + 1h);
  }
  for (const MethodFacts& each : validation_methods()) {
    if (each.method == kPersistent) continue;
    EXPECT_EQ(longest_reuse(each.method, sys_days{year{2026} / 12 / 1}), days{200}) << each.text;
  }
}

// V-50: an order made on day 199 and finalized on day 201 is refused.
TEST(LastUse, IsTheLimitOfItsDate) {
  EXPECT_EQ(last_use(kMethod, sys_days{year{2026} / 4 / 1}, kEver), sys_days{year{2026} / 10 / 18});
  EXPECT_EQ(last_use(kMethod, sys_days{year{2027} / 4 / 1}, kEver), sys_days{year{2027} / 7 / 10});
  EXPECT_EQ(last_use(kMethod, sys_days{year{2029} / 4 / 1}, kEver), sys_days{year{2029} / 4 / 11});
}

// V-50
TEST(LastUse, EndsBeforeAStricterLimitThatItWouldBreak) {
  // 104 days old on the day the limit becomes 100.
  EXPECT_EQ(last_use(kMethod, sys_days{year{2026} / 12 / 1}, kEver),
            ca::Time(sys_days{year{2027} / 3 / 15}) - 1s);
  // 74 days old on that day: 26 are left.
  EXPECT_EQ(last_use(kMethod, sys_days{year{2026} / 12 / 31}, kEver),
            sys_days{year{2027} / 4 / 10});
  EXPECT_EQ(last_use(kMethod, sys_days{year{2029} / 3 / 1}, kEver),
            ca::Time(sys_days{year{2029} / 3 / 15}) - 1s);
}

TEST(LastUse, IsNeverLaterThanTheHouseAllows) {
  EXPECT_EQ(last_use(kMethod, sys_days{year{2026} / 12 / 1}, 720h), sys_days{year{2026} / 12 / 31});
  EXPECT_EQ(last_use(kMethod, sys_days{year{2029} / 4 / 1}, 720h), sys_days{year{2029} / 4 / 11});
}

// The definition of last_use, tried day by day against the limits themselves.
TEST(LastUse, IsFollowedByASecondThatIsTooOldAndPrecededByNone) {
  for (ca::Time validated = sys_days{year{2025} / 1 / 1};
       validated < sys_days{year{2029} / 12 / 31}; validated += days{1}) {
    const ca::Time last = last_use(kMethod, validated, kEver);
    ASSERT_GT(last + 1s - validated, longest_reuse(kMethod, last + 1s)) << ca::rfc3339(validated);
    for (ca::Time use = validated; use <= last; use += days{1}) {
      ASSERT_LE(use - validated, longest_reuse(kMethod, use)) << ca::rfc3339(use);
    }
  }
}

TEST(LeastLifeLeft, IsAnEighthOfAnOrdersLifeWithinBounds) {
  Product product = Catalog().default_product();
  product.order_lifetime = 80h;
  EXPECT_EQ(least_life_left(product), 10h);
  product.order_lifetime = 4h;
  EXPECT_EQ(least_life_left(product), 1h);
  product.order_lifetime = 1'000h;
  EXPECT_EQ(least_life_left(product), 24h);
}

}  // namespace
}  // namespace policy
