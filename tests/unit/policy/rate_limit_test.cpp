#include "policy/rate_limit.h"

#include <gtest/gtest.h>

#include <set>
#include <string_view>

namespace policy {
namespace {

using std::chrono::seconds;

constexpr Instant kStart{Milliseconds(1'800'000'000'000)};

Instant at(std::int64_t milliseconds) {
  return kStart + Milliseconds(milliseconds);
}

TEST(RateLimits, AreListedByNumber) {
  std::set<std::string_view> names;
  for (const RateLimit& limit : rate_limits()) {
    EXPECT_EQ(&rate_limit(limit.id), &limit);
    EXPECT_FALSE(limit.counted.empty());
    names.insert(limit.name);
  }
  EXPECT_EQ(names.size(), rate_limits().size());
  EXPECT_EQ(rate_limits().back().id, RateLimitId::failed_validations_per_account_and_name);
}

TEST(Rate, RoundsItsIntervalUpToAMillisecond) {
  EXPECT_EQ(Rate::make(300, std::chrono::hours(3)).value().interval(), Milliseconds(36'000));
  EXPECT_EQ(Rate::make(7, seconds(1)).value().interval(), Milliseconds(143));
  EXPECT_EQ(Rate::make(7, seconds(1)).value().window(), Milliseconds(1'001));
  EXPECT_EQ(Rate::make(1'000, seconds(1)).value().interval(), Milliseconds(1));
  EXPECT_FALSE(Rate::make(1'001, seconds(1)).has_value());
  EXPECT_FALSE(Rate::make(0, seconds(1)).has_value());
  EXPECT_FALSE(Rate::make(1, seconds(0)).has_value());
}

// ITU-T I.371: three in 30 s, which is one every 10 s and three at once.
TEST(Judge, LetsABurstThroughAndThenOneEachInterval) {
  const Rate rate = Rate::make(3, seconds(30)).value();
  struct Step {
    std::int64_t now;
    bool is_within;
    std::int64_t value;  // the new arrival time, or when to come back
  };
  const Step steps[] = {
      {0, true, 10'000},       {0, true, 20'000},      {1, true, 30'000},
      {1, false, 10'000},      {9'999, false, 10'000}, {10'000, true, 40'000},
      {10'000, false, 20'000}, {25'000, true, 50'000}, {25'000, false, 30'000},
      {90'000, true, 100'000},
  };
  std::optional<Instant> arrival;
  for (const Step& step : steps) {
    SCOPED_TRACE(step.now);
    const auto judged = judge(rate, arrival, at(step.now));
    ASSERT_EQ(judged.has_value(), step.is_within);
    EXPECT_EQ(judged ? *judged : judged.error(), at(step.value));
    if (judged) arrival = *judged;
  }
}

TEST(Judge, NeverOwesMoreThanAWindow) {
  const Rate rate = Rate::make(3, seconds(30)).value();
  const auto judged = judge(rate, at(1'000'000'000), at(0));
  ASSERT_FALSE(judged.has_value());
  EXPECT_EQ(judged.error(), at(10'000));
}

TEST(Count, TakesWhatHasHappenedWithoutRefusing) {
  const Rate rate = Rate::make(2, seconds(20)).value();
  EXPECT_EQ(count(rate, std::nullopt, at(0)), at(10'000));
  EXPECT_EQ(count(rate, at(10'000), at(0)), at(20'000));
  EXPECT_EQ(count(rate, at(20'000), at(0)), at(20'000));
  EXPECT_EQ(count(rate, at(20'000), at(15'000)), at(30'000));
}

}  // namespace
}  // namespace policy
