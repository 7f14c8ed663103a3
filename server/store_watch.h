// Seeing a store that has died while the server runs.
#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <filesystem>

#include "server/log/logger.h"
#include "storage/store.h"

namespace server {

/// Looks once a second. Lives on one executor; what it is given outlives it.
class StoreWatch {
 public:
  StoreWatch(boost::asio::any_io_executor executor,
             storage::Store& store,
             std::filesystem::path path,
             Logger& log);

  /// Until stop(). Throws std::runtime_error once the store has died: a failed commit leaves one
  /// that answers reads and 503, and only a restart can tell what is on the disk.
  boost::asio::awaitable<void> run();
  /// On the executor. Calling it again changes nothing.
  void stop();

 private:
  boost::asio::awaitable<void> probe();

  boost::asio::steady_timer timer_;
  storage::Store& store_;
  std::filesystem::path path_;
  Logger& log_;
  std::atomic<bool> stopping_ = false;
};

}  // namespace server
