// Reading octets one after the other, never beyond the end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace policy {

/// Reads numbers and runs of octets. Reading beyond the end gives zeros or an empty run and sets
/// failed() for good, so that a caller may read a whole structure before it asks.
class OctetReader {
 public:
  explicit OctetReader(std::string_view bytes) : bytes_(bytes) {}

  [[nodiscard]] bool failed() const { return failed_; }
  [[nodiscard]] bool at_end() const { return at_ == bytes_.size(); }
  [[nodiscard]] std::size_t position() const { return at_; }
  [[nodiscard]] std::size_t left() const { return bytes_.size() - at_; }
  [[nodiscard]] std::string_view rest() const { return bytes_.substr(at_); }

  std::string_view take(std::size_t count) {
    if (count > left()) {
      failed_ = true;
      return {};
    }
    const std::string_view taken = bytes_.substr(at_, count);
    at_ += count;
    return taken;
  }
  std::uint8_t octet() {
    const std::string_view taken = take(1);
    return taken.empty() ? std::uint8_t{0} : static_cast<std::uint8_t>(taken.front());
  }
  std::uint16_t big16() { return static_cast<std::uint16_t>(big(2)); }
  std::uint32_t big32() { return big(4); }
  std::uint16_t little16() { return static_cast<std::uint16_t>(little(2)); }
  std::uint32_t little32() { return little(4); }

 private:
  std::uint32_t big(std::size_t count) {
    std::uint32_t value = 0;
    for (const char c : take(count)) value = value << 8U | static_cast<std::uint8_t>(c);
    return value;
  }
  std::uint32_t little(std::size_t count) {
    std::uint32_t value = 0;
    std::uint32_t shift = 0;
    for (const char c : take(count)) {
      value |= std::uint32_t{static_cast<std::uint8_t>(c)} << shift;
      shift += 8;
    }
    return value;
  }

  std::string_view bytes_;
  std::size_t at_ = 0;
  bool failed_ = false;
};

}  // namespace policy
