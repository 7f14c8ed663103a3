// A request that is accepted has names, a key in its one spelling, and nothing behind it.
#include "ca/certificate_request.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "ca/der/canonical.h"
#include "tests/fuzz/check.h"

using tests::check;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view der(reinterpret_cast<const char*>(data), size);
  const auto request = ca::parse_certificate_request(der);
  if (!request) {
    check(!request.error().detail().empty());
    return 0;
  }
  check(ca::der::is_canonical(der));
  check(!request->identifiers.empty());
  check(ca::as_set(request->identifiers) == request->identifiers);
  check(der.find(request->public_key.spki()) != std::string_view::npos);
  check(ca::PublicKey::from_spki(request->public_key.spki()).value() == request->public_key);
  check(!ca::parse_certificate_request(std::string(der) + '\0'));
  check(!ca::parse_certificate_request(der.substr(0, size - 1)));
  return 0;
}
