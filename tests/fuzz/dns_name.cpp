// A name that is accepted is its own canonical form and survives the way through a GeneralName.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "ca/der/writer.h"
#include "ca/names/dns_name.h"
#include "ca/names/general_names.h"
#include "ca/names/ip_address.h"
#include "tests/fuzz/check.h"

using tests::check;

namespace {

void round_trip(const ca::Identifier& identifier) {
  const auto back = ca::read_general_names(ca::der::sequence({ca::der_general_name(identifier)}));
  check(back && back->size() == 1 && back->front() == identifier);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto name = ca::DnsName::parse(text)) {
    check(name->text().size() == size && ca::DnsName::parse(name->text()).value() == *name);
    check(ca::DnsName::parse(name->without_wildcard().text()).value() == name->without_wildcard());
    check(!ca::IpAddress::parse(text));
    round_trip(*name);
  }
  if (const auto address = ca::IpAddress::parse(text)) {
    check(ca::IpAddress::parse(address->text()).value() == *address);
    round_trip(*address);
  }
  return 0;
}
