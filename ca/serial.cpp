#include "ca/serial.h"

#include <cstddef>
#include <stdexcept>

namespace ca {

std::string draw_serial(RandomSource& random) {
  // RFC 5280 §4.1.2.2 allows 20 octets at most.
  constexpr std::size_t kOctets = 20;
  std::string serial = random.bytes(kOctets);
  if (serial.size() != kOctets) throw std::logic_error("the random source gave too few octets");
  const auto first = static_cast<unsigned char>(serial[0]);
  serial[0] = static_cast<char>((first & 0x3FU) | 0x40U);
  return serial;
}

}  // namespace ca
