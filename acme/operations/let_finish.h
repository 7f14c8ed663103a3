// Waiting a moment for due work, so that most clients need not ask a second time.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <utility>

#include "acme/services.h"

namespace acme {

/// Has the piece, whose row is committed, taken up at once; returns when it has ended, at the
/// latest after `patience`. The row stays the authority: whoever loses patience polls the object.
inline boost::asio::awaitable<void> let_finish(Services& services,
                                               WorkKey piece,
                                               std::chrono::milliseconds patience) {
  if (services.finish_due_work) {
    auto finishing = services.finish_due_work(std::move(piece), patience);
    co_await std::move(finishing);
  } else if (services.wake_due_work) {
    services.wake_due_work();
  }
}

}  // namespace acme
