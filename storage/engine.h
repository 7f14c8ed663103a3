// What a storage engine must provide. LMDB is the first; a networked transactional database can be
// the second.
#pragma once

#include <cstdint>
#include <exception>
#include <filesystem>
#include <functional>

#include "storage/transaction.h"

namespace storage {

/// Whether the writes made by one piece of work are kept.
enum class Verdict { keep, discard };

/// Numbers for health and metrics. Sizes in bytes.
struct EngineStatus {
  std::uint64_t used_bytes = 0;
  std::uint64_t capacity_bytes = 0;
  std::uint64_t queued_writes = 0;
  std::uint64_t commits = 0;           // durable commits since opening
  std::uint64_t committed_writes = 0;  // pieces of work in those commits
  bool low_on_room = false;    // take on nothing new: what is left is for finishing and revoking
  bool accepts_writes = true;  // false once writes are refused: no room at all, or a failed commit
};

/// An ordered, transactional, durable byte map. Implementations are safe to call from any thread.
class Engine {
 public:
  using ReadWork = std::function<void(const Snapshot&)>;
  /// May run more than once. An exception it throws discards its writes and is passed to `done`.
  using WriteWork = std::move_only_function<Verdict(Transaction&)>;
  /// Called exactly once, on a thread of the engine's, when the outcome is durable (null) or known
  /// to have failed.
  using Done = std::move_only_function<void(std::exception_ptr)>;

  virtual ~Engine() = default;

  /// Runs `work` on a consistent snapshot, on the calling thread.
  virtual void read(const ReadWork& work) const = 0;

  /// Queues `work`; see Store::write. Throws StoreBusy or StoreDead instead of queueing.
  virtual void submit(WriteWork work, Done done) = 0;

  /// See Store::backup.
  virtual void backup(const std::filesystem::path& target) const = 0;

  /// Cheap: the room is what the writer measured last, at most a moment ago.
  [[nodiscard]] virtual EngineStatus status() const = 0;
};

}  // namespace storage
