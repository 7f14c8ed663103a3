#include "server/http/watchdog.h"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <utility>

namespace server {
namespace {

using Clock = std::chrono::steady_clock;

/// The timer never runs for longer, so that a new deadline that lies further ahead is always behind
/// the timer's end and leaves it alone.
constexpr std::chrono::seconds kLongestRun{2};

}  // namespace

struct Watchdog::State : std::enable_shared_from_this<State> {
  State(const boost::asio::any_io_executor& executor, std::function<void()> action)
      : timer(executor), on_expiry(std::move(action)) {}

  void run_until(Clock::time_point end);
  void on_timer();

  boost::asio::steady_timer timer;
  std::function<void()> on_expiry;
  Clock::time_point deadline = Clock::time_point::max();
  Clock::time_point timer_ends = Clock::time_point::max();
};

void Watchdog::State::run_until(Clock::time_point end) {
  timer_ends = end;
  timer.expires_at(end);
  timer.async_wait([weak = weak_from_this()](boost::system::error_code error) {
    if (error) return;
    if (const auto state = weak.lock()) state->on_timer();
  });
}

void Watchdog::State::on_timer() {
  timer_ends = Clock::time_point::max();
  if (!on_expiry) return;
  const Clock::time_point now = Clock::now();
  if (now < deadline) return run_until(std::min(deadline, now + kLongestRun));
  deadline = Clock::time_point::max();
  const std::function<void()> action = on_expiry;  // which may call stop()
  action();
}

Watchdog::Watchdog(const boost::asio::any_io_executor& executor, std::function<void()> on_expiry)
    : state_(std::make_shared<State>(executor, std::move(on_expiry))) {}

void Watchdog::expires_after(std::chrono::milliseconds limit) {
  const Clock::time_point now = Clock::now();
  state_->deadline = now + limit;
  const Clock::time_point end = std::min(state_->deadline, now + kLongestRun);
  if (end < state_->timer_ends) state_->run_until(end);
}

void Watchdog::stop() {
  state_->on_expiry = nullptr;
  state_->timer.cancel();
}

}  // namespace server
