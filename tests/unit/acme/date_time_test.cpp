#include "acme/wire/date_time.h"

#include <gtest/gtest.h>

namespace acme {
namespace {

constexpr ca::Time kNoon{std::chrono::sys_days{std::chrono::year{2026} / 11 / 22} +
                         std::chrono::hours(12)};

// RFC3339-5.6
TEST(DateTime, IsReadWithItsOffset) {
  for (const char* const text :
       {"2026-11-22T12:00:00Z", "2026-11-22T12:00:00+00:00", "2026-11-22T13:00:00+01:00",
        "2026-11-22T06:30:00-05:30", "2026-11-23T01:45:00+13:45", "2026-11-22T12:00:00.0Z",
        "2026-11-22T14:00:00.000000+02:00"}) {
    EXPECT_EQ(parse_date_time(text), kNoon) << text;
  }
}

TEST(DateTime, IsNothingElse) {
  for (const char* const text :
       {"", "Z", "tomorrow", "2026-11-22", "2026-11-22T12:00:00", "2026-11-22 12:00:00Z",
        "2026-11-22T12:00:00.5Z", "2026-11-22T12:00:00.Z", "2026-11-22T12:00:00.0",
        "2026-11-22T12:00:00+1:00", "2026-11-22T12:00:00+0100", "2026-11-22T12:00:00+24:00",
        "2026-11-22T12:00:00+01:60", "2026-11-22T12:00:00ZZ", "2026-02-30T12:00:00Z",
        "2026-11-22T24:00:00Z", "2026-11-22T12:00:60Z", "+2026-11-22T12:00:00Z"}) {
    EXPECT_FALSE(parse_date_time(text)) << text;
  }
}

}  // namespace
}  // namespace acme
