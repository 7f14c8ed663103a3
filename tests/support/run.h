// Runs one coroutine to its end on an io_context of this thread.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <deque>
#include <utility>

namespace tests {

/// The result of `work`, or what it throws. Returns when the coroutine has ended. What runs inside
/// may call it again: an inner call has an event loop of its own.
template <class T>
T run(boost::asio::awaitable<T> work) {
  // The loops outlive every store of the test: the writer may still be inside post() when the
  // coroutine has ended already.
  static thread_local std::deque<boost::asio::io_context> loops;
  static thread_local std::size_t depth = 0;
  struct Nested {
    Nested() { ++depth; }
    ~Nested() { --depth; }
  } nested;
  if (loops.size() < depth) loops.emplace_back();
  boost::asio::io_context& loop = loops[depth - 1];
  loop.restart();
  auto result = boost::asio::co_spawn(loop, std::move(work), boost::asio::use_future);
  loop.run();
  return result.get();
}

}  // namespace tests
