// Order-preserving keys: comparing the bytes compares the values.
//
//   key    = part*
//   part   = u64: 8 bytes, big endian
//          | time: u64 of seconds since 1970
//          | text: its bytes with 00 written as 00 FF, then 00 00
//          | tail: the raw bytes; only as the last part
//
// A text that is a prefix of another sorts before it.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace storage {

/// Builds a key part by part.
class KeyWriter {
 public:
  KeyWriter& number(std::uint64_t value);
  KeyWriter& time(std::chrono::sys_seconds value);
  KeyWriter& text(std::string_view value);
  KeyWriter& tail(std::string_view value);
  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

/// Takes a key apart in the same order. Throws CorruptRecord when the bytes do not fit.
class KeyReader {
 public:
  explicit KeyReader(std::string_view key) : rest_(key) {}
  [[nodiscard]] std::uint64_t number();
  [[nodiscard]] std::chrono::sys_seconds time();
  [[nodiscard]] std::string text();
  [[nodiscard]] std::string tail();
  [[nodiscard]] bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

}  // namespace storage
