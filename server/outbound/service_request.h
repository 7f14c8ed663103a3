// One request to a web service that the configuration names: a log, a registry.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <expected>
#include <functional>
#include <string>

#include "acme/validation/ports.h"
#include "ca/names/ip_address.h"
#include "server/outbound/dialled_addresses.h"
#include "server/outbound/http_exchange.h"
#include "server/outbound/log_url.h"

namespace server {

/// Sends the request to one address of the service.
using SendToAddress =
    std::function<boost::asio::awaitable<std::expected<HttpAnswer, ExchangeFault>>(
        const ca::IpAddress& address, const LogUrl& service)>;

/// Resolves the host of `url` and asks its addresses in turn, until one takes the connection; what
/// comes after that is not repeated elsewhere. Every status is an answer. The error is what the
/// service did, as the end of a sentence that names it. `dns` outlives the coroutine.
boost::asio::awaitable<std::expected<HttpAnswer, std::string>> ask_service(
    acme::DnsClient& dns,
    std::string url,
    SpecialAddresses special_addresses,
    std::chrono::steady_clock::time_point deadline,
    SendToAddress send);

}  // namespace server
