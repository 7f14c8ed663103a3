// A TLS server on loopback that makes handshakes and nothing else.
#pragma once

#include <openssl/ssl.h>

#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "tests/support/challenge_certificate.h"

namespace tests {

class AlpnService {
 public:
  struct Options {
    std::string protocol = "acme-tls/1";  // chosen if offered; empty: ALPN is not looked at
    int newest_version = TLS1_3_VERSION;
    bool is_silent = false;               // accepts connections and never says anything
    std::vector<MadeCertificate> more{};  // shown behind the first certificate
  };

  AlpnService(const MadeCertificate& made, Options options)
      : options_(std::move(options)), acceptor_(io_, {boost::asio::ip::address_v4::loopback(), 0}) {
    SSL_CTX* const native = tls_.native_handle();
    SSL_CTX_set_security_level(native, 0);
    SSL_CTX_set_min_proto_version(native, TLS1_VERSION);
    SSL_CTX_set_max_proto_version(native, options_.newest_version);
    SSL_CTX_use_certificate(native, made.certificate.get());
    SSL_CTX_use_PrivateKey(native, made.key.get());
    for (const MadeCertificate& each : options_.more) {
      SSL_CTX_add1_chain_cert(native, each.certificate.get());
    }
    if (!options_.protocol.empty()) SSL_CTX_set_alpn_select_cb(native, choose, this);
    auto accepting = accept();
    boost::asio::co_spawn(io_, std::move(accepting), boost::asio::detached);
    thread_ = std::thread([this] { io_.run(); });
  }
  ~AlpnService() {
    io_.stop();
    thread_.join();
  }
  AlpnService(const AlpnService&) = delete;
  AlpnService& operator=(const AlpnService&) = delete;

  [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  [[nodiscard]] int connections() const { return connections_; }
  /// Every server_name that came with an offer of protocols.
  [[nodiscard]] std::vector<std::string> server_names() const {
    const std::scoped_lock lock(mutex_);
    return server_names_;
  }
  /// Everything offered by ALPN, as on the wire.
  [[nodiscard]] std::string offered() const {
    const std::scoped_lock lock(mutex_);
    return offered_;
  }

 private:
  using Socket = boost::asio::ip::tcp::socket;
  static constexpr auto kQuietly = boost::asio::as_tuple(boost::asio::use_awaitable);

  static int choose(SSL* connection,
                    const unsigned char** chosen,
                    unsigned char* chosen_length,
                    const unsigned char* offered,
                    unsigned offered_length,
                    void* service) {
    auto* const self = static_cast<AlpnService*>(service);
    const std::scoped_lock lock(self->mutex_);
    // Here, because the other side may be gone when the handshake has ended on this one.
    const char* const name = SSL_get_servername(connection, TLSEXT_NAMETYPE_host_name);
    self->server_names_.emplace_back(name != nullptr ? name : "");
    self->offered_.assign(reinterpret_cast<const char*>(offered), offered_length);
    // A server that answers with what nobody offered is wrong; some are.
    *chosen = reinterpret_cast<const unsigned char*>(self->options_.protocol.data());
    *chosen_length = static_cast<unsigned char>(self->options_.protocol.size());
    return SSL_TLSEXT_ERR_OK;
  }

  boost::asio::awaitable<void> accept() {
    while (true) {
      Socket socket = co_await acceptor_.async_accept(boost::asio::use_awaitable);
      ++connections_;
      auto answering = answer(std::move(socket));
      boost::asio::co_spawn(io_, std::move(answering), boost::asio::detached);
    }
  }

  boost::asio::awaitable<void> answer(Socket socket) {
    char octet = 0;
    const auto space = boost::asio::buffer(&octet, 1);
    if (options_.is_silent) {
      while (true) {
        const auto [error, count] = co_await socket.async_read_some(space, kQuietly);
        if (error) co_return;
      }
    }
    boost::asio::ssl::stream<Socket> stream(std::move(socket), tls_);
    const auto [error] =
        co_await stream.async_handshake(boost::asio::ssl::stream_base::server, kQuietly);
    if (error) co_return;
    std::ignore = co_await stream.async_read_some(space, kQuietly);
  }

  Options options_;
  boost::asio::io_context io_;
  boost::asio::ssl::context tls_{boost::asio::ssl::context::tls_server};
  boost::asio::ip::tcp::acceptor acceptor_;
  std::atomic<int> connections_ = 0;
  mutable std::mutex mutex_;
  std::vector<std::string> server_names_;
  std::string offered_;
  std::thread thread_;
};

}  // namespace tests
