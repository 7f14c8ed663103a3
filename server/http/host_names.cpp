#include "server/http/host_names.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace server {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, lower, lower);
}

std::string_view without_default_port(Scheme scheme, std::string_view authority) {
  const std::string_view port = scheme == Scheme::https ? ":443" : ":80";
  if (authority.ends_with(port)) authority.remove_suffix(port.size());
  return authority;
}

}  // namespace

HostNames::HostNames(Scheme scheme, const std::vector<std::string>& authorities) : scheme_(scheme) {
  for (const std::string& authority : authorities) {
    authorities_.emplace_back(without_default_port(scheme, authority));
  }
}

bool HostNames::contains(std::string_view host) const {
  const std::string_view wanted = without_default_port(scheme_, host);
  return std::ranges::any_of(authorities_, [&](const std::string& authority) {
    return equal_ignoring_case(authority, wanted);
  });
}

bool HostNames::has_name(std::string_view host, std::string_view name) {
  const std::size_t colon = host.starts_with('[') ? host.npos : host.rfind(':');
  return equal_ignoring_case(host.substr(0, colon), name);
}

}  // namespace server
