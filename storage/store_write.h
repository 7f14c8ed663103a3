// How Store::write hands work to the engine and comes back to its caller. Included by store.h only.
#pragma once

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <condition_variable>
#include <exception>
#include <expected>
#include <memory>
#include <mutex>

#include "storage/store.h"

namespace storage {

template <class T>
inline constexpr bool is_expected = false;
template <class T, class E>
inline constexpr bool is_expected<std::expected<T, E>> = true;

/// Holds what the last run of a piece of work returned until its caller takes it. The writer's
/// thread fills it before the engine reports the outcome; the caller empties it after.
template <class Result>
class WorkResult {
 public:
  static_assert(!std::is_reference_v<Result>, "work returns a value: no view survives it");

  template <class Work>
  Verdict run(Work& work, Transaction& transaction) {
    value_.emplace(work(transaction));
    if constexpr (is_expected<Result>) {
      if (!value_->has_value()) return Verdict::discard;
    }
    return Verdict::keep;
  }
  Result take() { return std::move(*value_); }

 private:
  std::optional<Result> value_;
};

template <>
class WorkResult<void> {
 public:
  template <class Work>
  Verdict run(Work& work, Transaction& transaction) {
    work(transaction);
    return Verdict::keep;
  }
  void take() {}
};

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

/// Submits `work` and completes `token` with void(std::exception_ptr), null once the work is
/// durable. Refusals of submit() arrive the same way: an exception leaving the initiation would
/// tear down the caller's event loop.
template <class CompletionToken>
auto submit_and_resume(Engine& engine, Engine::WriteWork work, CompletionToken&& token) {
  return boost::asio::async_initiate<CompletionToken, void(std::exception_ptr)>(
      [&engine](auto handler, Engine::WriteWork queued) {
        // Shared, because submit() may throw after its argument has been moved away.
        auto resume = std::make_shared<Resumption<decltype(handler)>>(std::move(handler));
        try {
          engine.submit(std::move(queued),
                        [resume](std::exception_ptr failure) { (*resume)(std::move(failure)); });
        } catch (...) {
          (*resume)(std::current_exception());
        }
      },
      token, std::move(work));
}

template <class Work>
boost::asio::awaitable<std::invoke_result_t<Work&, Transaction&>> Store::write(Work work) {
  auto result = std::make_shared<WorkResult<std::invoke_result_t<Work&, Transaction&>>>();
  Engine::WriteWork queued = [work = std::move(work), result](Transaction& transaction) mutable {
    return result->run(work, transaction);
  };
  auto durable = submit_and_resume(*engine_, std::move(queued), boost::asio::use_awaitable);
  co_await std::move(durable);
  co_return result->take();
}

template <class Work>
std::invoke_result_t<Work&, Transaction&> Store::write_and_wait(Work work) {
  WorkResult<std::invoke_result_t<Work&, Transaction&>> result;
  BlockedCaller caller;
  engine_->submit([&](Transaction& transaction) { return result.run(work, transaction); },
                  [&](std::exception_ptr failure) { caller.release(std::move(failure)); });
  caller.wait();
  return result.take();
}

}  // namespace storage
