// What the view of a certificate shows are parts of that certificate, and it has nothing behind it.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "ca/certificate.h"
#include "ca/der/canonical.h"
#include "tests/fuzz/check.h"

using tests::check;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view der(reinterpret_cast<const char*>(data), size);
  const auto view = ca::view_certificate(der);
  if (!view) {
    check(!view.error().detail().empty());
    return 0;
  }
  check(ca::der::is_canonical(der));
  for (const std::string* part :
       {&view->serial, &view->tbs, &view->issuer, &view->subject, &view->spki}) {
    check(!part->empty() && der.find(*part) != std::string_view::npos);
  }
  check(ca::as_set(view->identifiers) == view->identifiers);
  check(view->serial.size() <= 20 && view->serial.front() != '\0');
  check(!ca::view_certificate(std::string(der) + '\0'));
  return 0;
}
