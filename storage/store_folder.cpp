#include "storage/store_folder.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <mutex>
#include <set>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "storage/storage_error.h"

namespace storage {
namespace {

constexpr mode_t kFolderMode = 0700;
constexpr mode_t kAncestorMode = 0755;
constexpr mode_t kWritableByOthers = 0022;
constexpr mode_t kFileMode = 0600;

[[noreturn]] void fail(const std::string& sentence, int error) {
  throw StorageError(sentence + ": " + std::generic_category().message(error));
}

void sync_path(const std::filesystem::path& path, int flags) {
  const int descriptor = ::open(path.c_str(), flags | O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) fail("cannot open " + path.string(), errno);
  const int error = ::fsync(descriptor) == 0 ? 0 : errno;
  ::close(descriptor);
  if (error != 0) fail("cannot sync " + path.string(), error);
}

using Identity = std::pair<dev_t, ino_t>;

struct OpenFolders {
  std::mutex mutex;
  std::set<Identity> identities;
};

OpenFolders& open_folders() {
  static OpenFolders folders;
  return folders;
}

struct stat examine(const std::filesystem::path& folder) {
  struct stat found{};
  if (::stat(folder.c_str(), &found) != 0)
    fail("cannot open the store in " + folder.string(), errno);
  return found;
}

Identity identify(const std::filesystem::path& folder) {
  const struct stat found = examine(folder);
  return {found.st_dev, found.st_ino};
}

/// Whoever may write to the folder may replace the store in it.
void refuse_folder_of_others(const std::filesystem::path& folder) {
  const struct stat found = examine(folder);
  if (found.st_uid != ::geteuid()) {
    throw StorageError("the store folder " + folder.string() + " belongs to user " +
                       std::to_string(found.st_uid) + ", but this process runs as user " +
                       std::to_string(::geteuid()) + "; run it as the owner of the store");
  }
  if ((found.st_mode & kWritableByOthers) != 0) {
    throw StorageError("the store folder " + folder.string() +
                       " can be changed by other users; restrict it with: chmod 700 " +
                       folder.string());
  }
}

/// The absent part of `folder`, outermost first.
std::vector<std::filesystem::path> absent_folders(const std::filesystem::path& folder) {
  std::filesystem::path each = std::filesystem::absolute(folder);
  if (!each.has_filename()) each = each.parent_path();  // written with a slash at its end
  std::vector<std::filesystem::path> absent;
  std::error_code ignored;  // what cannot be examined cannot be created either: mkdir says why
  for (; each.has_relative_path() && !std::filesystem::exists(each, ignored);
       each = each.parent_path()) {
    absent.push_back(each);
  }
  std::ranges::reverse(absent);
  return absent;
}

void refuse_network_folder(const std::filesystem::path& folder) {
  struct statfs system{};
  if (::statfs(folder.c_str(), &system) != 0) fail("cannot examine " + folder.string(), errno);
  if (system.f_type == NFS_SUPER_MAGIC) {
    throw StorageError("the store cannot live in " + folder.string() +
                       ": a network file system does not keep the locks it needs");
  }
}

int lock_folder(const std::filesystem::path& folder) {
  const std::filesystem::path file = folder / "lock";
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kFileMode);
  if (descriptor < 0) fail("cannot open " + file.string(), errno);
  if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) return descriptor;
  const int error = errno;
  ::close(descriptor);
  if (error != EWOULDBLOCK) fail("cannot lock " + file.string(), error);
  throw StorageError("the store in " + folder.string() + " is in use by another process");
}

}  // namespace

void create_folder(const std::filesystem::path& folder) {
  const std::vector<std::filesystem::path> absent = absent_folders(folder);
  for (const std::filesystem::path& each : absent) {
    const mode_t mode = &each == &absent.back() ? kFolderMode : kAncestorMode;
    if (::mkdir(each.c_str(), mode) != 0 && errno != EEXIST)
      fail("cannot create " + each.string(), errno);
    // Each name is an entry of the folder above it: one that a power failure takes away takes the
    // store with it.
    sync_folder(each.parent_path());
  }
  std::error_code ignored;
  if (!std::filesystem::is_directory(folder, ignored))
    fail("cannot create " + folder.string(), ENOTDIR);
}

void sync_folder(const std::filesystem::path& folder) {
  sync_path(folder, O_DIRECTORY);
}

void sync_file(const std::filesystem::path& file) {
  sync_path(file, 0);
}

std::optional<std::uint64_t> free_disk_bytes(const std::filesystem::path& folder) {
  struct statvfs disk{};
  if (::statvfs(folder.c_str(), &disk) != 0 || disk.f_blocks == 0) return std::nullopt;
  return std::uint64_t{disk.f_bavail} * disk.f_frsize;
}

FolderClaim::FolderClaim(const std::filesystem::path& folder, Kind kind)
    : identity_{identify(folder)} {
  refuse_network_folder(folder);
  if (kind != Kind::reader) refuse_folder_of_others(folder);
  OpenFolders& folders = open_folders();
  const std::lock_guard guard{folders.mutex};
  if (folders.identities.contains(identity_)) {
    throw StorageError("the store in " + folder.string() + " is already open in this process");
  }
  if (kind == Kind::writer) lock_ = lock_folder(folder);
  folders.identities.insert(identity_);
}

FolderClaim::~FolderClaim() {
  OpenFolders& folders = open_folders();
  const std::lock_guard guard{folders.mutex};
  folders.identities.erase(identity_);
  if (lock_ >= 0) ::close(lock_);
}

}  // namespace storage
