#include "storage/record_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "storage/storage_error.h"

namespace storage {
namespace {

using namespace std::string_literals;
using std::chrono::seconds;
using std::chrono::sys_seconds;
using testing::HasSubstr;
using testing::ThrowsMessage;

constexpr std::uint64_t kGreatest = std::numeric_limits<std::uint64_t>::max();
constexpr std::uint8_t kNewest = 3;

/// Reads every field and drops it.
void read_all(std::string_view bytes) {
  RecordReader reader{"order", bytes, kNewest};
  while (reader.next()) {
  }
}

TEST(RecordCodec, WritesTheGrammarByteByByte) {
  RecordWriter writer{2};
  writer.number(1, 300).bytes(2, "ab").time(16, sys_seconds{seconds{5}});
  EXPECT_EQ(writer.take(),
            "\x02"
            "\x02\xAC\x02"
            "\x05\x02"
            "ab"
            "\x20\x05"s);
}

TEST(RecordCodec, ReadsBackWhatWasWritten) {
  RecordWriter writer{3};
  writer.number(1, 0).number(1, kGreatest).bytes(7, "").bytes(1U << 20, "\0\xFF"s);
  writer.time(9, sys_seconds{seconds{1'800'000'000}});
  const std::string bytes = writer.take();
  RecordReader reader{"order", bytes, kNewest};
  EXPECT_EQ(reader.version(), 3);
  const auto expect_number = [&](std::uint32_t field, std::uint64_t value) {
    const std::optional<RecordField> found = reader.next();
    ASSERT_TRUE(found);
    EXPECT_EQ(found->field, field);
    EXPECT_EQ(found->as_number(), value);
  };
  const auto expect_bytes = [&](std::uint32_t field, const std::string& value) {
    const std::optional<RecordField> found = reader.next();
    ASSERT_TRUE(found);
    EXPECT_EQ(found->field, field);
    EXPECT_EQ(found->as_string(), value);
  };
  expect_number(1, 0);
  expect_number(1, kGreatest);
  expect_bytes(7, "");
  expect_bytes(1U << 20, "\0\xFF"s);
  EXPECT_EQ(reader.next()->as_time(), sys_seconds{seconds{1'800'000'000}});
  EXPECT_FALSE(reader.next());
  EXPECT_FALSE(reader.next());
}

TEST(RecordCodec, RandomRecordsReadBack) {
  std::mt19937_64 random{42};
  for (int round = 0; round < 2'000; ++round) {
    struct Written {
      std::uint32_t field;
      std::uint64_t number;
      std::string bytes;
      bool is_number;
    };
    std::vector<Written> fields(random() % 6);
    RecordWriter writer{1};
    for (Written& written : fields) {
      written.field = static_cast<std::uint32_t>(random() >> (44 + random() % 20)) + 1;
      written.number = random() >> (random() % 64);
      written.bytes.assign(random() % 200, static_cast<char>(random()));
      written.is_number = random() % 2 == 0;
      if (written.is_number) {
        writer.number(written.field, written.number);
      } else {
        writer.bytes(written.field, written.bytes);
      }
    }
    const std::string bytes = writer.take();
    RecordReader reader{"order", bytes, kNewest};
    for (const Written& written : fields) {
      const std::optional<RecordField> found = reader.next();
      ASSERT_TRUE(found);
      ASSERT_EQ(found->field, written.field);
      ASSERT_EQ(found->is_number, written.is_number);
      if (written.is_number) {
        ASSERT_EQ(found->as_number(), written.number);
      } else {
        ASSERT_EQ(found->as_bytes(), written.bytes);
      }
    }
    ASSERT_FALSE(reader.next());
  }
}

TEST(RecordCodec, ReaderOfAnOlderShapeStepsOverUnknownFields) {
  RecordWriter writer{1};
  writer.number(900, 5).bytes(901, "new").bytes(2, "known");
  const std::string bytes = writer.take();
  RecordReader reader{"order", bytes, kNewest};
  std::string known;
  while (const std::optional<RecordField> field = reader.next()) {
    if (field->field == 2) known = field->as_string();
  }
  EXPECT_EQ(known, "known");
}

TEST(RecordCodec, EveryTruncationIsCorrupt) {
  RecordWriter writer{1};
  writer.number(1, 300).bytes(2, "hello");
  const std::string whole = writer.take();
  ASSERT_EQ(whole.size(), 11U);
  ASSERT_NO_THROW(read_all(whole));
  for (std::size_t length = 0; length < whole.size(); ++length) {
    SCOPED_TRACE(length);
    const bool ends_between_fields = length == 1 || length == 4;
    if (ends_between_fields) continue;
    EXPECT_THROW(read_all(whole.substr(0, length)), CorruptRecord);
  }
}

struct Malformed {
  const char* name;
  std::string bytes;
  const char* says;
};

class MalformedRecord : public testing::TestWithParam<Malformed> {};

TEST_P(MalformedRecord, IsRefusedAndTheErrorNamesTheRecordType) {
  EXPECT_THAT([] { read_all(GetParam().bytes); }, ThrowsMessage<CorruptRecord>(HasSubstr("order")));
  EXPECT_THAT([] { read_all(GetParam().bytes); },
              ThrowsMessage<CorruptRecord>(HasSubstr(GetParam().says)));
}

INSTANTIATE_TEST_SUITE_P(
    RecordCodec,
    MalformedRecord,
    testing::Values(
        Malformed{"empty", "", "empty"},
        Malformed{"version_0", "\0"s, "version 0"},
        Malformed{"newer_version", "\x04", "version 4"},
        Malformed{"field_0", "\x01\0\x05"s, "field number 0"},
        Malformed{"field_above_limit", "\x01\x82\x80\x80\x01\x05", "field number 1048577"},
        Malformed{"number_missing", "\x01\x02", "ends inside a number"},
        Malformed{"number_unfinished", "\x01\x02\x80", "ends inside a number"},
        Malformed{"number_not_minimal", "\x01\x02\x80\0"s, "needless last byte"},
        Malformed{"tag_not_minimal", "\x01\x82\0\x05"s, "needless last byte"},
        Malformed{"length_not_minimal", "\x01\x03\x81\0x"s, "needless last byte"},
        Malformed{"number_of_65_bits", "\x01\x02\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x02",
                  "exceeds 64 bits"},
        Malformed{"number_of_11_bytes", "\x01\x02\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x81\x01",
                  "exceeds 64 bits"},
        Malformed{"bytes_short_by_one",
                  "\x01\x03\x03"
                  "ab",
                  "claims 3 bytes, 2 left"},
        Malformed{"length_far_beyond", "\x01\x03\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01",
                  "claims 18446744073709551615 bytes"}),
    [](const auto& info) { return info.param.name; });

TEST(RecordCodec, FieldsOfTheOtherKindAreCorrupt) {
  RecordField number;
  number.is_number = true;
  EXPECT_THROW(static_cast<void>(number.as_bytes()), CorruptRecord);
  EXPECT_THROW(static_cast<void>(number.as_string()), CorruptRecord);
  RecordField bytes;
  bytes.bytes = "x";
  EXPECT_THROW(static_cast<void>(bytes.as_number()), CorruptRecord);
  EXPECT_THROW(static_cast<void>(bytes.as_time()), CorruptRecord);
}

TEST(RecordCodec, TimesBeyondTheClockAreCorrupt) {
  RecordField field;
  field.is_number = true;
  field.number = (std::uint64_t{1} << 63) - 1;
  EXPECT_EQ(field.as_time(), sys_seconds::max());
  field.number = std::uint64_t{1} << 63;
  EXPECT_THROW(static_cast<void>(field.as_time()), CorruptRecord);
}

TEST(RecordCodec, WriterRefusesWhatTheGrammarDoesNotHold) {
  EXPECT_THROW(RecordWriter{0}, std::invalid_argument);
  RecordWriter writer{1};
  EXPECT_THROW(writer.number(0, 1), std::invalid_argument);
  EXPECT_THROW(writer.bytes((1U << 20) + 1, "x"), std::invalid_argument);
  EXPECT_THROW(writer.time(1, sys_seconds{seconds{-1}}), std::invalid_argument);
  EXPECT_EQ(writer.take(), "\x01");
}

}  // namespace
}  // namespace storage
