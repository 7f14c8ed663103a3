// Fermat's factorization method, to find RSA keys whose primes are too close.
#pragma once

#include <string_view>

namespace ca {

/// True if 100 rounds of Fermat's method factor `modulus`, odd, big-endian octets without leading
/// zeros (BR 6.1.1.3 (5)). For a modulus of 4096 bits well under a millisecond. Throws OpenSslError
/// if memory runs out.
bool is_factored_by_fermat(std::string_view modulus);

}  // namespace ca
