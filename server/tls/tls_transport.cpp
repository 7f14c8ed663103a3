#include <openssl/err.h>
#include <openssl/ssl.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <memory>
#include <string_view>
#include <tuple>
#include <utility>

#include "ca/crypto/openssl_error.h"
#include "server/http/socket_transport.h"
#include "server/tls/socket_bio.h"
#include "server/tls/tls_state.h"

namespace server {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using Socket = asio::ip::tcp::socket;

constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);

struct FreeSsl {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};

/// OpenSSL works on the socket itself: no copy through buffers in between, and a connection that
/// waits holds none.
class TlsTransport final : public SocketTransport {
 public:
  TlsTransport(Socket socket, TlsContext& context);

  asio::awaitable<error_code> handshake() override {
    return drive([ssl = ssl_.get()] { return SSL_do_handshake(ssl); });
  }
  asio::awaitable<ReadResult> read_some(asio::mutable_buffer space) override;
  asio::awaitable<error_code> write(asio::const_buffer bytes) override;
  asio::awaitable<void> finish() override;
  [[nodiscard]] std::string_view server_name() override;

 private:
  template <class Step>
  asio::awaitable<error_code> drive(Step step);
  asio::awaitable<error_code> wait(Socket::wait_type until);

  std::unique_ptr<SSL, FreeSsl> ssl_;
};

TlsTransport::TlsTransport(Socket socket, TlsContext& context)
    : SocketTransport(std::move(socket)), ssl_(SSL_new(context.state().context.native_handle())) {
  ca::require(ssl_ != nullptr, "SSL_new");
  socket_.native_non_blocking(true);
  BIO* bio = make_socket_bio(socket_).release();
  SSL_set_bio(ssl_.get(), bio, bio);
  SSL_set_accept_state(ssl_.get());
  // A record comes with one system call instead of two.
  SSL_set_read_ahead(ssl_.get(), 1);
}

asio::awaitable<error_code> TlsTransport::wait(Socket::wait_type until) {
  if (expired_) co_return asio::error::timed_out;
  const auto [error] = co_await socket_.async_wait(until, kNoThrow);
  co_return judge(error);
}

/// What a call that did not succeed says, if it is not a wish to wait. To be read at once after it.
error_code failure_of(int reason) {
  if (reason == SSL_ERROR_ZERO_RETURN) return asio::error::eof;
  if (const unsigned long code = ERR_get_error(); code != 0) {
    // The peer ended without close_notify.
    if (ERR_GET_REASON(code) == SSL_R_UNEXPECTED_EOF_WHILE_READING) {
      return asio::ssl::error::stream_truncated;
    }
    return {static_cast<int>(code), asio::error::get_ssl_category()};
  }
  if (errno != 0) return {errno, boost::system::system_category()};
  return asio::ssl::error::stream_truncated;
}

/// Repeats `step`, one OpenSSL call, until it succeeds or fails for good.
template <class Step>
asio::awaitable<error_code> TlsTransport::drive(Step step) {
  while (true) {
    if (expired_) co_return asio::error::timed_out;
    ERR_clear_error();
    errno = 0;
    const int result = step();
    if (result > 0) co_return error_code{};
    const int reason = SSL_get_error(ssl_.get(), result);
    if (reason != SSL_ERROR_WANT_READ && reason != SSL_ERROR_WANT_WRITE) {
      co_return failure_of(reason);
    }
    const auto until = reason == SSL_ERROR_WANT_READ ? Socket::wait_read : Socket::wait_write;
    if (const error_code error = co_await wait(until)) co_return error;
  }
}

asio::awaitable<ReadResult> TlsTransport::read_some(asio::mutable_buffer space) {
  // Asking first would mostly be in vain: a client sends its next request after our answer.
  if (SSL_has_pending(ssl_.get()) == 0) {
    if (const error_code error = co_await wait(Socket::wait_read)) co_return ReadResult{error};
  }
  ReadResult read;
  auto step = [ssl = ssl_.get(), space, count = &read.count] {
    return SSL_read_ex(ssl, space.data(), space.size(), count);
  };
  read.error = co_await drive(std::move(step));
  co_return read;
}

asio::awaitable<error_code> TlsTransport::write(asio::const_buffer bytes) {
  auto step = [ssl = ssl_.get(), bytes] {
    std::size_t all = 0;
    return SSL_write_ex(ssl, bytes.data(), bytes.size(), &all);
  };
  return drive(std::move(step));
}

asio::awaitable<void> TlsTransport::finish() {
  // 0 says that close_notify is sent and the peer's has not come, for which nobody has to wait.
  auto step = [ssl = ssl_.get()] {
    const int result = SSL_shutdown(ssl);
    return result == 0 ? 1 : result;
  };
  // A peer that is gone cannot be told; the connection ends either way.
  std::ignore = co_await drive(std::move(step));
  co_await linger();
}

std::string_view TlsTransport::server_name() {
  const char* name = SSL_get_servername(ssl_.get(), TLSEXT_NAMETYPE_host_name);
  return name != nullptr ? std::string_view(name) : std::string_view{};
}

}  // namespace

std::unique_ptr<Transport> make_tls_transport(Socket socket, TlsContext& context) {
  return std::make_unique<TlsTransport>(std::move(socket), context);
}

}  // namespace server
