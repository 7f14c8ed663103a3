#include "server/outbound/dialled_addresses.h"

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <memory>
#include <optional>
#include <utility>

namespace server {
namespace {

namespace asio = boost::asio;
using acme::ProblemType;
using Addresses = std::vector<ca::IpAddress>;
using Clock = std::chrono::steady_clock;

/// The first of each family. A name can have a thousand addresses: validation must neither dial nor
/// list what its owner wants to have dialled or listed.
Addresses few(const Addresses& addresses) {
  constexpr std::size_t kOfOneFamily = 2;
  std::array<std::size_t, 2> taken{};
  Addresses result;
  for (const ca::IpAddress& address : addresses) {
    if (taken.at(address.is_v4() ? 1 : 0)++ < kOfOneFamily) result.push_back(address);
  }
  return result;
}

/// The look-up under the validation's own deadline. One that never ends is left behind; it touches
/// nothing of ours.
asio::awaitable<acme::Result<Addresses>> resolve(acme::DnsClient& dns,
                                                 ca::DnsName name,
                                                 Clock::time_point deadline) {
  struct Pending {
    explicit Pending(const asio::any_io_executor& executor) : timer(executor) {}
    asio::steady_timer timer;
    std::optional<acme::Result<Addresses>> result;
    std::exception_ptr failure;
  };
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  const auto pending = std::make_shared<Pending>(executor);
  pending->timer.expires_at(deadline);
  const auto finish = [pending](std::exception_ptr failure, acme::Result<Addresses> result) {
    pending->failure = std::move(failure);
    pending->result = std::move(result);
    pending->timer.cancel();
  };
  asio::awaitable<acme::Result<Addresses>> lookup = dns.addresses(name);
  asio::co_spawn(executor, std::move(lookup), finish);
  co_await pending->timer.async_wait(asio::as_tuple(asio::use_awaitable));
  if (pending->failure) std::rethrow_exception(pending->failure);
  if (!pending->result) {
    co_return acme::refuse(ProblemType::dns, "looking up " + name.text() + " took too long");
  }
  co_return *std::move(pending->result);
}

/// Addresses that may be dialled, in their order. Refuses before any packet is sent.
acme::Result<Addresses> judge(const ca::Identifier& host,
                              Addresses addresses,
                              SpecialAddresses special_addresses) {
  if (addresses.empty()) {
    return acme::refuse(ProblemType::dns,
                        ca::value_of(host) + " has neither an AAAA nor an A record");
  }
  if (special_addresses == SpecialAddresses::allow_in_lab) return few(addresses);
  std::string refused;
  Addresses public_addresses;
  for (ca::IpAddress& address : addresses) {
    const std::optional<std::string_view> block = ca::special_purpose_block(address);
    if (!block) {
      public_addresses.push_back(std::move(address));
    } else if (refused.empty()) {
      refused = address.text() + " (" + std::string(*block) + ")";
    }
  }
  if (!public_addresses.empty()) return few(public_addresses);
  if (std::holds_alternative<ca::IpAddress>(host)) {
    return acme::refuse(ProblemType::connection,
                        refused + " is no public address and never dialled");
  }
  return acme::refuse(
      ProblemType::connection,
      ca::value_of(host) + " has no public address, only " + refused + ", which is never dialled");
}

}  // namespace

asio::awaitable<acme::Result<Addresses>> addresses_to_dial(acme::DnsClient& dns,
                                                           ca::Identifier host,
                                                           SpecialAddresses special_addresses,
                                                           Clock::time_point deadline) {
  if (const auto* address = std::get_if<ca::IpAddress>(&host)) {
    co_return judge(host, Addresses{*address}, special_addresses);
  }
  acme::Result<Addresses> found = co_await resolve(dns, std::get<ca::DnsName>(host), deadline);
  if (!found) co_return std::unexpected(std::move(found).error());
  co_return judge(host, *std::move(found), special_addresses);
}

}  // namespace server
