#include "server/http/peer_address.h"

#include <string_view>

#include "server/config/endpoint.h"

namespace server {

std::optional<ca::IpAddress> address_of(const std::string& peer) {
  const std::optional<Endpoint> endpoint = parse_endpoint(peer);
  if (!endpoint) return std::nullopt;
  const auto address = ca::IpAddress::parse(endpoint->address);
  if (!address) return std::nullopt;
  constexpr std::string_view kMapped("\0\0\0\0\0\0\0\0\0\0\xff\xff", 12);
  if (address->is_v4() || !address->octets().starts_with(kMapped)) return *address;
  return ca::IpAddress::from_octets(address->octets().substr(kMapped.size()));
}

}  // namespace server
