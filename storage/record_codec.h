// The stored form of a record: tagged fields, so that a field can be added without rewriting what
// is on disk.
//
//   record  = version fields
//   version = 1 byte, the shape of this record type; a reader refuses a version it does not know
//   field   = varint(number << 1 | kind) payload     number 1..2^20, in any order, may repeat
//   payload = kind 0: varint                         unsigned, minimal, <= 10 bytes
//           | kind 1: varint(length) byte*length
//
// A reader skips numbers it does not know. Repeated numbers are lists.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace storage {

/// Builds one record. `take()` hands the bytes out.
class RecordWriter {
 public:
  explicit RecordWriter(std::uint8_t version);
  RecordWriter& number(std::uint32_t field, std::uint64_t value);
  RecordWriter& bytes(std::uint32_t field, std::string_view value);
  /// Whole seconds since 1970; times before 1970 are refused with std::invalid_argument.
  RecordWriter& time(std::uint32_t field, std::chrono::sys_seconds value);
  [[nodiscard]] std::string take();

 private:
  std::string out_;
};

/// One field as found. `bytes` is valid as long as the record's bytes are.
struct RecordField {
  std::uint32_t field = 0;
  bool is_number = false;
  std::uint64_t number = 0;
  std::string_view bytes;

  /// Each throws CorruptRecord if the field is of the other kind.
  [[nodiscard]] std::uint64_t as_number() const;
  [[nodiscard]] std::string_view as_bytes() const;
  [[nodiscard]] std::string as_string() const { return std::string(as_bytes()); }
  [[nodiscard]] std::chrono::sys_seconds as_time() const;
};

/// Walks the fields of one record. Every malformation throws CorruptRecord naming `what`.
class RecordReader {
 public:
  /// `what` names the record type in errors, for example "order". Refuses versions above
  /// `newest_version`.
  RecordReader(std::string_view what, std::string_view record, std::uint8_t newest_version);
  [[nodiscard]] std::uint8_t version() const { return version_; }
  /// The next field, or nothing at the end.
  [[nodiscard]] std::optional<RecordField> next();

 private:
  [[nodiscard]] std::uint64_t varint();
  std::string_view what_;
  std::string_view rest_;
  std::uint8_t version_ = 0;
};

}  // namespace storage
