// Store::write as coroutines see it.
#include "storage/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>
#include <expected>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/temp_store.h"

namespace storage {
namespace {

namespace asio = boost::asio;
using testing::ThrowsMessage;

constexpr TableName kRows{"rows"};

std::optional<std::string> get(const Store& store, const std::string& key) {
  return store.read([&](const Snapshot& snapshot) { return snapshot.get(kRows, key); });
}

/// A store and the event loop of its callers, which outlives it as Store asks.
class StoreWrite : public testing::Test {
 protected:
  template <class T>
  T run(asio::awaitable<T> work) {
    context_.restart();
    auto result = asio::co_spawn(context_, std::move(work), asio::use_future);
    context_.run();  // returns only after the caller has been resumed: waiting counts as work
    return result.get();
  }

  asio::io_context context_;
  tests::TempStore store_;
};

/// Puts a row and answers with `answer`.
template <class Answer>
auto put_and_answer(std::string key, Answer answer) {
  return [key = std::move(key), answer = std::move(answer)](Transaction& transaction) {
    transaction.put(kRows, key, "v");
    return answer;
  };
}

TEST_F(StoreWrite, HandsBackWhatTheWorkReturned) {
  EXPECT_EQ(run(store_->write(put_and_answer("k", std::string("answer")))), "answer");
  EXPECT_EQ(get(*store_, "k"), "v");
}

TEST_F(StoreWrite, TakesWorkThatReturnsNothing) {
  run(store_->write([](Transaction& transaction) { transaction.put(kRows, "k", "v"); }));
  EXPECT_EQ(get(*store_, "k"), "v");
}

TEST_F(StoreWrite, TakesWorkAndResultsThatOnlyMove) {
  auto captured = std::make_unique<std::string>("captured");
  auto work = [captured = std::move(captured)](Transaction& transaction) {
    transaction.put(kRows, "k", *captured);
    return std::make_unique<int>(7);
  };
  EXPECT_EQ(*run(store_->write(std::move(work))), 7);
  EXPECT_EQ(get(*store_, "k"), "captured");
}

TEST_F(StoreWrite, ExpectedWithAValueIsKept) {
  const std::expected<int, std::string> success{5};
  EXPECT_EQ(run(store_->write(put_and_answer("k", success))), success);
  EXPECT_EQ(get(*store_, "k"), "v");
  EXPECT_EQ(store_->write_and_wait(put_and_answer("k2", success)), success);
  EXPECT_EQ(get(*store_, "k2"), "v");
}

TEST_F(StoreWrite, ExpectedWithoutAValueIsHandedBackAndUndone) {
  const std::expected<int, std::string> refusal{std::unexpect, "refused"};
  EXPECT_EQ(run(store_->write(put_and_answer("k", refusal))), refusal);
  EXPECT_EQ(store_->write_and_wait(put_and_answer("k", refusal)), refusal);
  const std::expected<void, std::string> empty_refusal{std::unexpect, "refused"};
  EXPECT_EQ(run(store_->write(put_and_answer("k", empty_refusal))).error(), "refused");
  EXPECT_EQ(get(*store_, "k"), std::nullopt);
  EXPECT_EQ(store_->status().commits, 0U);
}

TEST_F(StoreWrite, ThrowsWhatTheWorkThrows) {
  const auto work = [](Transaction& transaction) -> int {
    transaction.put(kRows, "k", "v");
    throw std::out_of_range("thrown by the work");
  };
  EXPECT_THAT([&] { run(store_->write(work)); },
              ThrowsMessage<std::out_of_range>("thrown by the work"));
  EXPECT_THAT([&] { store_->write_and_wait(work); },
              ThrowsMessage<std::out_of_range>("thrown by the work"));
  EXPECT_EQ(get(*store_, "k"), std::nullopt);
}

TEST_F(StoreWrite, RefusalToQueueReachesTheCallerAsAnException) {
  tests::TempStore closed{LmdbOptions{.max_queued = 0}};
  EXPECT_THROW(run(closed->write([](Transaction&) {})), StoreBusy);
  EXPECT_THROW(closed->write_and_wait([](Transaction&) {}), StoreBusy);
}

TEST_F(StoreWrite, RunsOnTheWritersThreadAndResumesOnTheCallersExecutor) {
  std::thread::id worked;
  std::thread::id resumed;
  auto caller = [](Store& to, std::thread::id& work_thread,
                   std::thread::id& resume_thread) -> asio::awaitable<void> {
    auto write = to.write([](Transaction&) { return std::this_thread::get_id(); });
    work_thread = co_await std::move(write);
    resume_thread = std::this_thread::get_id();
  };
  run(caller(*store_, worked, resumed));
  EXPECT_EQ(resumed, std::this_thread::get_id());
  EXPECT_NE(worked, std::this_thread::get_id());
  EXPECT_NE(worked, std::thread::id{});
}

TEST_F(StoreWrite, ResumesEachCallerOnItsOwnStrand) {
  asio::thread_pool pool{3};
  tests::TempStore store;  // destroyed before the pool its callers ran on
  std::vector<asio::strand<asio::thread_pool::executor_type>> strands;
  std::vector<std::future<int>> wrong;
  auto caller = [](Store& to, asio::strand<asio::thread_pool::executor_type> own,
                   int number) -> asio::awaitable<int> {
    int outside = 0;
    for (int i = 0; i < 50; ++i) {
      auto write = to.write([=](Transaction& transaction) {
        transaction.put(kRows, std::to_string(number) + "/" + std::to_string(i), "v");
      });
      co_await std::move(write);
      outside += own.running_in_this_thread() ? 0 : 1;
    }
    co_return outside;
  };
  for (int number = 0; number < 8; ++number) strands.push_back(asio::make_strand(pool));
  for (int number = 0; number < 8; ++number) {
    auto& strand = strands[static_cast<std::size_t>(number)];
    wrong.push_back(asio::co_spawn(strand, caller(*store, strand, number), asio::use_future));
  }
  for (std::future<int>& outside : wrong) EXPECT_EQ(outside.get(), 0);
  pool.join();
  EXPECT_EQ(store->status().committed_writes, 400U);
}

TEST_F(StoreWrite, ReadHandsBackValuesAndExceptions) {
  EXPECT_EQ(store_->read([](const Snapshot&) { return 7; }), 7);
  EXPECT_THROW(store_->read([](const Snapshot&) { throw std::out_of_range("thrown by the work"); }),
               std::out_of_range);
}

}  // namespace
}  // namespace storage
