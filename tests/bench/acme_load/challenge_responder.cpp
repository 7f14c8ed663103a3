#include "tests/bench/acme_load/challenge_responder.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/system/system_error.hpp>
#include <chrono>
#include <string_view>

namespace tests {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

constexpr std::string_view kChallengePath = "/.well-known/acme-challenge/";
constexpr std::chrono::seconds kDeadline{10};

}  // namespace

ChallengeResponder::ChallengeResponder(asio::io_context& context, std::uint16_t port)
    : acceptor_{context, {asio::ip::address_v4::loopback(), port}} {}

void ChallengeResponder::answer(const std::string& token, std::string key_authorization) {
  key_authorizations_[token] = std::move(key_authorization);
}

void ChallengeResponder::forget(const std::string& token) {
  key_authorizations_.erase(token);
}

asio::awaitable<void> ChallengeResponder::serve() {
  for (;;) {
    auto socket = co_await acceptor_.async_accept(asio::use_awaitable);
    asio::co_spawn(acceptor_.get_executor(), serve_one(std::move(socket)), asio::detached);
  }
}

asio::awaitable<void> ChallengeResponder::serve_one(asio::ip::tcp::socket socket) {
  boost::beast::tcp_stream stream{std::move(socket)};
  stream.expires_after(kDeadline);
  boost::beast::flat_buffer buffer;
  http::request<http::empty_body> request;
  try {
    co_await http::async_read(stream, buffer, request, asio::use_awaitable);
    const std::string_view target{request.target().data(), request.target().size()};
    http::response<http::string_body> response{http::status::not_found, 11};
    if (target.starts_with(kChallengePath)) {
      const std::string token{target.substr(kChallengePath.size())};
      if (const auto found = key_authorizations_.find(token); found != key_authorizations_.end()) {
        response.result(http::status::ok);
        response.body() = found->second;
      }
    }
    response.set(http::field::content_type, "application/octet-stream");
    response.keep_alive(false);
    response.prepare_payload();
    co_await http::async_write(stream, response, asio::use_awaitable);
  } catch (const boost::system::system_error&) {
    co_return;  // the validator went away; its verdict shows in the authorization
  }
}

}  // namespace tests
