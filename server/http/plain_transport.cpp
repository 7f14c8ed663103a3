#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>

#include "server/http/linger.h"
#include "server/http/transport.h"

namespace server {

namespace asio = boost::asio;

namespace {

constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kMaxLingerBytes = 256 * 1024;

class PlainTransport final : public Transport {
 public:
  explicit PlainTransport(asio::ip::tcp::socket socket) : stream_(std::move(socket)) {}

  asio::awaitable<boost::system::error_code> handshake() override {
    co_return boost::system::error_code{};
  }
  asio::awaitable<ReadResult> read_some(asio::mutable_buffer space) override {
    const auto [error, count] = co_await stream_.async_read_some(space, kNoThrow);
    co_return ReadResult{.error = error, .count = count};
  }
  asio::awaitable<boost::system::error_code> write(asio::const_buffer bytes) override {
    const auto [error, count] = co_await asio::async_write(stream_, bytes, kNoThrow);
    co_return error;
  }
  asio::awaitable<void> finish() override { co_await linger(stream_); }
  void deadline(std::chrono::milliseconds limit) override { stream_.expires_after(limit); }
  void close() override { stream_.close(); }
  [[nodiscard]] std::string_view server_name() override { return {}; }

 private:
  boost::beast::tcp_stream stream_;
};

}  // namespace

asio::awaitable<void> linger(boost::beast::tcp_stream& stream) {
  boost::system::error_code ignored;
  stream.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  std::array<char, 4096> dropped;
  for (std::size_t total = 0; total < kMaxLingerBytes;) {
    const auto [error, count] = co_await stream.async_read_some(asio::buffer(dropped), kNoThrow);
    if (error) break;
    total += count;
  }
  stream.close();
}

std::unique_ptr<Transport> make_plain_transport(asio::ip::tcp::socket socket) {
  return std::make_unique<PlainTransport>(std::move(socket));
}

}  // namespace server
