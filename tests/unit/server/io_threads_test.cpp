// One loop for each thread of I/O.
#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>

#include "server/io_threads.h"

namespace server {
namespace {

TEST(IoThreads, EachLoopHasAThreadOfItsOwn) {
  IoThreads threads(3);
  std::mutex mutex;
  std::set<std::thread::id> seen;
  for (int i = 0; i < 9; ++i) {
    boost::asio::post(threads.next(), [&] {
      const std::scoped_lock lock(mutex);
      seen.insert(std::this_thread::get_id());
    });
  }
  threads.release();
  threads.run();
  EXPECT_EQ(seen.size(), 3U);
}

TEST(IoThreads, TheFirstLoopRunsOnTheCallersThread) {
  IoThreads threads(2);
  std::thread::id seen;
  boost::asio::post(threads.first(), [&] { seen = std::this_thread::get_id(); });
  threads.release();
  threads.run();
  EXPECT_EQ(seen, std::this_thread::get_id());
}

TEST(IoThreads, NoneIsTakenForOne) {
  IoThreads threads(0);
  bool ran = false;
  boost::asio::post(threads.next(), [&] { ran = true; });
  threads.release();
  threads.run();
  EXPECT_TRUE(ran);
}

TEST(IoThreads, RunUntilTheyAreStopped) {
  IoThreads threads(2);
  boost::asio::post(threads.next(), [&] { threads.stop(); });
  threads.run();
}

TEST(IoThreads, AnExceptionOnTheCallersLoopEndsAllOfThem) {
  IoThreads threads(2);
  boost::asio::post(threads.first(), [] { throw std::runtime_error("a broken promise"); });
  EXPECT_THROW(threads.run(), std::runtime_error);
}

}  // namespace
}  // namespace server
