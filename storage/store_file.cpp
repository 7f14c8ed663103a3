#include "storage/store_file.h"

#include <fcntl.h>
#include <lmdb.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <memory>
#include <system_error>

#include "storage/storage_error.h"
#include "storage/store_folder.h"

namespace storage {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kFileMode = 0600;
// LMDB's own sizes: a line of cache for each reader, and two for what they share, rounded to pages.
constexpr std::uint64_t kBytesOfAReader = 64;
constexpr std::uint64_t kSharedBytes = 256;
constexpr std::uint64_t kPage = 4096;
constexpr off_t kBlock = 512;  // st_blocks counts these

/// A folder of our own within another, which goes with all that is in it.
class Workshop {
 public:
  explicit Workshop(const fs::path& within) {
    std::string name = (within / ".new-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) {
      throw StorageError("nothing can be made in " + within.string() + ": " +
                         std::generic_category().message(errno));
    }
    folder_ = name;
  }
  ~Workshop() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  Workshop(const Workshop&) = delete;
  Workshop& operator=(const Workshop&) = delete;
  [[nodiscard]] const fs::path& folder() const { return folder_; }

 private:
  fs::path folder_;
};

[[noreturn]] void cannot_make(const fs::path& folder, const std::string& why) {
  throw StorageError("cannot make a store in " + folder.string() + ": " + why);
}

}  // namespace

fs::path data_file(const fs::path& folder) {
  return folder / "data.mdb";
}

fs::path lock_file(const fs::path& folder) {
  return folder / "lock.mdb";
}

bool has_store(const fs::path& folder) {
  const fs::path file = data_file(folder);
  std::error_code error;
  const fs::file_status itself = fs::symlink_status(file, error);
  if (itself.type() == fs::file_type::not_found) return false;
  // Whatever cannot be looked at, such as a link to a disk that is not mounted, may well be a
  // store.
  const std::uintmax_t bytes = fs::file_size(file, error);
  if (error) throw StorageError("cannot look at " + file.string() + ": " + error.message());
  if (bytes == 0) throw StorageError(damaged_store(file, "it is empty"));
  return true;
}

void make_store(const fs::path& folder) {
  const Workshop workshop(folder);
  MDB_env* created = nullptr;
  int code = mdb_env_create(&created);
  if (code != 0) cannot_make(folder, mdb_strerror(code));
  code = mdb_env_open(created, workshop.folder().c_str(), MDB_NOLOCK, kFileMode);
  mdb_env_close(created);
  if (code != 0) cannot_make(folder, mdb_strerror(code));
  sync_file(data_file(workshop.folder()));
  std::error_code error;
  fs::rename(data_file(workshop.folder()), data_file(folder), error);
  if (error) cannot_make(folder, error.message());
  sync_folder(folder);
}

void reserve_lock_file(const fs::path& folder, unsigned readers) {
  const fs::path file = lock_file(folder);
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kFileMode);
  if (descriptor < 0) return;  // LMDB says why, where it matters
  const std::uint64_t bytes = readers * kBytesOfAReader + kSharedBytes;
  const auto whole_pages = static_cast<off_t>((bytes + kPage - 1) / kPage * kPage);
  const auto is_there = [&] {
    struct stat found{};
    return ::fstat(descriptor, &found) == 0 && found.st_size >= whole_pages &&
           found.st_blocks * kBlock >= whole_pages;
  };
  int error = 0;
  if (!is_there()) {
    do {
      error = ::posix_fallocate(descriptor, 0, whole_pages);
    } while (error == EINTR);
  }
  ::close(descriptor);
  if (error == 0) return;
  throw StorageError("cannot open the store in " + folder.string() + ": no room for " +
                     file.string() + ": " + std::generic_category().message(error));
}

std::string damaged_store(const fs::path& file, const std::string& what) {
  return file.string() + " is damaged: " + what + "; put a backup of the store in its place";
}

}  // namespace storage
