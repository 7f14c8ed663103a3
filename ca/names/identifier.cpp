#include "ca/names/identifier.h"

#include <algorithm>

#include "ca/der/writer.h"

namespace ca {
namespace {

// RFC 5280 §4.2.1.6
constexpr der::Tag kDnsNameTag = der::context(2);
constexpr der::Tag kIpAddressTag = der::context(7);

template <class... Visitors>
struct Overloaded : Visitors... {
  using Visitors::operator()...;
};

}  // namespace

std::string_view type_of(const Identifier& identifier) {
  return std::visit(Overloaded{[](const DnsName&) -> std::string_view { return "dns"; },
                               [](const IpAddress&) -> std::string_view { return "ip"; }},
                    identifier);
}

std::string value_of(const Identifier& identifier) {
  return std::visit([](const auto& name) -> std::string { return name.text(); }, identifier);
}

std::vector<Identifier> as_set(std::vector<Identifier> identifiers) {
  std::ranges::sort(identifiers);
  const auto repeats = std::ranges::unique(identifiers);
  identifiers.erase(repeats.begin(), repeats.end());
  return identifiers;
}

std::string der_general_name(const Identifier& identifier) {
  return std::visit(
      Overloaded{
          [](const DnsName& name) { return der::element(kDnsNameTag, name.text()); },
          [](const IpAddress& address) { return der::element(kIpAddressTag, address.octets()); }},
      identifier);
}

}  // namespace ca
