#include "server/http/request_ids.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>

namespace server {
namespace {

/// The finalizer of SplitMix64: a permutation, so different counters never give one id.
std::uint64_t mixed(std::uint64_t value) {
  value = (value ^ (value >> 30U)) * 0xBF58476D1CE4E5B9U;
  value = (value ^ (value >> 27U)) * 0x94D049BB133111EBU;
  return value ^ (value >> 31U);
}

std::uint64_t random_start() {
  std::random_device device;
  return (std::uint64_t{device()} << 32U) | device();
}

}  // namespace

RequestIds::RequestIds() : counter_(random_start()) {}

std::string RequestIds::next() {
  constexpr std::string_view kHexDigits = "0123456789abcdef";
  std::uint64_t id = mixed(counter_.fetch_add(1, std::memory_order_relaxed));
  std::string text(16, '0');
  for (std::size_t i = text.size(); i != 0; --i, id >>= 4U) text[i - 1] = kHexDigits[id & 0xFU];
  return text;
}

}  // namespace server
