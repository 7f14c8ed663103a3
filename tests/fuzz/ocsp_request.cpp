// What is taken for an OCSP request is one: it names a certificate, and nothing of it can be left
// out.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "ca/ocsp/request.h"
#include "tests/fuzz/check.h"

using tests::check;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view der(reinterpret_cast<const char*>(data), size);
  const auto request = ca::ocsp::parse_request(der);
  if (!request) {
    check(!request.error().empty());
    return 0;
  }
  const ca::ocsp::CertId& id = request->certificate;
  check(der.find(id.der) != std::string_view::npos);
  check(!id.serial.empty() && id.serial.size() <= 20);
  check(id.issuer_name_hash.size() == id.issuer_key_hash.size());
  check(!request->nonce || (!request->nonce->empty() && request->nonce->size() <= 128));
  check(!ca::ocsp::parse_request(der.substr(0, size - 1)));
  return 0;
}
