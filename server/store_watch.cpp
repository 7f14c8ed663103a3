#include "server/store_watch.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <stdexcept>
#include <string>
#include <utility>

namespace server {

namespace asio = boost::asio;

StoreWatch::StoreWatch(asio::any_io_executor executor,
                       storage::Store& store,
                       std::filesystem::path path,
                       Logger& log)
    : timer_(std::move(executor)), store_(store), path_(std::move(path)), log_(log) {}

/// Refusing can also mean a full disk, which mends itself. A write tells the two apart.
asio::awaitable<void> StoreWatch::probe() {
  const auto nothing = [](storage::Transaction&) { return true; };
  try {
    asio::awaitable<bool> probing = store_.write(nothing);
    co_await std::move(probing);
  } catch (const storage::StoreDead& death) {
    log_.record(acme::Severity::error, "store.dead", {{"reason", death.what()}});
    throw std::runtime_error("the store refuses writes since a commit failed (" +
                             std::string(death.what()) + "); check the disk that holds " +
                             path_.string() + " and restart");
  } catch (const storage::StorageError&) {
    co_return;
  }
}

asio::awaitable<void> StoreWatch::run() {
  constexpr std::chrono::seconds kInterval{1};
  while (!stopping_) {
    timer_.expires_after(kInterval);
    co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
    if (!stopping_ && !store_.status().accepts_writes) co_await probe();
  }
}

void StoreWatch::stop() {
  stopping_ = true;
  timer_.cancel();
}

}  // namespace server
