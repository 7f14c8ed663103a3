// A connection as bytes, plain or TLS, so that the code that speaks HTTP is compiled once and knows
// neither.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/system/error_code.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace server {

class TlsContext;

/// How far a read came. An `error` with `count` 0 means that the connection is of no more use.
struct ReadResult {
  boost::system::error_code error;
  std::size_t count = 0;
};

/// Everything but `deadline` and `close` is awaited by one coroutine at a time, on the connection's
/// strand; a lost connection or a passed deadline is an error code, not an exception.
class Transport {
 public:
  virtual ~Transport() = default;
  virtual boost::asio::awaitable<boost::system::error_code> handshake() = 0;
  virtual boost::asio::awaitable<ReadResult> read_some(boost::asio::mutable_buffer space) = 0;
  /// Writes all of `bytes`.
  virtual boost::asio::awaitable<boost::system::error_code> write(
      boost::asio::const_buffer bytes) = 0;
  /// Tells the peer that nothing follows, then reads and drops what it still sends, so that a reset
  /// does not overtake the last answer (RFC 9112 §9.6). Bounded by the deadline and by a number of
  /// bytes. Ends with close().
  virtual boost::asio::awaitable<void> finish() = 0;
  /// Every operation that is still running `limit` from now fails; so do later ones until it is set
  /// again.
  virtual void deadline(std::chrono::milliseconds limit) = 0;
  /// Ends what is running and frees the descriptor.
  virtual void close() = 0;
  /// The server name of the handshake (RFC 6066 §3), empty without one.
  [[nodiscard]] virtual std::string_view server_name() = 0;
};

std::unique_ptr<Transport> make_plain_transport(boost::asio::ip::tcp::socket socket);
/// `context` outlives the transport. Defined in server/tls/tls_transport.cpp.
std::unique_ptr<Transport> make_tls_transport(boost::asio::ip::tcp::socket socket,
                                              TlsContext& context);

}  // namespace server
