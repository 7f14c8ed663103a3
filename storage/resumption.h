// How the outcome of work on another thread reaches whoever waits for it.
#pragma once

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <utility>

namespace storage {

/// Brings an outcome back to where the caller lives: completion always goes through the handler's
/// own executor, which is kept busy meanwhile, and never runs on the thread that reports it.
template <class Handler>
class Resumption {
 public:
  explicit Resumption(Handler handler)
      : handler_{std::move(handler)}, busy_{boost::asio::get_associated_executor(handler_)} {}

  void operator()(std::exception_ptr failure) {
    // All goes with the post: once it has run, the caller's event loop may be gone, and this thread
    // must not touch it.
    const auto executor = busy_.get_executor();
    boost::asio::post(executor, [handler = std::move(handler_), busy = std::move(busy_),
                                 failure = std::move(failure)]() mutable {
      std::move(handler)(std::move(failure));
    });
  }

 private:
  Handler handler_;
  boost::asio::executor_work_guard<boost::asio::associated_executor_t<Handler>> busy_;
};

/// A thread that waits for an outcome. The exception is handed over whole: one that both threads
/// still held would be freed by whoever is last, behind the other's back for anything that watches
/// memory.
class BlockedCaller {
 public:
  void release(std::exception_ptr failure) {
    const std::lock_guard guard{mutex_};
    failure_ = std::move(failure);
    settled_ = true;
    changed_.notify_one();  // under the lock: the waiter may destroy this object as soon as it can
                            // leave wait()
  }

  /// Returns once released; throws what it was released with.
  void wait() {
    std::unique_lock guard{mutex_};
    changed_.wait(guard, [this] { return settled_; });
    if (std::exception_ptr failure = std::move(failure_))
      std::rethrow_exception(std::move(failure));
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::exception_ptr failure_;
  bool settled_ = false;
};

}  // namespace storage
