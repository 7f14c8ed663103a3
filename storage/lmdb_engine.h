// LMDB behind the Engine contract, with group commit (docs/storage.md).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>

#include "storage/engine.h"

namespace storage {

/// Whether opening may create what is missing.
enum class OpenMode { create_if_absent, must_exist, read_only };

struct LmdbOptions {
  std::filesystem::path folder;                         // holds data.mdb and lock.mdb, mode 0700
  OpenMode mode = OpenMode::create_if_absent;
  std::uint64_t map_bytes = std::uint64_t{64} << 30;    // address space, not disk; the file grows as used
  std::size_t max_batch = 256;                          // pieces of work per commit
  std::size_t max_queued = 20'000;                      // beyond that submit() throws StoreBusy
};

/// Opens the environment in `options.folder`, checks the schema version, clears stale readers and starts the writer
/// thread. Throws StorageError with one plain sentence if the folder is not usable, is in use by another process, or
/// holds a store of a newer schema (which is left untouched).
std::unique_ptr<Engine> open_lmdb(const LmdbOptions& options);

}  // namespace storage
