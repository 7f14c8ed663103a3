#include <openssl/ssl.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <chrono>
#include <memory>
#include <string_view>
#include <tuple>
#include <utility>

#include "server/http/linger.h"
#include "server/http/transport.h"
#include "server/tls/tls_state.h"

namespace server {
namespace {

namespace asio = boost::asio;

constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);

class TlsTransport final : public Transport {
 public:
  TlsTransport(asio::ip::tcp::socket socket, TlsContext& context)
      : stream_(std::move(socket), context.state().context) {}

  asio::awaitable<boost::system::error_code> handshake() override {
    const auto [error] = co_await stream_.async_handshake(asio::ssl::stream_base::server, kNoThrow);
    co_return error;
  }
  asio::awaitable<ReadResult> read_some(asio::mutable_buffer space) override {
    const auto [error, count] = co_await stream_.async_read_some(space, kNoThrow);
    co_return ReadResult{.error = error, .count = count};
  }
  asio::awaitable<boost::system::error_code> write(asio::const_buffer bytes) override {
    const auto [error, count] = co_await asio::async_write(stream_, bytes, kNoThrow);
    co_return error;
  }
  asio::awaitable<void> finish() override {
    // A peer that is gone or goes on talking cannot be told; the connection ends either way.
    std::ignore = co_await stream_.async_shutdown(kNoThrow);
    co_await linger(stream_.next_layer());
  }
  void deadline(std::chrono::milliseconds limit) override {
    stream_.next_layer().expires_after(limit);
  }
  void close() override { stream_.next_layer().close(); }
  [[nodiscard]] std::string_view server_name() override {
    const char* name = SSL_get_servername(stream_.native_handle(), TLSEXT_NAMETYPE_host_name);
    return name != nullptr ? std::string_view(name) : std::string_view{};
  }

 private:
  asio::ssl::stream<boost::beast::tcp_stream> stream_;
};

}  // namespace

std::unique_ptr<Transport> make_tls_transport(asio::ip::tcp::socket socket, TlsContext& context) {
  return std::make_unique<TlsTransport>(std::move(socket), context);
}

}  // namespace server
