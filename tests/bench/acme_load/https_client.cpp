#include "tests/bench/acme_load/https_client.h"

#include <openssl/ssl.h>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <chrono>
#include <stdexcept>

namespace tests {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

constexpr std::chrono::seconds kDeadline{10};
constexpr std::chrono::seconds kFarewell{1};

}  // namespace

Origin origin_of(std::string_view url) {
  constexpr std::string_view kScheme = "https://";
  if (!url.starts_with(kScheme)) throw std::runtime_error("not an https URL: " + std::string(url));
  const std::string_view authority =
      url.substr(kScheme.size(), url.find('/', kScheme.size()) - kScheme.size());
  const std::size_t colon = authority.rfind(':');
  Origin origin{.host = std::string(authority.substr(0, colon)), .port = "443", .text = {}};
  if (colon != authority.npos) origin.port = authority.substr(colon + 1);
  origin.text = std::string(kScheme) + std::string(authority);
  return origin;
}

HttpsClient::HttpsClient(const asio::any_io_executor& executor,
                         asio::ssl::context& tls,
                         Origin origin,
                         Traffic& traffic)
    : origin_{std::move(origin)}, traffic_{traffic}, stream_{executor, tls} {}

asio::awaitable<void> HttpsClient::connect(asio::ip::tcp::endpoint server) {
  auto& transport = boost::beast::get_lowest_layer(stream_);
  transport.expires_after(kDeadline);
  co_await transport.async_connect(server, asio::use_awaitable);
  transport.socket().set_option(asio::ip::tcp::no_delay{true});
  SSL_set_tlsext_host_name(stream_.native_handle(), origin_.host.c_str());
  stream_.set_verify_callback(asio::ssl::host_name_verification{origin_.host});
  co_await stream_.async_handshake(asio::ssl::stream_base::client, asio::use_awaitable);
  ++traffic_.handshakes;
}

asio::awaitable<HttpAnswer> HttpsClient::send(http::verb method,
                                              std::string url,
                                              std::string body) {
  if (!url.starts_with(origin_.text)) throw std::runtime_error("a URL of another origin: " + url);
  http::request<http::string_body> request{method, url.substr(origin_.text.size()), 11};
  request.set(http::field::host, origin_.host + ":" + origin_.port);
  request.set(http::field::user_agent, "chancery-bench");
  if (method == http::verb::post) {
    request.set(http::field::content_type, "application/jose+json");
    request.body() = std::move(body);
    request.prepare_payload();
  }
  boost::beast::get_lowest_layer(stream_).expires_after(kDeadline);
  traffic_.request_bytes += co_await http::async_write(stream_, request, asio::use_awaitable);
  http::response_parser<http::string_body> parser;
  parser.skip(method == http::verb::head);
  traffic_.response_bytes +=
      co_await http::async_read(stream_, buffer_, parser, asio::use_awaitable);
  ++traffic_.requests;
  auto& response = parser.get();
  HttpAnswer answer{.status = response.result_int(),
                    .body = std::move(response.body()),
                    .location = std::string(response[http::field::location]),
                    .nonce = std::string(response["Replay-Nonce"]),
                    .retry_after = std::string(response[http::field::retry_after])};
  co_return answer;
}

asio::awaitable<void> HttpsClient::close() {
  auto& transport = boost::beast::get_lowest_layer(stream_);
  transport.expires_after(kFarewell);
  boost::system::error_code ignored;  // the server may have gone first
  co_await stream_.async_shutdown(asio::redirect_error(asio::use_awaitable, ignored));
  transport.close();
}

}  // namespace tests
