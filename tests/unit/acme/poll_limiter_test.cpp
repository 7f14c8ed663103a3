#include "acme/poll_limiter.h"

#include <gtest/gtest.h>

namespace {

using acme::PollLimiter;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::chrono::sys_seconds kHeld{seconds(1'800'000'000)};

/// How many of the polls that come every `interval` for a minute from `start` on are answered.
int answered(PollLimiter& limiter, policy::Instant start, milliseconds interval) {
  int count = 0;
  for (policy::Instant now = start; now < start + minutes(1); now += interval) {
    if (!limiter.judge("order", kHeld, now)) ++count;
  }
  return count;
}

// The clients of the day: certbot asks once a second, lego twice, dehydrated every two seconds.
TEST(PollLimiter, NeverLimitsTheClientsOfTheDayInTheFirstTenMinutes) {
  for (const milliseconds interval : {milliseconds(250), milliseconds(500), milliseconds(1000)}) {
    PollLimiter limiter;
    EXPECT_EQ(answered(limiter, kHeld, interval), minutes(1) / interval);
  }
}

TEST(PollLimiter, NeverLimitsAPollEveryTwoSecondsLater) {
  PollLimiter limiter;
  EXPECT_EQ(answered(limiter, kHeld + minutes(10), seconds(2)), 30);
}

TEST(PollLimiter, LimitsAStormToFourASecondAndLaterToOneInTwoSeconds) {
  PollLimiter at_first;
  EXPECT_EQ(answered(at_first, kHeld, milliseconds(10)), 40 + 239);
  PollLimiter later;
  EXPECT_EQ(answered(later, kHeld + minutes(10), milliseconds(10)), 5 + 29);
}

TEST(PollLimiter, SaysHowLongToWait) {
  PollLimiter limiter;
  const policy::Instant now = kHeld + minutes(20);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(limiter.judge("order", kHeld, now), std::nullopt);
  EXPECT_EQ(limiter.judge("order", kHeld, now), seconds(2));
  EXPECT_EQ(limiter.judge("order", kHeld, now + milliseconds(1900)), seconds(1));
  EXPECT_EQ(limiter.judge("order", kHeld, now + seconds(2)), std::nullopt);
}

TEST(PollLimiter, CountsEachOrderForItself) {
  PollLimiter limiter;
  for (int i = 0; i < 5; ++i) limiter.judge("one", kHeld, kHeld + minutes(20));
  EXPECT_NE(limiter.judge("one", kHeld, kHeld + minutes(20)), std::nullopt);
  EXPECT_EQ(limiter.judge("two", kHeld, kHeld + minutes(20)), std::nullopt);
}

TEST(PollLimiter, RemembersNoMoreOrdersThanItShould) {
  PollLimiter limiter(160);
  for (int i = 0; i < 10'000; ++i) limiter.judge(std::to_string(i), kHeld, kHeld);
  EXPECT_LE(limiter.size(), 160U);
  EXPECT_GT(limiter.size(), 0U);
}

}  // namespace
