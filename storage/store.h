// The store: snapshots to read from, and one durable commit for many writers.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <exception>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "storage/engine.h"
#include "storage/storage_error.h"
#include "storage/transaction.h"

namespace storage {

/// Durable, transactional storage. Safe to use from any thread. Owned by the application; outlives
/// every coroutine that uses it, and is destroyed before the executors they ran on: the writer's
/// thread posts to them.
///
/// A protocol step is one `write`: its objects, indexes, audit entries and next due work commit
/// together or not at all.
class Store {
 public:
  /// Takes ownership of an opened engine.
  explicit Store(std::unique_ptr<Engine> engine) : engine_(std::move(engine)) {}

  /// Runs `work(const Snapshot&)` inline and returns its result (which must not refer into the
  /// snapshot). Costs microseconds. Throws StorageError if the engine fails, and whatever `work`
  /// throws.
  template <class Work>
  std::invoke_result_t<Work, const Snapshot&> read(Work&& work) const {
    using Result = std::invoke_result_t<Work, const Snapshot&>;
    if constexpr (std::is_void_v<Result>) {
      engine_->read([&](const Snapshot& snapshot) { work(snapshot); });
    } else {
      std::optional<Result> result;
      engine_->read([&](const Snapshot& snapshot) { result.emplace(work(snapshot)); });
      return std::move(*result);
    }
  }

  /// Queues `work(Transaction&)` for the writer and resumes the caller, on its own executor, once
  /// the result is on disk.
  ///
  /// Work queued together shares one fsync. If `work` throws, or returns a `std::expected` without
  /// a value, its own changes are undone and the caller gets the exception or the error; the others
  /// in the batch are not touched. `work` runs on the writer's thread, possibly more than once: it
  /// captures by value, does no I/O, and takes the time as a capture. Throws StoreBusy when too
  /// much is queued, StoreDead after a failed commit, and StorageError if this very commit fails
  /// (the outcome is then unknown and the store is dead).
  template <class Work>
  boost::asio::awaitable<std::invoke_result_t<Work&, Transaction&>> write(Work work);

  /// The same, blocking the calling thread. For start-up, command-line tools and tests; never on an
  /// I/O thread.
  template <class Work>
  std::invoke_result_t<Work&, Transaction&> write_and_wait(Work work);

  /// Writes a consistent copy of the whole store into the empty or absent folder `target` while the
  /// store serves.
  void backup(const std::filesystem::path& target) const { engine_->backup(target); }

  /// Numbers for health and metrics. Cheap enough for every request.
  [[nodiscard]] EngineStatus status() const { return engine_->status(); }

  /// Whether only what is under way should still be written: callers refuse to begin anything new,
  /// and the store itself takes every write until there is no room at all.
  [[nodiscard]] bool is_low_on_room() const { return status().low_on_room; }

 private:
  std::unique_ptr<Engine> engine_;
};

}  // namespace storage

#include "storage/store_write.h"  // the two templates above
