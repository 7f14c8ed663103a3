#include "storage/group_commit.h"

#include <lmdb.h>

#include <algorithm>
#include <utility>

#include "storage/lmdb_error.h"
#include "storage/storage_error.h"

namespace storage {
namespace {

constexpr std::uint64_t kLargestWork = std::uint64_t{64} << 20;  // LMDB keeps dirty pages in memory
constexpr std::uint64_t kBatchBytes = std::uint64_t{16}
                                      << 20;  // a batch ends with the work that exceeds it
constexpr std::chrono::minutes kReaderCheckInterval{1};

// Low room limits nothing here: the reserve is for what was begun, and a CRL or the end of an order
// may be larger than the orders that callers must refuse (Store::is_low_on_room).
WriteLimits limits_for(const Room& room) {
  return {.total_bytes = std::min(kLargestWork, room.disk_bytes / 2)};
}

struct AbortTransaction {
  void operator()(MDB_txn* transaction) const { mdb_txn_abort(transaction); }
};
using WriteHandle = std::unique_ptr<MDB_txn, AbortTransaction>;

WriteHandle begin_write(MDB_env* environment, MDB_txn* parent) {
  MDB_txn* transaction = nullptr;
  check_lmdb("begin write", mdb_txn_begin(environment, parent, 0, &transaction));
  return WriteHandle{transaction};
}

}  // namespace

GroupCommit::GroupCommit(const LmdbEnvironment& environment,
                         TableCatalogue& catalogue,
                         const Limits& limits)
    : environment_{environment},
      catalogue_{catalogue},
      limits_{limits},
      room_{environment.room()},
      readers_checked_{std::chrono::steady_clock::now()},
      thread_{[this] { run(); }} {}

GroupCommit::~GroupCommit() {
  {
    const std::lock_guard guard{mutex_};
    stopping_ = true;
  }
  queued_or_stopping_.notify_one();
  thread_.join();
}

void GroupCommit::submit(Engine::WriteWork work, Engine::Done done) {
  bool wakes = false;
  {
    const std::lock_guard guard{mutex_};
    if (!death_.empty()) throw StoreDead(death_);
    if (queue_.size() >= limits_.max_queued) {
      throw StoreBusy("store: " + std::to_string(queue_.size()) + " writes wait already");
    }
    queue_.emplace_back(std::move(work), std::move(done));
    wakes = queue_.size() == wanted_;
  }
  if (wakes) queued_or_stopping_.notify_one();
}

EngineStatus GroupCommit::status() const {
  const std::lock_guard guard{mutex_};
  return {.used_bytes = room_.used_bytes,
          .capacity_bytes = room_.capacity_bytes,
          .queued_writes = queue_.size(),
          .commits = commits_,
          .committed_writes = committed_writes_,
          .low_on_room = room_.low,
          .accepts_writes = death_.empty() && !room_.disk_full && !room_.map_full};
}

void GroupCommit::run() {
  for (std::vector<Job> batch = take_batch(); !batch.empty(); batch = take_batch()) {
    std::span<Job> waiting{batch};
    while (!waiting.empty()) {
      const std::size_t settled = commit_some(waiting);
      watch_room();  // before the callers go on: they may ask at once
      finish(waiting.first(settled));
      waiting = waiting.subspan(settled);
    }
    tidy_up();
  }
}

/// Lets as many come as in the batch before, if they come soon.
void GroupCommit::gather(std::unique_lock<std::mutex>& guard) {
  wanted_ = std::min(last_batch_, limits_.max_batch);
  const auto are_here = [this] { return stopping_ || queue_.size() >= wanted_; };
  queued_or_stopping_.wait_for(guard, limits_.gathering, are_here);
  wanted_ = 1;
}

/// Waits for work; empty when it is time to end.
std::vector<GroupCommit::Job> GroupCommit::take_batch() {
  std::unique_lock guard{mutex_};
  const auto may_go_on = [this] { return stopping_ || !queue_.empty(); };
  while (!queued_or_stopping_.wait_for(guard, limits_.room_interval, may_go_on)) {
    guard.unlock();
    watch_room();
    guard.lock();
  }
  gather(guard);
  std::vector<Job> batch;
  batch.reserve(std::min(queue_.size(), limits_.max_batch));
  while (!queue_.empty() && batch.size() < limits_.max_batch) {
    batch.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  last_batch_ = batch.size();
  return batch;
}

Room GroupCommit::measure_room() {
  const Room room = environment_.room();
  const std::lock_guard guard{mutex_};
  room_ = room;
  return room;
}

/// Others fill and free the disk too: without this, a store that refuses new work because of them
/// would get no write from which it could learn that there is room again.
void GroupCommit::watch_room() {
  try {
    measure_room();
  } catch (const StorageError&) {
    return;  // the last measurement stands, and the next write reports what is wrong
  }
}

void GroupCommit::finish(std::span<Job> jobs) {
  for (Job& job : jobs) {
    job.work = nullptr;  // what it captured is gone before its caller goes on
    job.done(std::move(job.failure));
    job.done = nullptr;
  }
}

/// Settles at least the first of `jobs` and says how many.
std::size_t GroupCommit::commit_some(std::span<Job> jobs) {
  try {
    {
      const std::lock_guard guard{mutex_};
      if (!death_.empty()) throw StoreDead(death_);
    }
    const Room room = measure_room();
    if (room.disk_full) {
      throw StorageFull("store: the disk that holds " + environment_.folder().string() +
                        " is full (" + std::to_string(room.disk_bytes >> 20) + " MiB left)");
    }
    WriteHandle parent = begin_write(environment_.get(), nullptr);
    std::optional<std::size_t> ran = run_together(parent.get(), jobs, limits_for(room));
    if (!ran) {
      parent.reset();  // one writer at a time
      parent = begin_write(environment_.get(), nullptr);
      ran = run_apart(parent.get(), jobs, limits_for(room));
    }
    jobs = jobs.first(*ran);
    const auto kept = [](const Job& job) { return job.verdict == Verdict::keep; };
    if (std::ranges::any_of(jobs, kept)) commit(parent.release(), jobs);
  } catch (...) {
    for (Job& job : jobs) job.failure = std::current_exception();
  }
  return jobs.size();
}

/// Runs jobs in one transaction. Nothing if one of several has to be undone alone, which is rare:
/// then the transaction must be dropped.
std::optional<std::size_t> GroupCommit::run_together(MDB_txn* transaction,
                                                     std::span<Job> jobs,
                                                     const WriteLimits& limits) {
  std::size_t ran = 0;
  for (std::uint64_t bytes = 0; ran < jobs.size() && bytes < kBatchBytes; ++ran) {
    Job& job = jobs[ran];
    run_work(transaction, job, limits);
    if (job.verdict == Verdict::discard && job.has_changed && jobs.size() > 1) return std::nullopt;
    bytes += job.written_bytes;
  }
  return ran;
}

/// Runs each job in a child transaction. LMDB then copies every page that an earlier job of the
/// batch has changed, for each child again.
std::size_t GroupCommit::run_apart(MDB_txn* parent,
                                   std::span<Job> jobs,
                                   const WriteLimits& limits) {
  std::size_t ran = 0;
  for (std::uint64_t bytes = 0; ran < jobs.size() && bytes < kBatchBytes; ++ran) {
    WriteHandle child = begin_write(environment_.get(), parent);
    run_work(child.get(), jobs[ran], limits);
    bytes += jobs[ran].written_bytes;
    if (jobs[ran].verdict == Verdict::keep) {
      check_lmdb("keep work", mdb_txn_commit(child.release()));
    }
  }
  return ran;
}

/// Runs one job in `transaction`.
void GroupCommit::run_work(MDB_txn* transaction, Job& job, const WriteLimits& limits) {
  job.failure = nullptr;
  job.verdict = Verdict::discard;
  LmdbTransaction writes{transaction, catalogue_, limits};
  try {
    const Verdict verdict = job.work(writes);
    if (writes.failure()) std::rethrow_exception(writes.failure());
    job.verdict = verdict;
  } catch (...) {
    job.failure = std::current_exception();
  }
  job.written_bytes = writes.written_bytes();
  job.has_changed = writes.has_changed();
}

void GroupCommit::commit(MDB_txn* parent, std::span<Job> jobs) {
  const int code = mdb_txn_commit(parent);
  if (code == 0) {
    ++commits_;
    committed_writes_ += static_cast<std::uint64_t>(
        std::ranges::count(jobs, Verdict::keep, [](const Job& job) { return job.verdict; }));
    return;
  }
  // LMDB looks for room for its list of free pages before it writes the first page: nothing has
  // been touched.
  if (code != MDB_MAP_FULL) return die(jobs, mdb_strerror(code));
  if (jobs.size() == 1) throw_lmdb("commit", code);
  for (Job& job : jobs) static_cast<void>(commit_some({&job, 1}));
}

void GroupCommit::die(std::span<Job> jobs, const std::string& reason) {
  const std::string sentence =
      "store: a commit in " + environment_.folder().string() + " failed (" + reason +
      "); what it held may or may not be on disk, so nothing more is written until the "
      "program has been restarted";
  for (Job& job : jobs) job.failure = std::make_exception_ptr(StorageError(sentence));
  const std::lock_guard guard{mutex_};
  death_ = sentence;
}

void GroupCommit::tidy_up() {
  try {
    if (catalogue_.is_stale()) catalogue_.load(environment_.reader().get());
    const auto now = std::chrono::steady_clock::now();
    if (now - readers_checked_ < kReaderCheckInterval) return;
    readers_checked_ = now;
    environment_.clear_stale_readers();
  } catch (const StorageError&) {
    // Both only save time or room, and both are tried again after the next batch.
    return;
  }
}

}  // namespace storage
