// A connection as bytes, plain or TLS, so that the code that speaks HTTP is compiled once and knows
// neither.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/system/error_code.hpp>
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

/// Everything but `expire` and `close` is awaited by one coroutine at a time, and everything runs
/// on the socket's executor; a lost connection or a passed deadline is an error code, not an
/// exception.
class Transport {
 public:
  virtual ~Transport() = default;
  virtual boost::asio::awaitable<boost::system::error_code> handshake() = 0;
  virtual boost::asio::awaitable<ReadResult> read_some(boost::asio::mutable_buffer space) = 0;
  /// Writes all of `bytes`.
  virtual boost::asio::awaitable<boost::system::error_code> write(
      boost::asio::const_buffer bytes) = 0;
  /// Tells the peer that nothing follows, then reads and drops what it still sends, so that a reset
  /// does not overtake the last answer (RFC 9112 §9.6). Bounded by expire() and by a number of
  /// bytes. Ends with close().
  virtual boost::asio::awaitable<void> finish() = 0;
  /// The deadline has passed: what is running fails with timed_out, and so does all that comes.
  virtual void expire() = 0;
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
