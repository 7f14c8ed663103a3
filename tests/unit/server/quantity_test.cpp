#include "server/config/quantity.h"

#include <gtest/gtest.h>

namespace server {
namespace {

using std::chrono::seconds;

TEST(Duration, IsOneNumberAndOneUnit) {
  const std::pair<const char*, std::optional<seconds>> rows[] = {
      {"0s", seconds(0)},
      {"10s", seconds(10)},
      {"5m", seconds(300)},
      {"12h", seconds(43'200)},
      {"90d", seconds(7'776'000)},
      {"36600d", seconds(3'162'240'000)},
      {"36601d", std::nullopt},
      {"10", std::nullopt},
      {"s", std::nullopt},
      {"", std::nullopt},
      {"-1s", std::nullopt},
      {"+1s", std::nullopt},
      {" 1s", std::nullopt},
      {"1 s", std::nullopt},
      {"1s ", std::nullopt},
      {"01s", std::nullopt},
      {"1.5h", std::nullopt},
      {"1h30m", std::nullopt},
      {"1w", std::nullopt},
      {"1S", std::nullopt},
      {"99999999999999999999s", std::nullopt},
  };
  for (const auto& [text, expected] : rows) {
    SCOPED_TRACE(text);
    EXPECT_EQ(parse_duration(text), expected);
  }
}

TEST(Duration, IsSpelledInTheGreatestUnitThatFits) {
  EXPECT_EQ(duration_text(seconds(0)), "0s");
  EXPECT_EQ(duration_text(seconds(61)), "61s");
  EXPECT_EQ(duration_text(seconds(120)), "2m");
  EXPECT_EQ(duration_text(seconds(129'600)), "36h");
  EXPECT_EQ(duration_text(seconds(864'000)), "10d");
}

TEST(Size, IsOneNumberAndAnOptionalUnit) {
  const std::pair<const char*, std::optional<std::uint64_t>> rows[] = {
      {"0", 0},
      {"512", 512},
      {"64KiB", 65'536},
      {"3MiB", 3'145'728},
      {"64GiB", 68'719'476'736},
      {"1TiB", 1'099'511'627'776},
      {"1048576TiB", std::uint64_t{1} << 60},
      {"1048577TiB", std::nullopt},
      {"18446744073709551615TiB", std::nullopt},
      {"64kB", std::nullopt},
      {"64K", std::nullopt},
      {"KiB", std::nullopt},
      {"64 KiB", std::nullopt},
      {"-1", std::nullopt},
      {"0x10", std::nullopt},
  };
  for (const auto& [text, expected] : rows) {
    SCOPED_TRACE(text);
    EXPECT_EQ(parse_size(text), expected);
  }
}

TEST(Size, IsSpelledInTheGreatestUnitThatFits) {
  EXPECT_EQ(size_text(0), "0");
  EXPECT_EQ(size_text(1000), "1000");
  EXPECT_EQ(size_text(65'536), "64KiB");
  EXPECT_EQ(size_text(std::uint64_t{1} << 40), "1TiB");
}

TEST(Rate, IsACountAndADuration) {
  for (const char* text : {"300 per 3h", "1 per 7d", "1000 per 1s"}) {
    EXPECT_TRUE(parse_rate(text).has_value()) << text;
  }
  EXPECT_EQ(parse_rate("300 per 3h"), policy::Rate::make(300, std::chrono::hours(3)));
  for (const char* text : {"", "off", "0 per 3h", "300", "300 per", "300 per ", "300 per 3", "5/1h",
                           "-1 per 3h", "1.5 per 3h", "300  per 3h", "300 per 0s", "1001 per 1s",
                           "300 per 3h ", "18446744073709551616 per 3h"}) {
    EXPECT_FALSE(parse_rate(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace server
