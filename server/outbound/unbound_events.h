// The event loop libunbound runs on: its pluggable event base, over Asio.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>

struct ub_event_base;

namespace server {

/// Waits for libunbound's sockets and timers on an executor and calls it back there, so that a
/// look-up costs no thread and no pipe. Every member function and every call into libunbound must
/// run on `strand`, except construction and destruction.
class UnboundEvents {
 public:
  /// `strand` must run one handler at a time.
  explicit UnboundEvents(boost::asio::any_io_executor strand);
  /// After the libunbound context that uses it.
  ~UnboundEvents();
  UnboundEvents(const UnboundEvents&) = delete;
  UnboundEvents& operator=(const UnboundEvents&) = delete;

  /// For ub_ctx_create_ub_event. Belongs to this object.
  [[nodiscard]] ub_event_base* base();
  /// `owner` is kept alive while libunbound runs, and `after_event` is called when it is done.
  /// Nothing happens any more once the owner is gone.
  void watch(std::weak_ptr<void> owner, std::function<void()> after_event);
  /// Waits for nothing until resume(), so that nothing of libunbound keeps an io_context running.
  /// Timers go on: those that ran out meanwhile fire at once. Starts suspended.
  void suspend();
  void resume();

  struct State;  // known to the .cpp file alone

 private:
  std::unique_ptr<State> state_;
};

}  // namespace server
