// One keep-alive HTTPS connection of one ACME client.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/verb.hpp>
#include <cstdint>
#include <string>
#include <string_view>

namespace tests {

/// `https://host:port` taken apart.
struct Origin {
  std::string host;
  std::string port;
  std::string text;  // as it stands before the path of every URL
};

/// Throws std::runtime_error unless `url` is an https URL.
Origin origin_of(std::string_view url);

/// What a server answered, as far as an ACME client looks.
struct HttpAnswer {
  unsigned status = 0;
  std::string body;
  std::string location;
  std::string nonce;
  std::string retry_after;
};

/// Octets and messages that went over connections.
struct Traffic {
  std::uint64_t handshakes = 0;
  std::uint64_t requests = 0;
  std::uint64_t request_bytes = 0;
  std::uint64_t response_bytes = 0;
};

/// Every operation has a deadline; failures are thrown. `tls` and `traffic` outlive this object.
class HttpsClient {
 public:
  HttpsClient(const boost::asio::any_io_executor& executor,
              boost::asio::ssl::context& tls,
              Origin origin,
              Traffic& traffic);

  boost::asio::awaitable<void> connect(boost::asio::ip::tcp::endpoint server);

  /// `url` lies on this connection's origin. POST bodies are `application/jose+json`.
  boost::asio::awaitable<HttpAnswer> send(boost::beast::http::verb method,
                                          std::string url,
                                          std::string body);

  boost::asio::awaitable<void> close();

 private:
  Origin origin_;
  Traffic& traffic_;
  boost::asio::ssl::stream<boost::beast::tcp_stream> stream_;
  boost::beast::flat_buffer buffer_;
};

}  // namespace tests
