// The other side of a connection as an address.
#pragma once

#include <optional>
#include <string>

#include "ca/names/ip_address.h"

namespace server {

/// The address in `ADDRESS:PORT`. A listener for both families shows an IPv4 client as IPv4-mapped
/// (RFC 4291 §2.5.5.2), which is the same client.
std::optional<ca::IpAddress> address_of(const std::string& peer);

}  // namespace server
