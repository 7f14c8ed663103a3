// One connection: reads requests, has them answered, writes the answers.
#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/system/error_code.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "server/http/host_names.h"
#include "server/http/input_buffer.h"
#include "server/http/listener.h"
#include "server/http/message.h"
#include "server/http/refusal.h"
#include "server/http/request_head.h"
#include "server/http/request_ids.h"
#include "server/http/response_text.h"
#include "server/http/transport.h"
#include "server/http/watchdog.h"
#include "server/log/logger.h"

namespace server {

/// What all connections of one listener share. Immutable while they run.
struct ServiceTerms {
  std::string name;
  HttpLimits limits;
  HostNames hosts;
  HttpHandler handler;
  RefusalCompletion complete_refusal;  // may be empty
  BodyLimit body_limit;                // may be empty
  Logger& log;
  RequestIds request_ids{};
};

/// Made by the listener for each connection. Everything but drain(), abort(), close_if_idle() and
/// idle() runs on the executor it was given, which runs one thing at a time.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(std::unique_ptr<Transport> transport,
          boost::asio::any_io_executor executor,
          std::string peer,
          std::shared_ptr<ServiceTerms> terms);

  /// Serves the connection to its end. Spawn it on its executor with the slot of cancellation().
  boost::asio::awaitable<void> run();
  [[nodiscard]] boost::asio::cancellation_signal& cancellation() { return cancellation_; }

  // Safe from any thread; they take effect on the executor.
  /// The answer in progress is the last one; a connection that waits for a request is closed.
  void drain();
  /// Ends at once, in the middle of an answer too.
  void abort();
  void close_if_idle();
  [[nodiscard]] bool idle() const { return idle_.load(std::memory_order_relaxed); }
  /// When the last answer was sent, or the connection accepted.
  [[nodiscard]] std::chrono::steady_clock::time_point last_active() const {
    return std::chrono::steady_clock::time_point(
        std::chrono::steady_clock::duration(last_active_.load(std::memory_order_relaxed)));
  }

 private:
  enum class Arrival { complete, gone, broken, too_long };
  enum class Next { request, end };

  /// What is known of a request from its first byte on; the log line is made of it.
  struct Exchange {
    std::string request_id;
    std::string method;
    std::string path;
    std::string user_agent;
    std::chrono::steady_clock::time_point begun;
  };

  boost::asio::awaitable<bool> shake_hands();
  boost::asio::awaitable<Next> serve_one();
  boost::asio::awaitable<Arrival> receive_head();
  boost::asio::awaitable<boost::system::error_code> receive_more();
  boost::asio::awaitable<std::optional<std::string>> receive_body(std::size_t length,
                                                                  Expectation expectation);
  boost::asio::awaitable<HttpResponse> answer(HttpRequest request);
  boost::asio::awaitable<Next> refuse(Exchange exchange, Refusal refusal);
  boost::asio::awaitable<Next> send(Exchange exchange,
                                    HttpResponse response,
                                    BodySent body_sent,
                                    Persistence persistence);

  void on_deadline();
  HttpResponse refusal_response(const Refusal& refusal);
  HttpResponse response_to(const std::exception_ptr& failure,
                           std::string_view request_id,
                           std::string_view path);
  void log_exchange(const Exchange& exchange, const HttpResponse& response, std::size_t bytes);
  void log_incomplete(std::string_view phase, const boost::system::error_code& error);

  std::unique_ptr<Transport> transport_;
  boost::asio::any_io_executor executor_;
  std::string peer_;
  std::shared_ptr<ServiceTerms> terms_;
  InputBuffer input_;
  HeadScanner scanner_;
  std::string output_;
  boost::asio::cancellation_signal cancellation_;
  Watchdog deadline_;
  bool answering_ = false;  // the deadline is the handler's, otherwise the peer's
  bool overdue_ = false;    // a handler was given up
  bool draining_ = false;
  std::atomic<bool> idle_ = true;
  std::atomic<std::chrono::steady_clock::rep> last_active_ =
      std::chrono::steady_clock::now().time_since_epoch().count();
};

}  // namespace server
