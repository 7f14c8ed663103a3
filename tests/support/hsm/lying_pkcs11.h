// A PKCS#11 module without a device behind it, which answers with octets that it was given.
#pragma once

#include <p11-kit/pkcs11.h>

#include <cstddef>
#include <cstdint>
#include <string>

namespace tests {

/// What the module answers with, call by call. One octet chooses the return value: most are CKR_OK,
/// then counts, lengths and values follow, which claim whatever they like but are never written
/// beyond the room that the caller gave: against that no caller can do anything. When the octets
/// are used up every call fails.
struct Lies {
  std::string octets;
  /// A signature and the parts of a public key that are right, for answers that say so.
  std::string signature, modulus, exponent, curve, point;
  /// Calls that the module was never to get: with a handle that it did not give, or out of order.
  std::size_t wrong_calls = 0;
  std::size_t sessions_open = 0;
};

/// What C_GetFunctionList says the next time it is asked.
enum class FunctionList { whole, refused, none, of_version_3, without_sign };

}  // namespace tests

/// Symbols of the module.
extern "C" tests::Lies* lying_pkcs11();
extern "C" void lying_pkcs11_list(tests::FunctionList list);
