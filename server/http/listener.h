// Accepting connections and answering HTTP/1.1 on them.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "server/http/message.h"
#include "server/log/logger.h"

namespace server {

class TlsContext;

/// Limits of one listener. All are enforced before a handler sees anything.
struct HttpLimits {
  std::size_t connections = 10'000;
  std::size_t header_bytes = 8 * 1024;
  std::size_t body_bytes = 64 * 1024;
  std::chrono::seconds handshake{5};
  std::chrono::seconds header{10};     // from the first byte (or the accept) to the end of the header
  std::chrono::seconds body{20};
  std::chrono::seconds idle{60};       // between requests on a kept connection
  std::chrono::seconds handler{30};    // a handler that takes longer is cancelled; the client gets 503
  std::chrono::seconds drain{10};      // graceful stop: what is being answered may finish
};

struct ListenerOptions {
  std::string address;                  // "127.0.0.1:14000", "[::1]:0"
  std::vector<std::string> hosts;       // acceptable Host values; empty accepts the bound address and loopback names
  HttpLimits limits;
  std::shared_ptr<TlsContext> tls;      // null: plain HTTP
  std::string name;                     // for the log: "acme", "public"
};

/// One listening socket. Construct, start(), and stop() before destruction.
class Listener {
 public:
  /// Binds at once. Throws std::runtime_error with one sentence ("127.0.0.1:14000 is in use by another program …").
  Listener(boost::asio::any_io_executor executor, ListenerOptions options, HttpHandler handler, Logger& log);
  ~Listener();
  /// The port in use, also when 0 was asked for.
  [[nodiscard]] std::uint16_t port() const;
  /// Replaces the acceptable Host values; call before start().
  void accept_hosts(std::vector<std::string> hosts);
  void start();
  /// Stops accepting, lets answers in progress finish within `limits.drain`, closes the rest.
  boost::asio::awaitable<void> stop();
  [[nodiscard]] std::size_t open_connections() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace server
