// Durable writes per second: group commit against one commit per write, on the same engine and disk
// in one run.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <nlohmann/json.hpp>
#include <string>

#include "storage/key_codec.h"
#include "storage/lmdb_engine.h"
#include "storage/store.h"
#include "tests/bench/arguments.h"
#include "tests/support/temp_dir.h"

namespace {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

constexpr storage::TableName kOrders{"orders"};
constexpr storage::TableName kOrdersOfAccount{"orders_of_account"};
constexpr std::size_t kRecordBytes = 350;  // about an order
constexpr int kRounds = 2;  // taken in turns, so that a slow moment of the disk hits both sides

/// Writes a record and its index entry again and again until `end`; counts the durable ones.
asio::awaitable<void> wait_for_writes(storage::Store& store,
                                      unsigned waiter,
                                      Clock::time_point end,
                                      std::uint64_t& durable) {
  for (std::uint64_t number = 0; Clock::now() < end; ++number) {
    // Odd multiplier: spreads the keys as random ids would be spread.
    const std::uint64_t id = (number << 8 | waiter) * 0x9E3779B97F4A7C15U;
    auto written = store.write([id, waiter](storage::Transaction& transaction) {
      transaction.put(kOrders, storage::KeyWriter{}.number(id).take(),
                      std::string(kRecordBytes, 'r'));
      transaction.put(kOrdersOfAccount, storage::KeyWriter{}.number(waiter).number(id).take(), "");
    });
    co_await std::move(written);
    ++durable;
  }
}

struct Measured {
  std::uint64_t writes = 0;
  std::uint64_t commits = 0;
  double seconds = 0;
};

void measure(std::size_t max_batch,
             unsigned waiters,
             std::chrono::milliseconds time,
             Measured& sum) {
  const tests::TempDir dir;
  asio::io_context context;
  storage::Store store{storage::open_lmdb({.folder = dir / "store", .max_batch = max_batch})};
  std::exception_ptr failure;
  const auto begun = Clock::now();
  for (unsigned waiter = 0; waiter < waiters; ++waiter) {
    asio::co_spawn(context, wait_for_writes(store, waiter, begun + time, sum.writes),
                   [&](std::exception_ptr thrown) {
                     if (thrown) failure = std::move(thrown);
                   });
  }
  context.run();
  if (failure) std::rethrow_exception(failure);
  sum.seconds += std::chrono::duration<double>(Clock::now() - begun).count();
  sum.commits += store.status().commits;
}

nlohmann::json compare(unsigned waiters, std::chrono::milliseconds time) {
  constexpr std::size_t kGroup = 256;
  Measured group;
  Measured single;
  for (int round = 0; round < kRounds; ++round) {
    measure(kGroup, waiters, time / kRounds, group);
    measure(1, waiters, time / kRounds, single);
  }
  const double group_rate = static_cast<double>(group.writes) / group.seconds;
  const double single_rate = static_cast<double>(single.writes) / single.seconds;
  return {
      {"waiters", waiters},
      {"group_commit_writes_per_second", group_rate},
      {"single_commit_writes_per_second", single_rate},
      {"writes_per_commit", static_cast<double>(group.writes) / static_cast<double>(group.commits)},
      {"ratio", group_rate / single_rate}};
}

}  // namespace

int main(int count, char** words) {
  try {
    tests::Arguments arguments{count, words};
    const std::chrono::milliseconds time{arguments.number("milliseconds", 2000)};
    arguments.refuse_others();
    nlohmann::json results = nlohmann::json::array();
    for (const unsigned waiters : {1U, 8U, 64U}) results.push_back(compare(waiters, time));
    std::printf("%s\n", results.dump(2).c_str());
    return 0;
  } catch (const std::exception& fault) {
    std::fprintf(stderr, "bench_storage: %s\n", fault.what());
    return 1;
  }
}
