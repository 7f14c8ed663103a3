// A binding that is accepted has a kid and a MAC algorithm of ours, and its MAC is over what was
// received.
#include "acme/jose/external_binding.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "ca/crypto/encoding.h"
#include "tests/fuzz/check.h"

using tests::check;

namespace {

constexpr std::string_view kUrl = "https://ca.example/acme/new-account";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto binding = acme::parse_external_binding({reinterpret_cast<const char*>(data), size}, kUrl);
  if (!binding) {
    check(binding.error().type() == acme::ProblemType::malformed);
    return 0;
  }
  check(acme::is_key_identifier(binding->kid) && binding->algorithm != nullptr);
  const std::string_view input = binding->signing_input;
  const std::size_t dot = input.find('.');
  check(dot != std::string_view::npos &&
        ca::from_base64url(input.substr(dot + 1)) == binding->payload);
  const std::string key(64, 'k');
  binding->mac = binding->algorithm->mac(key, input);
  check(acme::verifies(*binding, key));
  binding->mac.back() = static_cast<char>(binding->mac.back() ^ 1);
  check(!acme::verifies(*binding, key));
  return 0;
}
