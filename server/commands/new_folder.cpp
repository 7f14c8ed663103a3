#include "server/commands/new_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <system_error>
#include <vector>

namespace server {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const std::string& what, int error) {
  throw std::runtime_error(what + ": " + std::strerror(error));
}

/// Closes a descriptor at the end of a scope.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int number() const { return number_; }

 private:
  int number_;
};

void sync_folder(const fs::path& folder) {
  const Descriptor descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (descriptor.number() < 0 || ::fsync(descriptor.number()) != 0) {
    fail("the folder " + folder.string() + " cannot be made durable", errno);
  }
}

/// Nothing was made.
class NotOpened : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Writes and syncs. What was written before a failure stays.
void write_new_file(const fs::path& file,
                    std::string_view text,
                    mode_t mode,
                    const std::string& what) {
  const Descriptor descriptor(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (descriptor.number() < 0) {
    throw NotOpened(errno == EEXIST ? file.string() + " is there already; nothing was changed"
                                    : what + ": " + std::strerror(errno));
  }
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor.number(), text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail(what, errno);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  // The umask has no say in what a certificate's mode is.
  if (::fchmod(descriptor.number(), mode) != 0 || ::fsync(descriptor.number()) != 0)
    fail(what, errno);
}

/// Makes what is missing of `folder`, each part durable in the one above it.
void make_parents(const fs::path& folder) {
  std::error_code error;
  if (fs::is_directory(folder, error)) return;
  if (folder.has_relative_path()) make_parents(folder.parent_path());
  if (fs::create_directory(folder, error)) sync_folder(folder.parent_path());
  if (error) {
    throw std::runtime_error(folder.string() + " cannot be made: " + error.message());
  }
}

bool is_mount_point(const fs::path& folder) {
  struct statx found{};
  const bool known = ::statx(AT_FDCWD, folder.c_str(), 0, STATX_TYPE, &found) == 0;
  return known && (found.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
}

/// Whether another folder can be renamed to an existing one.
bool can_be_replaced(const fs::path& folder) {
  return !is_mount_point(folder) && ::access(folder.parent_path().c_str(), W_OK | X_OK) == 0;
}

/// What is in a folder that ought to be empty. A new volume has its lost+found.
std::optional<std::string> something_in(const fs::path& folder, std::error_code& error) {
  const bool is_volume = is_mount_point(folder);
  for (const fs::directory_entry& each : fs::directory_iterator(folder, error)) {
    const std::string name = each.path().filename().string();
    if (!is_volume || name != "lost+found") return name;
  }
  return std::nullopt;
}

}  // namespace

void NewFolder::require_free(const fs::path& target) {
  std::error_code error;
  const fs::file_status status = fs::symlink_status(target, error);
  if (status.type() == fs::file_type::not_found) return;
  if (error) throw std::runtime_error(target.string() + " cannot be looked at: " + error.message());
  if (status.type() != fs::file_type::directory) {
    throw std::runtime_error(target.string() + " exists and is not a folder");
  }
  const std::optional<std::string> found = something_in(target, error);
  if (error) throw std::runtime_error(target.string() + " cannot be read: " + error.message());
  if (!found) return;
  if (fs::exists(target / "chancery.toml", error)) {
    throw std::runtime_error(
        target.string() +
        " already holds a Chancery installation; nothing was changed. Choose another folder");
  }
  throw std::runtime_error(target.string() + " is not empty (" + *found +
                           " is in it); nothing was changed. Choose another folder");
}

NewFolder::NewFolder(fs::path target) {
  std::error_code error;
  target_ = fs::absolute(target, error).lexically_normal();
  // A path that ends in a slash has an empty last part.
  if (!target_.has_filename()) target_ = target_.parent_path();
  require_free(target_);
  make_parents(target_.parent_path());
  const bool inside = fs::exists(target_, error) && !can_be_replaced(target_);
  const fs::path place = inside ? target_ : target_.parent_path();
  // A dot in front: whoever lists what is there does not take it for something made.
  std::string work = (place / ("." + target_.filename().string() + ".new-XXXXXX")).string();
  if (::mkdtemp(work.data()) == nullptr) fail("nothing can be made in " + place.string(), errno);
  work_ = work;
}

NewFolder::~NewFolder() {
  std::error_code ignored;
  if (work_.empty()) return;
  for (const fs::path& file : visible_) fs::remove(file, ignored);
  fs::remove_all(work_, ignored);
}

void NewFolder::write(const std::string& name, std::string_view text, Access access) {
  const mode_t mode = access == Access::owner_only ? 0600 : 0644;
  write_new_file(work_ / name, text, mode, (target_ / name).string() + " cannot be written");
  // Without its configuration a folder is no installation.
  const bool is_last = !names_.empty() && names_.back() == "chancery.toml";
  names_.insert(is_last ? names_.end() - 1 : names_.end(), name);
}

void write_private_file(const fs::path& file, std::string_view text) {
  const std::string what = file.string() + " cannot be written";
  try {
    write_new_file(file, text, 0600, what);
    sync_folder(fs::absolute(file).parent_path());
  } catch (const NotOpened&) {
    throw;
  } catch (...) {
    std::error_code ignored;
    fs::remove(file, ignored);
    throw;
  }
}

namespace {

void replace_file(const fs::path& file, std::string_view text, mode_t mode) {
  const std::string what = file.string() + " cannot be written";
  fs::path unfinished = file;
  unfinished += ".new";
  std::error_code ignored;
  fs::remove(unfinished, ignored);  // of a run that was cut short
  write_new_file(unfinished, text, mode, what);
  if (::rename(unfinished.c_str(), file.c_str()) != 0) fail(what, errno);
  sync_folder(fs::absolute(file).parent_path());
}

}  // namespace

void replace_private_file(const fs::path& file, std::string_view text) {
  replace_file(file, text, 0600);
}

void write_public_file(const fs::path& file, std::string_view text) {
  replace_file(file, text, 0644);
}

void NewFolder::publish(const std::function<void()>& once_visible) {
  const bool inside = work_.parent_path() == target_;
  const fs::path& made = inside ? target_ : work_;
  if (::chmod(made.c_str(), 0700) != 0) fail(target_.string() + " cannot be made private", errno);
  sync_folder(work_);
  if (inside) {
    fill_target();
  } else {
    replace_target();
  }
  if (once_visible) once_visible();
  sync_folder(inside ? target_ : target_.parent_path());
}

void NewFolder::replace_target() {
  // rename(2) replaces an empty folder and nothing else.
  if (::rename(work_.c_str(), target_.c_str()) != 0)
    fail(target_.string() + " cannot be made", errno);
  work_.clear();
}

void NewFolder::fill_target() {
  for (const std::string& name : names_) {
    const fs::path file = target_ / name;
    if (::rename((work_ / name).c_str(), file.c_str()) != 0)
      fail(file.string() + " cannot be made", errno);
    visible_.push_back(file);
  }
  std::error_code ignored;
  fs::remove(work_, ignored);
  work_.clear();
}

}  // namespace server
