#include "server/outbound/connection.h"

#include <algorithm>
#include <array>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <cerrno>
#include <cstring>

namespace server {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

void Connection::close_at(std::chrono::steady_clock::time_point time) {
  timer_.expires_at(time);
  timer_.async_wait([self = shared_from_this()](error_code error) {
    // A wait that ended just before it was set anew still reports success.
    if (error || self->timer_.expiry() > std::chrono::steady_clock::now()) return;
    self->late_ = true;
    self->close();
  });
}

void Connection::close() {
  error_code ignored;
  timer_.cancel();
  socket.close(ignored);
}

tcp::endpoint endpoint_of(const ca::IpAddress& address, std::uint16_t port) {
  if (address.is_v4()) {
    asio::ip::address_v4::bytes_type octets{};
    std::memcpy(octets.data(), address.octets().data(), octets.size());
    return {asio::ip::address_v4(octets), port};
  }
  asio::ip::address_v6::bytes_type octets{};
  std::memcpy(octets.data(), address.octets().data(), octets.size());
  return {asio::ip::address_v6(octets), port};
}

std::string connect_sentence(const Connection& connection, error_code error) {
  if (connection.late() || error == asio::error::timed_out)
    return "did not accept a connection in time";
  if (error == asio::error::connection_refused) return "refused the connection";
  if (error == asio::error::host_unreachable || error == asio::error::network_unreachable ||
      error == boost::system::errc::address_not_available) {
    return "cannot be reached from here";
  }
  return "could not be connected to";
}

void throw_own_shortage(error_code error, const tcp::endpoint& place) {
  constexpr std::array kShortages{EMFILE, ENFILE, ENOBUFS, ENOMEM};
  const bool system = error.category() == boost::system::system_category();
  const bool short_of_all =
      system && std::ranges::find(kShortages, error.value()) != kShortages.end();
  // For IPv6 it is what a machine without IPv6 says of every address.
  const bool short_of_ports =
      error == boost::system::errc::address_not_available && place.address().is_v4();
  if (short_of_all || short_of_ports) {
    throw boost::system::system_error(error, "validation at " + place.address().to_string());
  }
}

}  // namespace server
