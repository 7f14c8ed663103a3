#include "server/io_threads.h"

#include <algorithm>
#include <thread>

namespace server {

IoThreads::IoThreads(std::size_t count) {
  constexpr int kOneThread = 1;  // lets Asio leave out what only several threads of one loop need
  for (std::size_t i = 0; i < std::max<std::size_t>(count, 1); ++i) {
    loops_.emplace_back(kOneThread);
    guards_.emplace_back(loops_.back().get_executor());
  }
}

boost::asio::any_io_executor IoThreads::first() {
  return loops_.front().get_executor();
}

boost::asio::any_io_executor IoThreads::next() {
  return loops_[turn_.fetch_add(1, std::memory_order_relaxed) % loops_.size()].get_executor();
}

void IoThreads::run() {
  std::vector<std::jthread> threads;  // joined on every way out
  try {
    for (std::size_t i = 1; i < loops_.size(); ++i) {
      threads.emplace_back([&loop = loops_[i]] { loop.run(); });
    }
    loops_.front().run();
  } catch (...) {
    stop();
    throw;
  }
}

void IoThreads::release() {
  for (Guard& guard : guards_) guard.reset();
}

void IoThreads::stop() noexcept {
  for (boost::asio::io_context& loop : loops_) loop.stop();
}

}  // namespace server
