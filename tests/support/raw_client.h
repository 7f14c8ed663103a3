// A client that sends any bytes, right or wrong, and shows every byte that comes back.
#pragma once

#include <openssl/ssl.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace tests {

/// One answer cut out of what came back.
struct RawResponse {
  unsigned status = 0;
  std::string head;
  std::string body;
  /// The value of a header field written in the head, or an empty text.
  [[nodiscard]] std::string field(std::string_view name) const {
    const std::string wanted = "\r\n" + std::string(name) + ": ";
    const std::size_t at = head.find(wanted);
    if (at == head.npos) return {};
    const std::size_t begin = at + wanted.size();
    return head.substr(begin, head.find("\r\n", begin) - begin);
  }
};

/// Blocking, on loopback. Every wait ends with what the server does: an answer, or the end of the
/// connection.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port) : socket_(context_) {
    socket_.connect({boost::asio::ip::address_v4::loopback(), port});
    socket_.set_option(boost::asio::ip::tcp::no_delay(true));
  }
  virtual ~RawClient() = default;

  virtual void send(std::string_view bytes) {
    boost::system::error_code ignored;  // the server may have answered and closed already
    boost::asio::write(socket_, boost::asio::buffer(bytes), ignored);
  }
  /// No more bytes follow; the answers can still be read.
  virtual void end_sending() {
    boost::system::error_code ignored;
    socket_.shutdown(boost::asio::ip::tcp::socket::shutdown_send, ignored);
  }
  virtual std::size_t read_some(char* space, std::size_t size) {
    return socket_.read_some(boost::asio::buffer(space, size), end_);
  }
  /// How the connection ended: `eof` in order, anything else broken off.
  [[nodiscard]] const boost::system::error_code& end() const { return end_; }

  /// Everything up to the end of the connection.
  std::string read_all() {
    while (more()) {
    }
    return std::exchange(received_, {});
  }

  /// The next answer with its Content-Length of body. Throws if the connection ends before it.
  RawResponse read_response() {
    std::size_t end = 0;
    while ((end = received_.find("\r\n\r\n")) == received_.npos) {
      if (!more()) throw std::runtime_error("the connection ended without an answer");
    }
    RawResponse response;
    response.head = received_.substr(0, end + 2);
    response.status = static_cast<unsigned>(std::stoul(response.head.substr(9, 3)));
    received_.erase(0, end + 4);
    const std::string length = response.field("Content-Length");
    const std::size_t size = length.empty() ? 0 : std::stoul(length);
    while (received_.size() < size) {
      if (!more()) throw std::runtime_error("the connection ended inside an answer");
    }
    response.body = received_.substr(0, size);
    received_.erase(0, size);
    return response;
  }

 protected:
  bool more() {
    char bytes[4096];
    const std::size_t count = read_some(bytes, sizeof bytes);
    received_.append(bytes, count);
    return count != 0;
  }

  boost::asio::io_context context_;
  boost::asio::ip::tcp::socket socket_;
  std::string received_;
  boost::system::error_code end_;
};

/// The same over TLS; any certificate is accepted.
class RawTlsClient final : public RawClient {
 public:
  struct Offer {
    int lowest = TLS1_2_VERSION;
    int highest = TLS1_3_VERSION;
    std::string tls12_ciphers{};
    std::string server_name{};
    std::string protocols{};  // ALPN in wire form
  };

  explicit RawTlsClient(std::uint16_t port) : RawTlsClient(port, Offer{}) {}
  RawTlsClient(std::uint16_t port, const Offer& offer) : RawClient(port), stream_(socket_, tls_) {
    SSL* const ssl = stream_.native_handle();
    SSL_set_security_level(ssl, 0);
    SSL_set_min_proto_version(ssl, offer.lowest);
    SSL_set_max_proto_version(ssl, offer.highest);
    if (!offer.tls12_ciphers.empty()) SSL_set_cipher_list(ssl, offer.tls12_ciphers.c_str());
    if (!offer.server_name.empty()) SSL_set_tlsext_host_name(ssl, offer.server_name.c_str());
    if (!offer.protocols.empty()) {
      SSL_set_alpn_protos(ssl, reinterpret_cast<const unsigned char*>(offer.protocols.data()),
                          static_cast<unsigned>(offer.protocols.size()));
    }
    stream_.handshake(boost::asio::ssl::stream_base::client);
  }

  void send(std::string_view bytes) override {
    boost::system::error_code ignored;
    boost::asio::write(stream_, boost::asio::buffer(bytes), ignored);
  }
  void end_sending() override { SSL_shutdown(stream_.native_handle()); }
  std::size_t read_some(char* space, std::size_t size) override {
    return stream_.read_some(boost::asio::buffer(space, size), end_);
  }
  [[nodiscard]] SSL* handle() { return stream_.native_handle(); }

 private:
  boost::asio::ssl::context tls_{boost::asio::ssl::context::tls_client};
  boost::asio::ssl::stream<boost::asio::ip::tcp::socket&> stream_;
};

}  // namespace tests
