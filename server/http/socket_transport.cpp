#include "server/http/socket_transport.h"

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstddef>
#include <tuple>
#include <utility>

namespace server {

namespace asio = boost::asio;

namespace {

constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kMaxLingerBytes = 256 * 1024;

}  // namespace

SocketTransport::SocketTransport(asio::ip::tcp::socket socket) : socket_(std::move(socket)) {}

void SocketTransport::expire() {
  expired_ = true;
  boost::system::error_code ignored;
  socket_.cancel(ignored);
}

void SocketTransport::close() {
  boost::system::error_code ignored;
  socket_.close(ignored);
}

boost::system::error_code SocketTransport::judge(boost::system::error_code error) const {
  return error && expired_ ? asio::error::timed_out : error;
}

asio::awaitable<void> SocketTransport::linger() {
  boost::system::error_code error;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_send, error);
  std::array<char, 4096> dropped;
  for (std::size_t total = 0; !error && !expired_ && total < kMaxLingerBytes;) {
    std::size_t count = 0;
    const asio::mutable_buffer space = asio::buffer(dropped);
    std::tie(error, count) = co_await socket_.async_read_some(space, kNoThrow);
    total += count;
  }
  close();
}

}  // namespace server
