// A JWS that is accepted names one key and one algorithm of ours, and its signed text is what was
// received.
#include "acme/jose/jws.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "acme/jose/jwk.h"
#include "ca/crypto/encoding.h"
#include "tests/fuzz/check.h"

using tests::check;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto jws = acme::parse_jws({reinterpret_cast<const char*>(data), size});
  if (!jws) {
    using enum acme::ProblemType;
    check(jws.error().type() == malformed || jws.error().type() == bad_signature_algorithm);
    check(jws.error().list().has_value() == (jws.error().type() == bad_signature_algorithm));
    return 0;
  }
  check(jws->kid.has_value() != jws->jwk.has_value());
  check(std::ranges::count(acme::signature_algorithms(), jws->alg) == 1);
  const std::string_view input = jws->signing_input;
  const std::size_t dot = input.find('.');
  check(dot != std::string_view::npos && ca::from_base64url(input.substr(0, dot)));
  check(ca::from_base64url(input.substr(dot + 1)) == jws->payload);
  if (!jws->jwk) return 0;
  if (const auto key = acme::parse_jwk(*jws->jwk)) static_cast<void>(acme::verify_jws(*jws, *key));
  return 0;
}
