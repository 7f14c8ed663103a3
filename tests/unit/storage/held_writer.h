// Keeps the writer busy, so that what is submitted meanwhile shares its next batch.
#pragma once

#include <exception>
#include <future>
#include <memory>
#include <string>
#include <utility>

#include "storage/engine.h"
#include "storage/store.h"

namespace tests {

/// Holds the writer inside a piece of work from construction until release().
class HeldWriter {
 public:
  explicit HeldWriter(storage::Engine& engine) {
    std::future<void> entered = entered_.get_future();
    engine.submit(
        [this](storage::Transaction&) {
          entered_.set_value();
          released_.get_future().wait();
          return storage::Verdict::discard;
        },
        [](std::exception_ptr) {});
    entered.wait();
  }
  void release() { released_.set_value(); }

 private:
  std::promise<void> entered_;
  std::promise<void> released_;
};

/// The outcome of a submitted piece of work: get() returns when it is durable and throws what went
/// wrong.
class Outcome {
 public:
  void get() { caller_->wait(); }

 private:
  friend Outcome submit(storage::Engine& engine, storage::Engine::WriteWork work);
  std::shared_ptr<storage::BlockedCaller> caller_ = std::make_shared<storage::BlockedCaller>();
};

inline Outcome submit(storage::Engine& engine, storage::Engine::WriteWork work) {
  Outcome outcome;
  engine.submit(std::move(work), [caller = outcome.caller_](std::exception_ptr failure) {
    caller->release(std::move(failure));
  });
  return outcome;
}

/// Work that puts one row and keeps it.
inline storage::Engine::WriteWork put_row(storage::TableName table,
                                          std::string key,
                                          std::string value) {
  return [=](storage::Transaction& transaction) {
    transaction.put(table, key, value);
    return storage::Verdict::keep;
  };
}

}  // namespace tests
