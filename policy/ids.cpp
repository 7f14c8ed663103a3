#include "policy/ids.h"

#include <cstdint>

#include "ca/crypto/encoding.h"

namespace policy {
namespace {

constexpr std::size_t kOctets = 16;
constexpr std::size_t kTimeOctets = 6;
constexpr std::size_t kTextLength = 22;

std::string big_endian_milliseconds(std::chrono::system_clock::time_point now) {
  const auto since = std::chrono::floor<std::chrono::milliseconds>(now).time_since_epoch();
  auto rest = static_cast<std::uint64_t>(since.count());
  std::string out(kTimeOctets, '\0');
  for (std::size_t i = kTimeOctets; i-- > 0; rest >>= 8U) out[i] = static_cast<char>(rest & 0xFFU);
  return out;
}

}  // namespace

std::string fresh_id_octets(ca::RandomSource& random, std::chrono::system_clock::time_point now) {
  return big_endian_milliseconds(now) + random.bytes(kOctets - kTimeOctets);
}

std::string id_text(std::string_view prefix, std::string_view octets) {
  return std::string(prefix) + ca::base64url(octets);
}

std::optional<std::string> id_octets(std::string_view prefix, std::string_view text) {
  // The length first: nothing of the size of a request is decoded for a path segment.
  if (text.size() != prefix.size() + kTextLength || !text.starts_with(prefix)) return std::nullopt;
  auto octets = ca::from_base64url(text.substr(prefix.size()));
  if (!octets || octets->size() != kOctets) return std::nullopt;
  return octets;
}

}  // namespace policy
