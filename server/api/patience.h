// Looking for something over the network while a client waits.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <exception>
#include <optional>
#include <string>
#include <utility>

#include "policy/fault.h"

namespace server::api {

/// Shorter than http.handler_timeout is unless somebody changes it, so that whoever asked is told
/// what took so long.
inline constexpr std::chrono::seconds kPatience{25};

/// What became of it when it is over, or was given up.
template <class T>
struct Asked {
  std::optional<T> answer = {};
  std::exception_ptr fault = {};
};

/// Fills `asked`. Keeps exceptions, because a failed half of `||` would wait for the other one.
template <class T>
boost::asio::awaitable<void> keep(boost::asio::awaitable<T> asking, Asked<T>& asked) {
  try {
    asked.answer = co_await std::move(asking);
  } catch (...) {
    asked.fault = std::current_exception();
  }
}

/// What `asking` comes to, or throws; refuses with state_conflict what takes longer, and gives it
/// up.
template <class T>
boost::asio::awaitable<policy::Allowed<T>> within(boost::asio::awaitable<T> asking,
                                                  std::chrono::milliseconds patience = kPatience) {
  using boost::asio::experimental::awaitable_operators::operator||;
  Asked<T> asked;
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, patience);
  auto keeping = keep(std::move(asking), asked);
  auto waiting = timer.async_wait(boost::asio::use_awaitable);
  auto first = std::move(keeping) || std::move(waiting);
  const auto winner = co_await std::move(first);
  if (winner.index() == 1) {
    co_return policy::Refused({policy::FaultCode::state_conflict,
                               "Others took longer than " + std::to_string(patience.count()) +
                                   " ms to answer; try again."});
  }
  if (asked.fault) std::rethrow_exception(asked.fault);
  co_return *std::move(asked.answer);
}

}  // namespace server::api
