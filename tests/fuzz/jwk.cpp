// A JWK that is accepted has one canonical text, which is read back as the same key.
#include "acme/jose/jwk.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "tests/fuzz/check.h"

using tests::check;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto key = acme::parse_jwk({reinterpret_cast<const char*>(data), size});
  if (!key) {
    using enum acme::ProblemType;
    check(key.error().type() == malformed || key.error().type() == bad_public_key);
    check(!key.error().detail().empty());
    return 0;
  }
  const std::string canonical = acme::canonical_jwk(*key);
  const auto again = acme::parse_jwk(canonical);
  check(again && *again == *key && acme::canonical_jwk(*again) == canonical);
  check(ca::PublicKey::from_spki(key->spki()).value() == *key);
  check(acme::thumbprint(*key).size() == 43);
  return 0;
}
