#include "server/outbound/http_exchange.h"

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cstring>
#include <optional>

#include "server/outbound/connection.h"
#include "server/version.h"

namespace server {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using Parser = http::response_parser<http::string_body>;
using Outcome = std::expected<HttpAnswer, ExchangeFault>;

constexpr long kLongestCertificateList = 16L * 1024;  // octets; OpenSSL's own limit is 100 KiB
constexpr auto kQuietly = asio::as_tuple(asio::use_awaitable);

std::unexpected<ExchangeFault> fault(ExchangeStep step, std::string sentence) {
  return std::unexpected(ExchangeFault{step, std::move(sentence)});
}

/// RFC 9112 §3.2 and §9.6. No port in Host: a laboratory's port stands in for the scheme's own.
std::string request_text(const FetchUrl& url) {
  return "GET " + url.target + " HTTP/1.1\r\nHost: " + url.host_text() +
         "\r\nUser-Agent: Chancery/" + std::string(version()) +
         " (domain validation)\r\nAccept: */*\r\nConnection: close\r\n\r\n";
}

/// Feeds octets to a parser, passing over 1xx answers (RFC 9110 §15.2), and counts all that
/// arrives.
class AnswerReader {
 public:
  explicit AnswerReader(const ExchangeLimits& limits) : limits_(limits) { start_message(); }

  enum class Progress { more, done };

  std::expected<Progress, ExchangeFault> feed(std::string_view octets) {
    total_ += octets.size();
    const asio::mutable_buffer space = buffer_.prepare(octets.size());
    std::memcpy(space.data(), octets.data(), octets.size());
    buffer_.commit(octets.size());
    while (buffer_.size() > 0) {
      error_code error;
      buffer_.consume(parser_->put(buffer_.data(), error));
      // Whatever follows the header of a redirect or an error page is of no use.
      if (parser_->is_header_done() && !is_interim() && !is_success()) return Progress::done;
      if (error && error != http::error::need_more) return refused(error);
      if (is_body_too_long()) return too_long();
      if (error) break;
      if (!parser_->is_done()) continue;
      if (!is_interim()) return Progress::done;
      start_message();
    }
    // Trailers and 1xx answers have no limit of their own in the parser.
    if (total_ > limits_.total_bytes) return too_long();
    return Progress::more;
  }

  /// The other side has closed.
  std::expected<Progress, ExchangeFault> end() {
    error_code error;
    if (parser_->got_some()) parser_->put_eof(error);
    if (error || !parser_->is_done()) {
      return fault(ExchangeStep::answer, "closed the connection before its answer was complete");
    }
    return Progress::done;
  }

  [[nodiscard]] HttpAnswer answer() {
    const auto& message = parser_->get();
    const auto location = message[http::field::location];
    return {message.result_int(), std::string(location.data(), location.size()),
            is_success() ? message.body() : std::string(), total_};
  }

 private:
  void start_message() {
    parser_.emplace();
    parser_->eager(true);
    parser_->header_limit(static_cast<std::uint32_t>(limits_.header_bytes));
    // Counted here: the parser would refuse an error page for its length and hide its status.
    parser_->body_limit(boost::none);
  }

  [[nodiscard]] bool is_interim() const { return parser_->get().result_int() / 100 == 1; }
  [[nodiscard]] bool is_success() const { return parser_->get().result_int() / 100 == 2; }

  [[nodiscard]] bool is_body_too_long() const {
    if (!parser_->is_header_done()) return false;
    return parser_->get().body().size() > limits_.body_bytes ||
           parser_->content_length().value_or(0) > limits_.body_bytes;
  }

  [[nodiscard]] std::unexpected<ExchangeFault> too_long() const {
    return fault(ExchangeStep::too_long,
                 "sent more than " + std::to_string(limits_.body_bytes) + " octets");
  }

  [[nodiscard]] std::unexpected<ExchangeFault> refused(error_code error) const {
    if (error == http::error::header_limit || error == http::error::buffer_overflow) {
      return fault(ExchangeStep::too_long, "sent a header of more than " +
                                               std::to_string(limits_.header_bytes) + " octets");
    }
    return fault(ExchangeStep::answer, "sent something that is not an HTTP answer");
  }

  ExchangeLimits limits_;
  std::size_t total_ = 0;
  boost::beast::flat_buffer buffer_;
  std::optional<Parser> parser_;
};

template <class Stream>
asio::awaitable<Outcome> talk(Stream& stream,
                              std::shared_ptr<Connection> connection,
                              tcp::endpoint place,
                              std::string request,
                              ExchangeLimits limits) {
  const asio::const_buffer outgoing = asio::buffer(request);
  const auto [write_error, written] = co_await asio::async_write(stream, outgoing, kQuietly);
  throw_own_shortage(write_error, place);
  if (write_error) {
    co_return fault(ExchangeStep::request, connection->late() ? "took too long to read the request"
                                                              : "closed the connection");
  }
  AnswerReader reader(limits);
  std::array<char, 4096> octets{};
  const asio::mutable_buffer incoming = asio::buffer(octets);
  while (true) {
    const auto [error, count] = co_await stream.async_read_some(incoming, kQuietly);
    if (connection->late()) co_return fault(ExchangeStep::answer, "took too long to answer");
    throw_own_shortage(error, place);
    // A TLS stream cut off without close_notify counts as an end: the parser knows whether the
    // answer was whole.
    const bool ended = error == asio::error::eof || error == asio::ssl::error::stream_truncated;
    if (error && !ended) co_return fault(ExchangeStep::answer, "broke the connection off");
    const auto progress =
        ended ? reader.end() : reader.feed(std::string_view(octets.data(), count));
    if (!progress) co_return std::unexpected(progress.error());
    if (*progress == AnswerReader::Progress::done) co_return reader.answer();
  }
}

}  // namespace

struct HttpExchange::State {
  explicit State(PeerCertificate chosen) : certificates(chosen) {
    using asio::ssl::context;
    tls.set_options(context::default_workarounds | context::no_sslv2 | context::no_sslv3 |
                    context::no_tlsv1 | context::no_tlsv1_1 | context::no_compression);
    if (certificates == PeerCertificate::verified) {
      tls.set_default_verify_paths();
      tls.set_verify_mode(asio::ssl::verify_peer);
    } else {
      tls.set_verify_mode(asio::ssl::verify_none);
    }
    SSL_CTX_set_max_cert_list(tls.native_handle(), kLongestCertificateList);
  }
  PeerCertificate certificates;
  asio::ssl::context tls{asio::ssl::context::tls_client};
};

HttpExchange::HttpExchange(PeerCertificate certificates)
    : state_(std::make_unique<State>(certificates)) {}
HttpExchange::~HttpExchange() = default;

asio::awaitable<Outcome> HttpExchange::get(ca::IpAddress address,
                                           std::uint16_t port,
                                           FetchUrl url,
                                           ExchangeLimits limits) {
  std::string request = request_text(url);
  return run(std::move(address), port, std::move(url), std::move(request), limits);
}

asio::awaitable<Outcome> HttpExchange::post_json(ca::IpAddress address,
                                                 std::uint16_t port,
                                                 FetchUrl url,
                                                 std::string body,
                                                 ExchangeLimits limits) {
  const bool is_own = port == (url.scheme == FetchScheme::https ? 443 : 80);
  std::string request = "POST " + url.target + " HTTP/1.1\r\nHost: " + url.host_text() +
                        (is_own ? "" : ":" + std::to_string(port)) + "\r\nUser-Agent: Chancery/" +
                        std::string(version()) +
                        "\r\nAccept: application/json\r\nContent-Type: application/json\r\n"
                        "Content-Length: " +
                        std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n" + body;
  return run(std::move(address), port, std::move(url), std::move(request), limits);
}

asio::awaitable<Outcome> HttpExchange::run(ca::IpAddress address,
                                           std::uint16_t port,
                                           FetchUrl url,
                                           std::string request,
                                           ExchangeLimits limits) {
  const auto connection = std::make_shared<Connection>(co_await asio::this_coro::executor);
  const Closer closer(connection);
  connection->close_at(limits.connect_by);
  const tcp::endpoint endpoint = endpoint_of(address, port);
  const auto [error] = co_await connection->socket.async_connect(endpoint, kQuietly);
  throw_own_shortage(error, endpoint);
  if (error || connection->late()) {
    co_return fault(ExchangeStep::connect, connect_sentence(*connection, error));
  }
  connection->close_at(limits.answer_by);
  if (url.scheme == FetchScheme::http) {
    co_return co_await talk(connection->socket, connection, endpoint, std::move(request), limits);
  }
  asio::ssl::stream<tcp::socket&> stream(connection->socket, state_->tls);
  // RFC 6066 §3: names only; and only names are redirected to https.
  SSL_set_tlsext_host_name(stream.native_handle(), ca::value_of(url.host).c_str());
  if (state_->certificates == PeerCertificate::verified) {
    stream.set_verify_callback(asio::ssl::host_name_verification(ca::value_of(url.host)));
  }
  const auto [tls_error] =
      co_await stream.async_handshake(asio::ssl::stream_base::client, kQuietly);
  if (tls_error) {
    co_return fault(ExchangeStep::tls_handshake, connection->late()
                                                     ? "took too long over the TLS handshake"
                                                     : "failed the TLS handshake");
  }
  co_return co_await talk(stream, connection, endpoint, std::move(request), limits);
}

}  // namespace server
