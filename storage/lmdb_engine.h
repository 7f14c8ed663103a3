// LMDB behind the Engine contract, with group commit (docs/storage.md).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

#include "storage/engine.h"
#include "storage/store_folder.h"

namespace storage {

/// Whether opening may create what is missing, and whose company it bears. `beside_writer` is for
/// commands that write a little while another process may hold the store as its writer.
enum class OpenMode { create_if_absent, must_exist, read_only, beside_writer };

struct LmdbOptions {
  std::filesystem::path folder = {};  // holds data.mdb, lock.mdb and lock; mode 0700
  OpenMode mode = OpenMode::create_if_absent;
  std::uint64_t map_bytes = std::uint64_t{64}
                            << 30;  // address space, not disk; the file grows as used
  std::size_t max_batch = 256;      // pieces of work per commit
  /// How long a batch waits for as many callers as the one before had; see GroupCommit.
  std::chrono::microseconds gathering{2'000};
  std::size_t max_queued = 20'000;  // beyond that submit() throws StoreBusy
  std::uint64_t disk_reserve_bytes = std::uint64_t{256}
                                     << 20;  // less free disk than this: low_on_room
  std::uint64_t disk_floor_bytes = std::uint64_t{32}
                                   << 20;          // less than this: every write throws StorageFull
  std::chrono::milliseconds room_interval{1'000};  // room is measured this often without writes
  /// Free bytes on the disk of a folder, or nothing where that is unknown; for tests.
  std::function<std::optional<std::uint64_t>(const std::filesystem::path&)> free_disk =
      free_disk_bytes;
};

/// Opens the environment in `options.folder`, checks the schema version, clears stale readers and
/// starts the writer thread. A reader (OpenMode::read_only) may be opened beside another process's
/// writer; submit() then throws. So may OpenMode::beside_writer: LMDB lets the writing transactions
/// of several processes take turns, and everything else about a store is in its transactions.
/// Throws StorageError with one plain sentence if the folder is not usable, is in use by another
/// process, or holds a store of a newer schema (which is left untouched).
std::unique_ptr<Engine> open_lmdb(const LmdbOptions& options);

}  // namespace storage
