// The folder of a store: durable from its root down, and its owner's alone.
#include "storage/store_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "storage/lmdb_engine.h"
#include "storage/storage_error.h"
#include "tests/support/temp_dir.h"

namespace {

std::vector<std::string>* watched_syncs = nullptr;

}  // namespace

/// Stands before the C library's: notes what is synced, and syncs it.
extern "C" int fsync(int descriptor) {
  if (watched_syncs != nullptr) {
    const std::string link = "/proc/self/fd/" + std::to_string(descriptor);
    watched_syncs->push_back(std::filesystem::read_symlink(link).string());
  }
  return static_cast<int>(::syscall(SYS_fsync, descriptor));
}

namespace storage {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::ThrowsMessage;

constexpr mode_t kPermissionBits = 0777;
constexpr uid_t kSomebodyElse = 12'345;

mode_t permissions(const std::filesystem::path& path) {
  struct stat found{};
  ::stat(path.c_str(), &found);
  return found.st_mode & kPermissionBits;
}

class StoreFolder : public testing::Test {
 protected:
  /// What creating `folder` syncs, in order.
  static std::vector<std::string> syncs_of_creating(const std::filesystem::path& folder) {
    std::vector<std::string> synced;
    watched_syncs = &synced;
    create_folder(folder);
    watched_syncs = nullptr;
    return synced;
  }

  tests::TempDir dir_;
  std::filesystem::path root_ = std::filesystem::canonical(dir_.path());
};

TEST_F(StoreFolder, SyncsTheFolderAboveEveryOneItCreates) {
  EXPECT_THAT(syncs_of_creating(root_ / "a/b/c"),
              ElementsAre(root_.string(), (root_ / "a").string(), (root_ / "a/b").string()));
  EXPECT_EQ(permissions(root_ / "a/b/c"), 0700U);
  EXPECT_THAT(syncs_of_creating(root_ / "a/b/d"), ElementsAre((root_ / "a/b").string()));
  EXPECT_THAT(syncs_of_creating(root_ / "a/b/d"), IsEmpty());
}

TEST_F(StoreFolder, IsCreatedUnderEverySpellingOfItsName) {
  for (const char* name : {"slash/", "one/two/", "./dot/./store", "up/../store"}) {
    SCOPED_TRACE(name);
    create_folder(root_ / name);
    EXPECT_TRUE(std::filesystem::is_directory(root_ / name));
    EXPECT_EQ(permissions(root_ / name), 0700U);
  }
}

TEST_F(StoreFolder, CannotBeWhereAFileIs) {
  std::ofstream{root_ / "file"} << "in the way";
  EXPECT_THAT([&] { create_folder(root_ / "file"); },
              ThrowsMessage<StorageError>(HasSubstr("cannot create")));
  EXPECT_THAT([&] { create_folder(root_ / "file/store"); },
              ThrowsMessage<StorageError>(HasSubstr("cannot create")));
}

TEST_F(StoreFolder, IsRefusedToAWriterWhenOthersMayChangeIt) {
  for (const mode_t mode : {0720U, 0702U, 0770U, 0775U, 0777U}) {
    SCOPED_TRACE(mode);
    ASSERT_EQ(::chmod(root_.c_str(), mode), 0);
    EXPECT_THAT([&] { open_lmdb({.folder = root_}); },
                ThrowsMessage<StorageError>("the store folder " + root_.string() +
                                            " can be changed by other users; restrict it with: "
                                            "chmod 700 " +
                                            root_.string()));
    EXPECT_TRUE(std::filesystem::is_empty(root_));
  }
  for (const mode_t mode : {0700U, 0750U, 0755U}) {
    SCOPED_TRACE(mode);
    ASSERT_EQ(::chmod(root_.c_str(), mode), 0);
    EXPECT_NO_THROW(open_lmdb({.folder = root_}));
  }
}

TEST_F(StoreFolder, OfOthersCanBeReadForInspection) {
  open_lmdb({.folder = root_}).reset();
  ASSERT_EQ(::chmod(root_.c_str(), 0770), 0);
  EXPECT_NO_THROW(open_lmdb({.folder = root_, .mode = OpenMode::read_only}));
}

TEST_F(StoreFolder, OfAnotherUserIsRefusedToAWriter) {
  std::filesystem::path folder = "/";  // root's, where the test is not root
  if (::geteuid() == 0) {
    folder = root_;
    ASSERT_EQ(::chown(folder.c_str(), kSomebodyElse, kSomebodyElse), 0);
  }
  EXPECT_THAT([&] { open_lmdb({.folder = folder}); },
              ThrowsMessage<StorageError>(HasSubstr("; run it as the owner of the store")));
  EXPECT_FALSE(std::filesystem::exists(folder / "lock"));
}

}  // namespace
}  // namespace storage
