// The deadline of a connection: it moves, it strikes once, it can be stopped.
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <optional>

#include "server/http/watchdog.h"

namespace server {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

TEST(Watchdog, StrikesOnceWhenTheDeadlineHasPassed) {
  boost::asio::io_context loop;
  int strikes = 0;
  Watchdog watchdog(loop.get_executor(), [&] { ++strikes; });
  watchdog.expires_after(milliseconds(1));
  loop.run();
  EXPECT_EQ(strikes, 1);
}

TEST(Watchdog, AnEarlierDeadlineReplacesALaterOne) {
  boost::asio::io_context loop;
  int strikes = 0;
  Watchdog watchdog(loop.get_executor(), [&] { ++strikes; });
  watchdog.expires_after(hours(1));
  watchdog.expires_after(milliseconds(1));
  loop.run();
  EXPECT_EQ(strikes, 1);
}

TEST(Watchdog, ALaterDeadlineReplacesAnEarlierOne) {
  boost::asio::io_context loop;
  int strikes = 0;
  std::optional<Watchdog> watchdog(std::in_place, loop.get_executor(), [&] { ++strikes; });
  watchdog->expires_after(milliseconds(1));
  watchdog->expires_after(hours(1));
  loop.run_one();  // the timer of the first deadline ends and finds another one
  EXPECT_EQ(strikes, 0);
  watchdog->stop();
  loop.run();
  EXPECT_EQ(strikes, 0);
}

TEST(Watchdog, MayBeStoppedByWhatItCalls) {
  boost::asio::io_context loop;
  int strikes = 0;
  std::optional<Watchdog> watchdog;
  watchdog.emplace(loop.get_executor(), [&] {
    ++strikes;
    watchdog->stop();
  });
  watchdog->expires_after(milliseconds(1));
  loop.run();
  EXPECT_EQ(strikes, 1);
}

TEST(Watchdog, CallsNobodyOnceItIsGone) {
  boost::asio::io_context loop;
  int strikes = 0;
  {
    Watchdog watchdog(loop.get_executor(), [&] { ++strikes; });
    watchdog.expires_after(milliseconds(1));
  }
  loop.run();
  EXPECT_EQ(strikes, 0);
}

}  // namespace
}  // namespace server
