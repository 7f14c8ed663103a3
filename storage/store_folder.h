// The folder a store lives in: who may open it, and its durability as a directory.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <utility>

namespace storage {

/// Creates `folder` (mode 0700) and its absent ancestors (0755) and makes every new entry durable.
/// Throws StorageError.
void create_folder(const std::filesystem::path& folder);

/// Makes created, renamed and removed entries of `folder` durable: LMDB syncs its files, not the
/// directory that names them. Throws StorageError.
void sync_folder(const std::filesystem::path& folder);

/// Makes the contents of `file` durable. Throws StorageError.
void sync_file(const std::filesystem::path& file);

/// Bytes that can still be written to the disk holding `folder`, or nothing where the file system
/// does not say.
std::optional<std::uint64_t> free_disk_bytes(const std::filesystem::path& folder);

/// Keeps others from opening the same folder: a second writer anywhere (flock on the file `lock`),
/// and any second opening in this process, because LMDB loses its own locks when a process closes
/// one of two openings.
class FolderClaim {
 public:
  /// A guest writes too, beside a writer if there is one.
  enum class Kind { writer, reader, guest };

  /// Throws StorageError with one plain sentence if the folder is in use, on NFS, or cannot be
  /// opened; for whoever writes also if others may write to it or another user owns it.
  FolderClaim(const std::filesystem::path& folder, Kind kind);
  ~FolderClaim();
  FolderClaim(const FolderClaim&) = delete;
  FolderClaim& operator=(const FolderClaim&) = delete;

 private:
  std::pair<dev_t, ino_t> identity_;
  int lock_ = -1;
};

}  // namespace storage
