#include "policy/network.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace policy {

namespace {

constexpr unsigned kOctetBits = 8;

unsigned width_of(const ca::IpAddress& address) {
  return static_cast<unsigned>(address.octets().size()) * kOctetBits;
}

/// The first address of the block.
ca::IpAddress masked(const ca::IpAddress& address, unsigned bits) {
  std::string octets = address.octets();
  for (std::size_t i = 0; i < octets.size(); ++i) {
    const unsigned before = static_cast<unsigned>(i) * kOctetBits;
    const unsigned kept = bits <= before ? 0 : std::min(bits - before, kOctetBits);
    const unsigned mask = (0xFFU << (kOctetBits - kept)) & 0xFFU;
    octets[i] = static_cast<char>(static_cast<std::uint8_t>(octets[i]) & mask);
  }
  return ca::IpAddress::from_octets(octets).value();
}

}  // namespace

Network::Network(const ca::IpAddress& address, unsigned bits)
    : first_(masked(address, bits)), bits_(std::min(bits, width_of(address))) {}

std::optional<Network> Network::parse(std::string_view text) {
  const std::size_t slash = std::min(text.find('/'), text.size());
  const auto address = ca::IpAddress::parse(text.substr(0, slash));
  if (!address) return std::nullopt;
  if (slash == text.size()) return Network(*address, width_of(*address));
  const std::string_view digits = text.substr(slash + 1);
  unsigned bits = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  if ((digits.size() > 1 && digits.front() == '0') || bits > width_of(*address)) {
    return std::nullopt;
  }
  const Network network(*address, bits);
  if (network.first_ != *address) return std::nullopt;
  return network;
}

bool Network::contains(const ca::IpAddress& address) const {
  return address.is_v4() == first_.is_v4() && masked(address, bits_) == first_;
}

std::string Network::text() const {
  if (bits_ == width_of(first_)) return first_.text();
  return first_.text() + "/" + std::to_string(bits_);
}

}  // namespace policy
