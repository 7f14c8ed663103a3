// The one writer: many pieces of work, each in a transaction of its own, and one durable commit for
// all of them.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "storage/engine.h"
#include "storage/lmdb_environment.h"
#include "storage/lmdb_rows.h"
#include "storage/table_catalogue.h"

namespace storage {

/// Takes whatever is queued, runs it, commits it, reports it; then takes what has been queued
/// meanwhile. After a batch of several it waits a moment for as many to come again, because a
/// commit costs nearly the same for one as for ten; a caller who is alone never waits for others.
class GroupCommit {
 public:
  struct Limits {
    std::size_t max_batch = 0;
    std::size_t max_queued = 0;
    std::chrono::microseconds gathering{};
    std::chrono::milliseconds room_interval{};
  };

  /// Starts the writer's thread. Both references outlive this object.
  GroupCommit(const LmdbEnvironment& environment, TableCatalogue& catalogue, const Limits& limits);

  /// Commits and reports everything queued, then ends the thread.
  ~GroupCommit();
  GroupCommit(const GroupCommit&) = delete;
  GroupCommit& operator=(const GroupCommit&) = delete;

  /// See Engine::submit.
  void submit(Engine::WriteWork work, Engine::Done done);

  /// See Engine::status.
  [[nodiscard]] EngineStatus status() const;

 private:
  struct Job {
    Engine::WriteWork work;
    Engine::Done done;
    std::exception_ptr failure;
    Verdict verdict = Verdict::discard;
    std::uint64_t written_bytes = 0;
    bool has_changed = false;  // something that its verdict may want undone
  };

  void run();
  [[nodiscard]] std::vector<Job> take_batch();
  void gather(std::unique_lock<std::mutex>& guard);
  Room measure_room();
  void watch_room();
  void finish(std::span<Job> jobs);

  [[nodiscard]] std::size_t commit_some(std::span<Job> jobs);
  [[nodiscard]] std::optional<std::size_t> run_together(MDB_txn* transaction,
                                                        std::span<Job> jobs,
                                                        const WriteLimits& limits);
  [[nodiscard]] std::size_t run_apart(MDB_txn* parent,
                                      std::span<Job> jobs,
                                      const WriteLimits& limits);
  void run_work(MDB_txn* transaction, Job& job, const WriteLimits& limits);
  void commit(MDB_txn* parent, std::span<Job> jobs);
  void die(std::span<Job> jobs, const std::string& reason);
  void tidy_up();

  const LmdbEnvironment& environment_;
  TableCatalogue& catalogue_;
  const Limits limits_;

  mutable std::mutex mutex_;
  std::condition_variable queued_or_stopping_;
  std::deque<Job> queue_;
  std::size_t wanted_ = 1;  // how many submit() has to see before it wakes the writer
  std::size_t last_batch_ = 0;
  bool stopping_ = false;
  std::string death_;  // why no further write is accepted; empty while alive
  Room room_;          // as measured last

  std::atomic<std::uint64_t> commits_ = 0;
  std::atomic<std::uint64_t> committed_writes_ = 0;
  std::chrono::steady_clock::time_point readers_checked_;
  std::thread thread_;
};

}  // namespace storage
