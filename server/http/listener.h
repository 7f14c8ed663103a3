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
#include "server/http/request_head.h"
#include "server/log/logger.h"

namespace server {

class TlsContext;

/// Limits of one listener. All are enforced before a handler sees anything.
struct HttpLimits {
  std::size_t connections =
      10'000;  // beyond it the one idle for longest makes room; none idle: it waits
  std::size_t header_bytes = 8 * 1024;
  std::size_t body_bytes = 64 * 1024;
  std::chrono::milliseconds handshake = std::chrono::seconds(5);
  std::chrono::milliseconds header =
      std::chrono::seconds(10);  // from the first byte (or the accept) to its end
  std::chrono::milliseconds body =
      std::chrono::seconds(20);  // reading a body; also the client taking our answer
  std::chrono::milliseconds idle =
      std::chrono::seconds(60);  // between requests on a kept connection
  std::chrono::milliseconds handler =
      std::chrono::seconds(30);  // longer is cancelled; the client gets 503
  std::chrono::milliseconds drain =
      std::chrono::seconds(10);  // graceful stop: what is being answered may finish
};

struct ListenerOptions {
  std::string address;  // "127.0.0.1:14000", "[::1]:0"
  std::vector<std::string>
      hosts;  // acceptable Host values; empty accepts the bound address and loopback names
  HttpLimits limits;
  std::shared_ptr<TlsContext> tls;  // null: plain HTTP
  std::string name;                 // for the log: "acme", "public"
};

/// Returns an executor that runs one thing at a time, a different one in each call if there are
/// several.
using SerialExecutors = std::function<boost::asio::any_io_executor()>;

/// One listening socket. Construct, start(), and stop() before destruction.
class Listener {
 public:
  /// Binds at once. Throws std::runtime_error with one sentence ("127.0.0.1:14000 is in use by
  /// another program …"). Accepts on `executor`, which runs one thing at a time; each connection
  /// lives on the executor that `next_executor` returns for it.
  Listener(boost::asio::any_io_executor executor,
           SerialExecutors next_executor,
           ListenerOptions options,
           HttpHandler handler,
           Logger& log);
  ~Listener();
  /// The port in use, also when 0 was asked for.
  [[nodiscard]] std::uint16_t port() const;
  /// Replaces the acceptable Host values; call before start().
  void accept_hosts(std::vector<std::string> hosts);
  /// Completes the refusals this listener makes by itself; call before start(). Without it they
  /// carry nothing extra.
  void complete_refusals(RefusalCompletion completion);
  /// Asks `limit` how large a body may be, once the head of a request is read; call before start().
  void limit_bodies(BodyLimit limit);
  void start();
  /// Stops accepting, lets answers in progress finish within `limits.drain`, closes the rest.
  boost::asio::awaitable<void> stop();
  [[nodiscard]] std::size_t open_connections() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace server
