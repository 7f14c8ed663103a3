// One request to one address: a connection, a request, an answer within its limits. The Beast and
// TLS side of the fetcher.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <expected>
#include <memory>
#include <string>

#include "ca/names/ip_address.h"
#include "server/outbound/fetch_url.h"

namespace server {

/// Where an exchange failed. Only a failure to connect is worth another address.
enum class ExchangeStep { connect, tls_handshake, request, answer, too_long };

/// A failure, as the end of a sentence: "refused the connection".
struct ExchangeFault {
  ExchangeStep step;
  std::string sentence;
};

struct HttpAnswer {
  unsigned status = 0;
  std::string location;    // of a redirect, as sent
  std::string body;        // of a 2xx answer; others are not read beyond their header
  std::size_t octets = 0;  // received in all
};

/// Limits of one exchange. All times are absolute, so that what came before counts.
struct ExchangeLimits {
  std::chrono::steady_clock::time_point connect_by;
  std::chrono::steady_clock::time_point answer_by;
  std::size_t header_bytes;
  std::size_t body_bytes;
  std::size_t total_bytes;  // with 1xx answers, framing and trailers
};

/// Whether the other side's certificate has to be one that this machine trusts for the host.
enum class PeerCertificate { unverified, verified };

/// Safe from any thread, but each call runs on the caller's executor, which must be a strand.
class HttpExchange {
 public:
  explicit HttpExchange(PeerCertificate certificates = PeerCertificate::unverified);
  ~HttpExchange();
  /// Dials `address` and `port`, asks for `url`, and reads at most the limits. 1xx answers are
  /// passed over. Throws boost::system::system_error when this machine lacks descriptors, memory or
  /// ports: that says nothing about the other side.
  boost::asio::awaitable<std::expected<HttpAnswer, ExchangeFault>> get(ca::IpAddress address,
                                                                       std::uint16_t port,
                                                                       FetchUrl url,
                                                                       ExchangeLimits limits);
  /// The same by POST of a JSON document. The port stands in Host unless it is the scheme's own.
  boost::asio::awaitable<std::expected<HttpAnswer, ExchangeFault>> post_json(ca::IpAddress address,
                                                                             std::uint16_t port,
                                                                             FetchUrl url,
                                                                             std::string body,
                                                                             ExchangeLimits limits);

 private:
  boost::asio::awaitable<std::expected<HttpAnswer, ExchangeFault>> run(ca::IpAddress address,
                                                                       std::uint16_t port,
                                                                       FetchUrl url,
                                                                       std::string request,
                                                                       ExchangeLimits limits);
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace server
