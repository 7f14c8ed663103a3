// Which addresses a validation dials for a name or for an address.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <vector>

#include "acme/validation/ports.h"
#include "ca/names/identifier.h"

namespace server {

/// Whether addresses of the special-purpose registries may be dialled.
enum class SpecialAddresses { refuse, allow_in_lab };

/// The addresses to dial for `host`, in their order: those of a name, looked up once, at most two
/// of each family; an address itself. Refuses with `dns` where there is none or the look-up takes
/// beyond `deadline`, and with `connection`, before any packet is sent, where all of them are
/// special. `dns` outlives the call, also one that was given up.
boost::asio::awaitable<acme::Result<std::vector<ca::IpAddress>>> addresses_to_dial(
    acme::DnsClient& dns,
    ca::Identifier host,
    SpecialAddresses special_addresses,
    std::chrono::steady_clock::time_point deadline);

}  // namespace server
