#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <memory>
#include <string_view>
#include <utility>

#include "server/http/socket_transport.h"

namespace server {

namespace asio = boost::asio;

namespace {

constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);

class PlainTransport final : public SocketTransport {
 public:
  using SocketTransport::SocketTransport;

  asio::awaitable<boost::system::error_code> handshake() override {
    co_return boost::system::error_code{};
  }
  asio::awaitable<ReadResult> read_some(asio::mutable_buffer space) override {
    if (expired_) co_return ReadResult{.error = asio::error::timed_out};
    const auto [error, count] = co_await socket_.async_read_some(space, kNoThrow);
    co_return ReadResult{.error = judge(error), .count = count};
  }
  asio::awaitable<boost::system::error_code> write(asio::const_buffer bytes) override {
    if (expired_) co_return asio::error::timed_out;
    const auto [error, count] = co_await asio::async_write(socket_, bytes, kNoThrow);
    co_return judge(error);
  }
  asio::awaitable<void> finish() override { return linger(); }
  [[nodiscard]] std::string_view server_name() override { return {}; }
};

}  // namespace

std::unique_ptr<Transport> make_plain_transport(asio::ip::tcp::socket socket) {
  return std::make_unique<PlainTransport>(std::move(socket));
}

}  // namespace server
