// Serial numbers of certificates.
#pragma once

#include <string>

#include "ca/crypto/random.h"

namespace ca {

/// A fresh serial: 20 raw octets of which 158 bits come straight from `random` (BR 7.1.2.7 asks for
/// 64). The first bit is clear, so that the number is positive and below 2^159, and the second is
/// set, so that all have the same length.
std::string draw_serial(RandomSource& random);

}  // namespace ca
