#include "storage/record_codec.h"

#include <limits>
#include <stdexcept>

#include "storage/storage_error.h"

namespace storage {
namespace {

constexpr std::uint32_t kGreatestField = 1U << 20;
constexpr std::uint64_t kNumberKind = 0;
constexpr std::uint64_t kBytesKind = 1;
constexpr int kLastVarintShift = 63;  // the tenth byte carries one bit

void append_varint(std::string& out, std::uint64_t value) {
  while (value >= 0x80) {
    out.push_back(static_cast<char>((value & 0x7F) | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<char>(value));
}

void append_tag(std::string& out, std::uint32_t field, std::uint64_t kind) {
  if (field == 0 || field > kGreatestField) {
    throw std::invalid_argument("record field numbers are 1 to 1048576, not " +
                                std::to_string(field));
  }
  append_varint(out, std::uint64_t{field} << 1 | kind);
}

[[noreturn]] void corrupt(std::string_view what, const std::string& fault) {
  throw CorruptRecord(std::string(what) + " record: " + fault);
}

}  // namespace

RecordWriter::RecordWriter(std::uint8_t version) {
  if (version == 0) throw std::invalid_argument("record versions start at 1");
  out_.push_back(static_cast<char>(version));
}

RecordWriter& RecordWriter::number(std::uint32_t field, std::uint64_t value) {
  append_tag(out_, field, kNumberKind);
  append_varint(out_, value);
  return *this;
}

RecordWriter& RecordWriter::bytes(std::uint32_t field, std::string_view value) {
  append_tag(out_, field, kBytesKind);
  append_varint(out_, value.size());
  out_.append(value);
  return *this;
}

RecordWriter& RecordWriter::time(std::uint32_t field, std::chrono::sys_seconds value) {
  const std::int64_t seconds = value.time_since_epoch().count();
  if (seconds < 0) {
    throw std::invalid_argument("a record holds times from 1970 on, not " +
                                std::to_string(seconds));
  }
  return number(field, static_cast<std::uint64_t>(seconds));
}

std::string RecordWriter::take() {
  return std::move(out_);
}

std::uint64_t RecordField::as_number() const {
  if (!is_number) {
    throw CorruptRecord("record field " + std::to_string(field) + ": bytes where a number belongs");
  }
  return number;
}

std::string_view RecordField::as_bytes() const {
  if (is_number) {
    throw CorruptRecord("record field " + std::to_string(field) + ": a number where bytes belong");
  }
  return bytes;
}

std::chrono::sys_seconds RecordField::as_time() const {
  const std::uint64_t seconds = as_number();
  if (seconds > std::uint64_t{std::numeric_limits<std::int64_t>::max()}) {
    throw CorruptRecord("record field " + std::to_string(field) + ": a time of " +
                        std::to_string(seconds) + " seconds is out of range");
  }
  return std::chrono::sys_seconds{std::chrono::seconds{static_cast<std::int64_t>(seconds)}};
}

RecordReader::RecordReader(std::string_view what,
                           std::string_view record,
                           std::uint8_t newest_version)
    : what_{what}, rest_{record} {
  if (rest_.empty()) corrupt(what_, "empty");
  version_ = static_cast<std::uint8_t>(rest_.front());
  rest_.remove_prefix(1);
  if (version_ == 0) corrupt(what_, "version 0");
  if (version_ > newest_version) {
    corrupt(what_, "version " + std::to_string(version_) +
                       " was written by a newer program; this one knows " +
                       std::to_string(newest_version));
  }
}

std::optional<RecordField> RecordReader::next() {
  if (rest_.empty()) return std::nullopt;
  const std::uint64_t tag = varint();
  const std::uint64_t number = tag >> 1;
  if (number == 0 || number > kGreatestField) {
    corrupt(what_, "field number " + std::to_string(number));
  }
  RecordField field;
  field.field = static_cast<std::uint32_t>(number);
  field.is_number = (tag & 1) == kNumberKind;
  if (field.is_number) {
    field.number = varint();
    return field;
  }
  const std::uint64_t length = varint();
  if (length > rest_.size()) {
    corrupt(what_, "field " + std::to_string(number) + " claims " + std::to_string(length) +
                       " bytes, " + std::to_string(rest_.size()) + " left");
  }
  field.bytes = rest_.substr(0, length);
  rest_.remove_prefix(length);
  return field;
}

std::uint64_t RecordReader::varint() {
  std::uint64_t value = 0;
  for (int shift = 0; shift <= kLastVarintShift; shift += 7) {
    if (rest_.empty()) corrupt(what_, "ends inside a number");
    const auto byte = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    if (shift == kLastVarintShift && byte > 1) break;
    value |= std::uint64_t{byte & 0x7FU} << shift;
    if ((byte & 0x80) != 0) continue;
    // One value has one form, so that equal records are equal bytes.
    if (byte == 0 && shift > 0) corrupt(what_, "a number has a needless last byte");
    return value;
  }
  corrupt(what_, "a number exceeds 64 bits");
}

}  // namespace storage
