// One opened LMDB environment: flags, read transactions, room, backup.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <vector>

#include "storage/lmdb_engine.h"
#include "storage/store_folder.h"

struct MDB_env;
struct MDB_txn;

namespace storage {

/// How much more the store may take.
struct Room {
  std::uint64_t used_bytes = 0;
  std::uint64_t capacity_bytes = 0;
  std::uint64_t disk_bytes = 0;  // free on the disk; the greatest number where that is unknown
  bool low = false;              // nothing new should be begun
  bool disk_full = false;        // nothing may be written
  bool map_full = false;         // next to nothing can be written
};

/// Owns the environment, the claim on its folder and a pool of read transactions. Safe to use from
/// any thread.
class LmdbEnvironment {
 public:
  /// Everything open_lmdb promises except the schema check and the writer.
  explicit LmdbEnvironment(const LmdbOptions& options);
  ~LmdbEnvironment();
  LmdbEnvironment(const LmdbEnvironment&) = delete;
  LmdbEnvironment& operator=(const LmdbEnvironment&) = delete;

  /// Gives a read transaction back to the pool.
  class ReaderReturn {
   public:
    explicit ReaderReturn(const LmdbEnvironment* environment) : environment_{environment} {}
    void operator()(MDB_txn* reader) const { environment_->give_back(reader); }

   private:
    const LmdbEnvironment* environment_;
  };
  using Reader = std::unique_ptr<MDB_txn, ReaderReturn>;

  /// A read transaction on the newest committed state.
  [[nodiscard]] Reader reader() const;

  /// Measured now. Walks the list of free pages once the map's last tenth has been touched.
  [[nodiscard]] Room room() const;

  /// Frees what readers that died have left behind.
  void clear_stale_readers() const;

  /// See Store::backup.
  void backup(const std::filesystem::path& target) const;

  [[nodiscard]] MDB_env* get() const { return environment_.get(); }
  [[nodiscard]] const std::filesystem::path& folder() const { return options_.folder; }

 private:
  struct Close {
    void operator()(MDB_env* environment) const;
  };

  void give_back(MDB_txn* reader) const;
  void open();
  void refuse_cut_short() const;
  /// How many there are from page `first` on.
  [[nodiscard]] std::uint64_t free_pages(std::uint64_t first) const;

  LmdbOptions options_;
  FolderClaim claim_;  // released after the environment is closed
  std::unique_ptr<MDB_env, Close> environment_;
  mutable std::mutex mutex_;
  mutable std::vector<MDB_txn*> idle_readers_;
};

}  // namespace storage
