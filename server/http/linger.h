// Closing a TCP connection without losing the last answer.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/beast/core/tcp_stream.hpp>

namespace server {

/// Half-closes `stream`, reads and drops what still arrives until the peer closes, the stream's
/// deadline passes or a fixed number of bytes has come, and closes it.
boost::asio::awaitable<void> linger(boost::beast::tcp_stream& stream);

}  // namespace server
