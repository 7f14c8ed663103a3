#include "server/outbound/service_request.h"

#include <utility>

namespace server {

boost::asio::awaitable<std::expected<HttpAnswer, std::string>> ask_service(
    acme::DnsClient& dns,
    std::string url,
    SpecialAddresses special_addresses,
    std::chrono::steady_clock::time_point deadline,
    SendToAddress send) {
  const auto service = parse_log_url(url);
  if (!service) co_return std::unexpected("has no usable URL: " + url);
  auto resolving = addresses_to_dial(dns, service->url.host, special_addresses, deadline);
  const auto addresses = co_await std::move(resolving);
  if (!addresses) co_return std::unexpected(addresses.error().detail());
  std::string fault = "has no address";
  for (const ca::IpAddress& address : *addresses) {
    auto sending = send(address, *service);
    auto answer = co_await std::move(sending);
    if (answer) co_return *std::move(answer);
    fault = answer.error().sentence;
    if (answer.error().step != ExchangeStep::connect) break;
  }
  co_return std::unexpected(fault);
}

}  // namespace server
