// The threads of I/O: each runs an event loop of its own, so that what lives on one loop needs no
// lock and no strand, and waking it costs one system call at most.
#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <deque>
#include <vector>

namespace server {

class IoThreads {
 public:
  /// `count` loops, at least one; nothing runs before run().
  explicit IoThreads(std::size_t count);
  IoThreads(const IoThreads&) = delete;
  IoThreads& operator=(const IoThreads&) = delete;

  /// The loop that all things live on of which there is one. Runs one thing at a time.
  [[nodiscard]] boost::asio::any_io_executor first();
  /// The loops in turn; each runs one thing at a time. Safe from any thread.
  [[nodiscard]] boost::asio::any_io_executor next();

  /// Runs the first loop on this thread and each other one on a thread of its own, until release()
  /// was called and nothing is left to do, or until stop(). Throws std::system_error if the system
  /// refuses a thread; no loop runs any more then.
  void run();
  /// Lets run() end when the loops have nothing left to do. Safe from any thread.
  void release();
  /// Ends run() as soon as what is being done right now is done. Safe from any thread.
  void stop() noexcept;

 private:
  using Guard = boost::asio::executor_work_guard<boost::asio::io_context::executor_type>;

  std::deque<boost::asio::io_context> loops_;
  std::deque<Guard> guards_;
  std::atomic<std::size_t> turn_ = 0;
};

}  // namespace server
