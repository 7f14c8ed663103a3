#include "ca/validity.h"

#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using ca::Time;
using std::chrono::days;

constexpr Time kNow{std::chrono::sys_days{std::chrono::year{2026} / 12 / 1}};
constexpr Time kFarAway = kNow + days(3000);

const ca::CertificateProfile& profile(std::string_view name) {
  return *ca::find_profile(name);
}

// BR-6.3.2
TEST(Validity, IsTheProfilesWhereNothingIsAsked) {
  const auto window = ca::judge_validity(profile("dv"), {}, kNow, kFarAway);
  ASSERT_TRUE(window);
  EXPECT_EQ(window->not_before, kNow - 5min);
  EXPECT_EQ(window->not_after - window->not_before + 1s, days(90));
}

TEST(Validity, IsCutByTheProductAndTheIssuer) {
  const auto shorter = ca::judge_validity(profile("dv"), {.longest = days(7)}, kNow, kFarAway);
  EXPECT_EQ(shorter->not_after - shorter->not_before + 1s, days(7));
  const auto longer = ca::judge_validity(profile("dv"), {.longest = days(900)}, kNow, kFarAway);
  EXPECT_EQ(longer->not_after - longer->not_before + 1s, days(90));
  EXPECT_EQ(ca::judge_validity(profile("dv"), {}, kNow, kNow + days(2))->not_after, kNow + days(2));
}

// RFC8555-7.4
TEST(Validity, IsExactlyWhatIsAskedOrRefused) {
  struct Row {
    const char* about;
    ca::ValidityWish wish;
    bool kept;
  };
  const Time latest = kNow - 5min + days(90) - 1s;
  const Row rows[] = {
      {"begins now", {.not_before = kNow}, true},
      {"begins an hour ago", {.not_before = kNow - 1h}, true},
      {"begins before that", {.not_before = kNow - 1h - 1s}, false},
      {"begins in the future", {.not_before = kNow + 1s}, false},
      {"ends in a week", {.not_after = kNow + days(7)}, true},
      {"ends with the last second there is", {.not_after = latest}, true},
      {"ends a second later", {.not_after = latest + 1s}, false},
      {"ends in a second", {.not_after = kNow + 1s}, true},
      {"has ended", {.not_after = kNow}, false},
      {"begins later and so ends later", {.not_before = kNow, .not_after = latest + 5min}, true},
      {"too long for its product", {.longest = days(7), .not_after = kNow + days(7)}, false},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.about);
    const auto window = ca::judge_validity(profile("dv"), row.wish, kNow, kFarAway);
    ASSERT_EQ(window.has_value(), row.kept);
    if (!window) {
      EXPECT_EQ(window.error().kind(), ca::RejectionKind::bad_validity);
      continue;
    }
    EXPECT_EQ(window->not_before, row.wish.not_before.value_or(kNow - 5min));
    if (row.wish.not_after) EXPECT_EQ(window->not_after, *row.wish.not_after);
  }
  EXPECT_FALSE(
      ca::judge_validity(profile("dv"), {.not_after = kNow + days(3)}, kNow, kNow + days(2)))
      << "later than the issuer";
}

// P-5 EVG-6.3.2: the limit of the day holds for EV as for everything else.
TEST(Validity, OfEvIsThatOfEverythingElse) {
  for (const std::string_view name : {"dv", "ov", "ev"}) {
    SCOPED_TRACE(name);
    const Time begin = kNow - 5min;
    EXPECT_FALSE(
        ca::judge_validity(profile(name), {.not_after = begin + days(201) - 1s}, kNow, kFarAway));
    EXPECT_FALSE(
        ca::judge_validity(profile(name), {.not_after = begin + days(200)}, kNow, kFarAway));
  }
  EXPECT_EQ(profile("ev").validity, profile("ov").validity);
}

// P-5 P-4 PC-1 BR-6.3.2: a profile that would be longer keeps the limit of its day, EV too.
TEST(Validity, OfALongProfileIsTheLimitOfItsDay) {
  struct Row {
    Time signed_at;
    days limit;
  };
  constexpr auto first_of = [](int y, unsigned m, unsigned d) {
    return Time{
        std::chrono::sys_days{std::chrono::year{y} / static_cast<int>(m) / static_cast<int>(d)}};
  };
  const Row rows[] = {{kNow, days(200)},
                      {first_of(2027, 3, 15) - 1s, days(200)},
                      {first_of(2027, 3, 15), days(100)},
                      {first_of(2029, 3, 15) - 1s, days(100)},
                      {first_of(2029, 3, 15), days(47)}};
  for (const std::string_view name : {"dv", "ov", "ev"}) {
    ca::CertificateProfile longer = profile(name);
    longer.validity = days(398);
    longer.backdate = 0s;
    for (const Row& row : rows) {
      SCOPED_TRACE(std::string(name) + " at " + ca::rfc3339(row.signed_at));
      const Time latest = row.signed_at + row.limit - 1s;
      const auto window = ca::judge_validity(longer, {}, row.signed_at, kFarAway);
      ASSERT_TRUE(window);
      EXPECT_EQ(window->not_after, latest);
      EXPECT_TRUE(ca::judge_validity(longer, {.not_after = latest}, row.signed_at, kFarAway));
      EXPECT_FALSE(ca::judge_validity(longer, {.not_after = latest + 1s}, row.signed_at, kFarAway));
    }
  }
}

// P-6: what is called short-lived is so to the second, whatever is asked for.
TEST(Validity, OfAShortLivedCertificateIsSevenDaysAtMost) {
  const auto window = ca::judge_validity(profile("shortlived"), {}, kNow, kFarAway);
  ASSERT_TRUE(window);
  EXPECT_LE(window->not_after - window->not_before + 1s, days(7));
  const Time latest = kNow - 5min + days(7) - 1s;
  EXPECT_FALSE(
      ca::judge_validity(profile("shortlived"), {.not_after = latest + 1s}, kNow, kFarAway));
}

// BR-6.3.2: 47 days from 2029-03-15.
TEST(Validity, ThatIsAskedForKeepsTheLimitOfItsDay) {
  constexpr Time kChange{std::chrono::sys_days{std::chrono::year{2029} / 3 / 15}};
  const ca::ValidityWish wish{.not_after = kChange + days(60)};
  EXPECT_TRUE(ca::judge_validity(profile("dv"), wish, kChange - 1h, kFarAway));
  EXPECT_FALSE(ca::judge_validity(profile("dv"), wish, kChange, kFarAway));
}

}  // namespace
