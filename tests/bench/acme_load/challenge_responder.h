// Answers http-01 challenges (RFC 8555 §8.3) for every client of the load.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <string>
#include <unordered_map>

namespace tests {

/// Listens on loopback from construction on. Belongs to the one thread that runs `context`.
class ChallengeResponder {
 public:
  ChallengeResponder(boost::asio::io_context& context, std::uint16_t port);

  void answer(const std::string& token, std::string key_authorization);
  void forget(const std::string& token);

  /// Serves until `context` is stopped.
  boost::asio::awaitable<void> serve();

 private:
  boost::asio::awaitable<void> serve_one(boost::asio::ip::tcp::socket socket);

  boost::asio::ip::tcp::acceptor acceptor_;
  std::unordered_map<std::string, std::string> key_authorizations_;
};

}  // namespace tests
