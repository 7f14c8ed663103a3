// One deadline that a connection moves on with every step.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <functional>
#include <memory>

namespace server {

/// Calls back once the deadline set last has passed. A deadline that is moved on before it passes
/// costs nothing: the timer behind it is set far more rarely than deadlines are. Everything happens
/// on `executor`, which runs one thing at a time.
class Watchdog {
 public:
  Watchdog(const boost::asio::any_io_executor& executor, std::function<void()> on_expiry);
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  /// The deadline is `limit` from now, whatever it was.
  void expires_after(std::chrono::milliseconds limit);
  /// No callback comes any more. Call before what the callback uses goes away.
  void stop();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace server
