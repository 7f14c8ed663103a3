// What plain and TLS connections share: the socket, its deadline, its end.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/system/error_code.hpp>

#include "server/http/transport.h"

namespace server {

class SocketTransport : public Transport {
 public:
  explicit SocketTransport(boost::asio::ip::tcp::socket socket);

  void expire() final;
  void close() final;

 protected:
  /// The error to report for `error`: timed_out if the deadline is what made it.
  [[nodiscard]] boost::system::error_code judge(boost::system::error_code error) const;
  /// Half-closes the connection, reads and drops what still arrives until the peer closes, the
  /// deadline passes or a fixed number of bytes has come, and closes it (RFC 9112 §9.6).
  boost::asio::awaitable<void> linger();

  boost::asio::ip::tcp::socket socket_;
  bool expired_ = false;
};

}  // namespace server
