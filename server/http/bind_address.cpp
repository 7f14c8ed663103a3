#include "server/http/bind_address.h"

#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/system/error_code.hpp>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace server {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr int kBacklog = 4096;

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return port;
}

/// Why binding failed, in words of the person who has to change something.
std::string sentence_for(const boost::system::error_code& error, std::string_view address) {
  const std::string where(address);
  if (error == asio::error::address_in_use) {
    return where + " is in use by another program; stop it, or choose another address and port.";
  }
  if (error == asio::error::access_denied) {
    return where +
           " may not be bound by this user; ports below 1024 need the capability "
           "CAP_NET_BIND_SERVICE.";
  }
  if (error == boost::system::errc::address_not_available) {
    return where + " is not an address of this machine.";
  }
  return where + " cannot be listened on: " + error.message() + ".";
}

}  // namespace

tcp::endpoint parse_address(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon != text.npos) {
    std::string_view host = text.substr(0, colon);
    const bool bracketed = host.starts_with('[') && host.ends_with(']');
    if (bracketed) host = host.substr(1, host.size() - 2);
    boost::system::error_code error;
    const asio::ip::address address = asio::ip::make_address(std::string(host), error);
    const std::optional<std::uint16_t> port = parse_port(text.substr(colon + 1));
    if (!error && port && address.is_v6() == bracketed) return {address, *port};
  }
  throw std::runtime_error(
      "\"" + std::string(text) +
      "\" is not an address to listen on; write it as 192.0.2.1:443 or [2001:db8::1]:443.");
}

std::string text_of(const tcp::endpoint& endpoint) {
  const std::string address = endpoint.address().to_string();
  const std::string port = std::to_string(endpoint.port());
  return endpoint.address().is_v6() ? "[" + address + "]:" + port : address + ":" + port;
}

void bind_and_listen(tcp::acceptor& acceptor, std::string_view address) {
  const tcp::endpoint endpoint = parse_address(address);
  boost::system::error_code error;
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(kBacklog, error);
  if (error) throw std::runtime_error(sentence_for(error, address));
}

std::vector<std::string> default_hosts(const tcp::endpoint& endpoint) {
  const std::string port = ":" + std::to_string(endpoint.port());
  return {text_of(endpoint), "localhost" + port, "127.0.0.1" + port, "[::1]" + port};
}

}  // namespace server
