#include "server/http/accept_faults.h"

#include <algorithm>
#include <array>
#include <boost/asio/error.hpp>
#include <boost/system/errc.hpp>

namespace server {

AcceptFault accept_fault(const boost::system::error_code& error) {
  namespace errc = boost::system::errc;
  if (error == boost::asio::error::operation_aborted ||
      error == boost::asio::error::bad_descriptor) {
    return AcceptFault::closed;
  }
  // accept(2): errors already pending on the new socket are handed out by accept and concern that
  // connection alone.
  constexpr std::array kOfOneConnection{
      errc::connection_aborted,
      errc::connection_reset,
      errc::host_unreachable,
      errc::network_down,
      errc::network_unreachable,
      errc::no_protocol_option,
      errc::operation_not_supported,
      errc::protocol_error,
      errc::interrupted,
      errc::timed_out,
  };
  const bool of_one_connection =
      std::ranges::any_of(kOfOneConnection, [&](errc::errc_t known) { return error == known; });
  return of_one_connection ? AcceptFault::transient : AcceptFault::exhausted;
}

}  // namespace server
