#include "storage/store_file.h"

#include <fcntl.h>
#include <lmdb.h>
#include <unistd.h>

#include <cerrno>
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

/// A folder that goes with all that is in it.
class Workshop {
 public:
  explicit Workshop(fs::path folder) : folder_(std::move(folder)) {
    remove();  // of a process that was killed
    create_folder(folder_);
  }
  ~Workshop() { remove(); }
  Workshop(const Workshop&) = delete;
  Workshop& operator=(const Workshop&) = delete;
  [[nodiscard]] const fs::path& folder() const { return folder_; }

 private:
  void remove() const {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }

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
  std::error_code error;
  if (!fs::exists(data_file(folder), error)) return false;
  const std::uintmax_t bytes = fs::file_size(data_file(folder), error);
  if (!error && bytes == 0) throw StorageError(damaged_store(data_file(folder), "it is empty"));
  return true;
}

void make_store(const fs::path& folder) {
  const Workshop workshop(folder / "new");
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
  const int error = ::posix_fallocate(descriptor, 0, whole_pages);
  ::close(descriptor);
  if (error == 0) return;
  throw StorageError("cannot open the store in " + folder.string() + ": no room for " +
                     file.string() + ": " + std::generic_category().message(error));
}

std::string damaged_store(const fs::path& file, const std::string& what) {
  return file.string() + " is damaged: " + what + "; put a backup of the store in its place";
}

}  // namespace storage
