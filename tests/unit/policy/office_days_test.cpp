// When people of an office are at work.
#include "policy/applications/office_days.h"

#include <gtest/gtest.h>

namespace policy {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::November;

// APP-A-5: the days are the office's own, by its clock and its calendar.
TEST(OfficeDays, KnowWhenAnOfficeIsAtWork) {
  const Calendars calendars;
  const OfficeDays office_days(calendars);
  const ca::Time friday = std::chrono::sys_days(std::chrono::year(2026) / November / 20);
  for (const auto time : {friday, friday + hours(12), friday + days(3)}) {
    EXPECT_TRUE(is_business_time(office_days, "house", time)) << ca::rfc3339(time);
  }
  for (const auto time : {friday + days(1), friday + days(1) + hours(13), friday + days(2)}) {
    EXPECT_FALSE(is_business_time(office_days, "house", time)) << ca::rfc3339(time);
  }
  // Saturday has begun in China, eight hours before Greenwich.
  EXPECT_TRUE(is_business_time(office_days, "cn", friday + hours(15)));
  EXPECT_FALSE(is_business_time(office_days, "cn", friday + hours(17)));
  // The fourth Thursday of November.
  EXPECT_FALSE(is_business_time(office_days, "us", friday + days(6) + hours(18)));
  EXPECT_TRUE(is_business_time(office_days, "cn", friday + days(6) + hours(8)));
}

}  // namespace
}  // namespace policy
