// The files that LMDB maps into memory, and what must be true of them before it does.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace storage {

/// The file with the rows of a store, and the one through which its processes keep out of each
/// other's way.
std::filesystem::path data_file(const std::filesystem::path& folder);
std::filesystem::path lock_file(const std::filesystem::path& folder);

/// Whether `folder` holds a store. Throws StorageError where that cannot be seen, and for a data
/// file without a byte: a store is never that small, so something has emptied it, and it must not
/// pass for a new one.
bool has_store(const std::filesystem::path& folder);

/// Gives an existing folder an empty store: complete and durable, or none at all, whatever the disk
/// does meanwhile. Must be called by the one that has claimed the folder. Throws StorageError.
void make_store(const std::filesystem::path& folder);

/// Gives the lock file all its bytes on the disk. LMDB makes it with a hole and writes into the
/// hole through memory, where a full disk is a signal and not an error. Leaves a folder alone that
/// cannot be written to: such a store can still be read. Throws StorageError if there is no room.
void reserve_lock_file(const std::filesystem::path& folder, unsigned readers);

/// What is said of a store whose file cannot be read as one.
std::string damaged_store(const std::filesystem::path& file, const std::string& what);

}  // namespace storage
