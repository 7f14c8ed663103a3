// Runs one coroutine to its end on an io_context of this thread.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <utility>

namespace tests {

/// The result of `work`, or what it throws. Returns when the coroutine has ended.
template <class T>
T run(boost::asio::awaitable<T> work) {
  // It outlives every store of the test: the writer may still be inside post() when the coroutine
  // has ended already.
  static thread_local boost::asio::io_context context;
  context.restart();
  auto result = boost::asio::co_spawn(context, std::move(work), boost::asio::use_future);
  context.run();
  return result.get();
}

}  // namespace tests
