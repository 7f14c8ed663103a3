#include "ca/time.h"

#include <gtest/gtest.h>

#include "ca/der/reader.h"

namespace ca {
namespace {

Time at(std::int64_t seconds) {
  return Time(std::chrono::seconds(seconds));
}

// RFC3339-5.6
TEST(Rfc3339, WritesWholeSecondsInUtc) {
  const struct {
    std::int64_t seconds;
    std::string text;
  } rows[] = {{0, "1970-01-01T00:00:00Z"},          {-1, "1969-12-31T23:59:59Z"},
              {951782400, "2000-02-29T00:00:00Z"},  {1709251199, "2024-02-29T23:59:59Z"},
              {1709251200, "2024-03-01T00:00:00Z"}, {2147483647, "2038-01-19T03:14:07Z"},
              {2147483648, "2038-01-19T03:14:08Z"}, {4102444799, "2099-12-31T23:59:59Z"},
              {4107542400, "2100-03-01T00:00:00Z"}, {253402300799, "9999-12-31T23:59:59Z"},
              {1795339800, "2026-11-22T09:30:00Z"}};
  for (const auto& row : rows) {
    SCOPED_TRACE(row.text);
    EXPECT_EQ(rfc3339(at(row.seconds)), row.text);
  }
}

TEST(Rfc3339, IsReadAsItIsWritten) {
  for (const std::int64_t seconds : {std::int64_t{0}, std::int64_t{-1}, std::int64_t{951782400},
                                     std::int64_t{253402300799}, std::int64_t{-62135596800}}) {
    EXPECT_EQ(parse_rfc3339(rfc3339(at(seconds))), at(seconds)) << rfc3339(at(seconds));
  }
  for (const char* bad : {"",
                          "2026-11-22",
                          "2026-11-22T09:30:00",
                          "2026-11-22T09:30:00z",
                          "2026-11-22t09:30:00Z",
                          "2026-11-22 09:30:00Z",
                          "2026-11-22T09:30:00.0Z",
                          "2026-11-22T09:30:00+00:00",
                          "2026-02-29T00:00:00Z",
                          "2026-13-01T00:00:00Z",
                          "2026-00-01T00:00:00Z",
                          "2026-01-00T00:00:00Z",
                          "2026-01-01T24:00:00Z",
                          "2026-01-01T23:60:00Z",
                          "2026-12-31T23:59:60Z",
                          "2026/11/22T09:30:00Z",
                          "2026-11-22T09-30:00Z",
                          "+026-11-22T09:30:00Z",
                          "2026-1a-22T09:30:00Z",
                          " 2026-11-22T09:30:00Z"}) {
    EXPECT_FALSE(parse_rfc3339(bad)) << bad;
  }
}

// RFC5280-4.1.2.5
TEST(DerTime, ChangesItsFormBetween2049And2050) {
  const struct {
    std::int64_t seconds;
    der::Tag tag;
    std::string text;
  } rows[] = {{0, der::Tag::utc_time, "700101000000Z"},
              {-631152000, der::Tag::utc_time, "500101000000Z"},
              {-631152001, der::Tag::generalized_time, "19491231235959Z"},
              {951782400, der::Tag::utc_time, "000229000000Z"},
              {2147483648, der::Tag::utc_time, "380119031408Z"},
              {2524607999, der::Tag::utc_time, "491231235959Z"},
              {2524608000, der::Tag::generalized_time, "20500101000000Z"},
              {253402300799, der::Tag::generalized_time, "99991231235959Z"}};
  for (const auto& row : rows) {
    SCOPED_TRACE(row.text);
    const std::string encoded = der_time(at(row.seconds));
    EXPECT_EQ(encoded, der::element(row.tag, row.text));
    EXPECT_EQ(der::time(der::Reader(encoded).next().value()), row.seconds);
  }
}

}  // namespace
}  // namespace ca
