#include "storage/key_codec.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <random>
#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

#include "storage/storage_error.h"

namespace storage {
namespace {

using namespace std::string_literals;
using std::chrono::seconds;
using std::chrono::sys_seconds;

constexpr std::uint64_t kGreatest = std::numeric_limits<std::uint64_t>::max();

std::string number_key(std::uint64_t value) {
  return KeyWriter{}.number(value).take();
}
std::string text_key(std::string_view value) {
  return KeyWriter{}.text(value).take();
}

TEST(KeyCodec, WritesTheGrammarByteByByte) {
  EXPECT_EQ(number_key(0x0102030405060708), "\x01\x02\x03\x04\x05\x06\x07\x08"s);
  EXPECT_EQ(KeyWriter{}.time(sys_seconds{seconds{258}}).take(), "\0\0\0\0\0\0\x01\x02"s);
  EXPECT_EQ(text_key(""), "\0\0"s);
  EXPECT_EQ(text_key("a\0b"s), "a\0\xFF"s + "b\0\0"s);
  EXPECT_EQ(KeyWriter{}.text("a").tail("\0x"s).take(), "a\0\0\0x"s);
}

TEST(KeyCodec, NumbersSortByValue) {
  const std::vector<std::uint64_t> ascending = {
      0, 1, 127, 128, 255, 256, 65535, 65536, std::uint64_t{1} << 32, kGreatest - 1, kGreatest};
  for (std::size_t i = 1; i < ascending.size(); ++i) {
    SCOPED_TRACE(ascending[i]);
    EXPECT_LT(number_key(ascending[i - 1]), number_key(ascending[i]));
  }
}

TEST(KeyCodec, TextsSortByValueAndPrefixesComeFirst) {
  const std::vector<std::string> ascending = {
      "",         "\0"s,   "\0\0"s, "\0\xFF"s, "\x01",  "a", "a\0"s, "a\0\0"s,
      "a\0\xFF"s, "a\x01", "aa",    "ab",      "a\xFF", "b", "\xFF", "\xFF\xFF"};
  for (std::size_t i = 1; i < ascending.size(); ++i) {
    SCOPED_TRACE(i);
    ASSERT_LT(ascending[i - 1], ascending[i]) << "the table itself is out of order";
    EXPECT_LT(text_key(ascending[i - 1]), text_key(ascending[i]));
  }
}

TEST(KeyCodec, TextIsNeverAPrefixOfAnotherTextsKey) {
  for (const std::string& longer : {"ab"s, "a\0"s, "a\0\0"s, "a\xFF"s}) {
    EXPECT_FALSE(text_key(longer).starts_with(text_key("a")));
  }
}

/// A key of a text, a number and a tail, as rows of an index have it.
using Row = std::tuple<std::string, std::uint64_t, std::string>;

Row random_row(std::mt19937_64& random) {
  const auto text = [&] {
    std::string value(random() % 4, '\0');
    for (char& byte : value) byte = "\0\x01\xFE\xFF"[random() % 4];
    return value;
  };
  const std::uint64_t number = random() % 3 == 0 ? random() : random() % 300;
  return {text(), number, text()};
}

std::string row_bytes(const Row& row) {
  const auto& [text, number, tail] = row;
  return KeyWriter{}.text(text).number(number).tail(tail).take();
}

TEST(KeyCodec, TuplesSortAsTheirValuesAndReadBack) {
  std::mt19937_64 random{20260731};
  const auto as_bytes = [](const std::string& value) {
    return std::vector<unsigned char>(value.begin(), value.end());
  };
  for (int i = 0; i < 20'000; ++i) {
    const Row one = random_row(random);
    const Row two = random_row(random);
    const auto compared = [&](const Row& row) {
      return std::tuple{as_bytes(std::get<0>(row)), std::get<1>(row), as_bytes(std::get<2>(row))};
    };
    ASSERT_EQ(compared(one) < compared(two), as_bytes(row_bytes(one)) < as_bytes(row_bytes(two)));
    const std::string bytes = row_bytes(one);
    KeyReader reader{bytes};
    ASSERT_EQ(reader.text(), std::get<0>(one));
    ASSERT_EQ(reader.number(), std::get<1>(one));
    ASSERT_EQ(reader.tail(), std::get<2>(one));
    ASSERT_TRUE(reader.at_end());
  }
}

TEST(KeyCodec, ReadsTimesBack) {
  for (const std::int64_t value :
       {std::int64_t{0}, std::int64_t{1'800'000'000}, std::numeric_limits<std::int64_t>::max()}) {
    const std::string key = KeyWriter{}.time(sys_seconds{seconds{value}}).take();
    EXPECT_EQ(KeyReader{key}.time(), sys_seconds{seconds{value}});
  }
}

TEST(KeyCodec, RefusesTimesBefore1970) {
  EXPECT_THROW(KeyWriter{}.time(sys_seconds{seconds{-1}}), std::invalid_argument);
}

TEST(KeyCodec, RefusesBytesThatDoNotFit) {
  EXPECT_THROW(static_cast<void>(KeyReader{"1234567"}.number()), CorruptRecord);
  EXPECT_THROW(static_cast<void>(KeyReader{""}.number()), CorruptRecord);
  const std::string negative = number_key(std::uint64_t{1} << 63);
  EXPECT_THROW(static_cast<void>(KeyReader{negative}.time()), CorruptRecord);
  for (const std::string& text : {""s, "a"s, "a\0"s, "a\0\x01"s, "\0\xFF"s, "\0\xFE\0\0"s}) {
    EXPECT_THROW(static_cast<void>(KeyReader{text}.text()), CorruptRecord);
  }
}

}  // namespace
}  // namespace storage
