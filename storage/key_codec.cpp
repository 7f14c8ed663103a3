#include "storage/key_codec.h"

#include <limits>
#include <stdexcept>

#include "storage/storage_error.h"

namespace storage {
namespace {

constexpr std::size_t kNumberBytes = 8;
constexpr char kEscape = '\0';
constexpr char kEscapedZero = '\xFF';  // sorts after the terminator, so "a" < "a\0" < "ab"
constexpr char kTerminator = '\0';

}  // namespace

KeyWriter& KeyWriter::number(std::uint64_t value) {
  for (std::size_t i = kNumberBytes; i-- > 0;) {
    out_.push_back(static_cast<char>(value >> (8 * i) & 0xFF));
  }
  return *this;
}

KeyWriter& KeyWriter::time(std::chrono::sys_seconds value) {
  const std::int64_t seconds = value.time_since_epoch().count();
  if (seconds < 0) {
    throw std::invalid_argument("a key holds times from 1970 on, not " + std::to_string(seconds));
  }
  return number(static_cast<std::uint64_t>(seconds));
}

KeyWriter& KeyWriter::text(std::string_view value) {
  for (const char byte : value) {
    out_.push_back(byte);
    if (byte == kEscape) out_.push_back(kEscapedZero);
  }
  out_.push_back(kEscape);
  out_.push_back(kTerminator);
  return *this;
}

KeyWriter& KeyWriter::tail(std::string_view value) {
  out_.append(value);
  return *this;
}

std::uint64_t KeyReader::number() {
  if (rest_.size() < kNumberBytes) {
    throw CorruptRecord("key: a number needs 8 bytes, " + std::to_string(rest_.size()) + " left");
  }
  std::uint64_t value = 0;
  for (const char byte : rest_.substr(0, kNumberBytes)) {
    value = value << 8 | static_cast<unsigned char>(byte);
  }
  rest_.remove_prefix(kNumberBytes);
  return value;
}

std::chrono::sys_seconds KeyReader::time() {
  const std::uint64_t seconds = number();
  if (seconds > std::uint64_t{std::numeric_limits<std::int64_t>::max()}) {
    throw CorruptRecord("key: a time of " + std::to_string(seconds) + " seconds is out of range");
  }
  return std::chrono::sys_seconds{std::chrono::seconds{static_cast<std::int64_t>(seconds)}};
}

std::string KeyReader::text() {
  std::string value;
  for (std::size_t i = 0; i < rest_.size(); ++i) {
    if (rest_[i] != kEscape) {
      value.push_back(rest_[i]);
      continue;
    }
    if (++i == rest_.size()) break;
    if (rest_[i] == kTerminator) {
      rest_.remove_prefix(i + 1);
      return value;
    }
    if (rest_[i] != kEscapedZero)
      throw CorruptRecord("key: 00 in a text is followed by neither 00 nor FF");
    value.push_back(kEscape);
  }
  throw CorruptRecord("key: a text does not end");
}

std::string KeyReader::tail() {
  std::string value{rest_};
  rest_ = {};
  return value;
}

}  // namespace storage
