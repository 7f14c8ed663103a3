// A request that an onion service may have signed is read whole or refused, and so is a name.
#include "ca/onion_request.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "ca/der/canonical.h"
#include "ca/names/onion_service.h"
#include "tests/fuzz/check.h"

using tests::check;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto request = ca::parse_onion_request(text)) {
    check(ca::der::is_canonical(text));
    check(request->key.kind() == ca::KeyKind::ed25519);
    check(text.find(request->key.spki()) != text.npos);
  }
  if (const auto name = ca::DnsName::parse(text)) {
    if (const auto service = ca::onion_service(*name)) {
      const std::string& spki = service->key.spki();
      check(ca::onion_address(spki.substr(spki.size() - 32)) == service->address);
      check(name->text().ends_with(service->address));
    }
  }
  return 0;
}
