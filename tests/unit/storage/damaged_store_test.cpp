// A store whose files were cut short, emptied or overwritten, and disks with no room for one: each
// ends with a sentence.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>

#include "storage/damage.h"
#include "storage/lmdb_engine.h"
#include "storage/store.h"
#include "storage/store_file.h"
#include "tests/support/failing_disk.h"
#include "tests/support/temp_dir.h"

namespace storage {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::ThrowsMessage;

constexpr TableName kRows{"rows"};
constexpr std::size_t kPage = 4096;

class DamagedStore : public testing::Test {
 protected:
  DamagedStore() {
    Store store{open_lmdb({.folder = folder_})};
    store.write_and_wait([](Transaction& transaction) {
      for (int i = 0; i < 2'000; ++i)
        transaction.put(kRows, "k" + std::to_string(i), std::string(200, 'v'));
    });
  }

  void overwrite(std::size_t page, char byte) const {
    std::fstream file{data_file(folder_), std::ios::in | std::ios::out | std::ios::binary};
    file.seekp(static_cast<std::streamoff>(page * kPage));
    file << std::string(kPage, byte);
  }
  [[nodiscard]] std::size_t pages() const {
    return std::filesystem::file_size(data_file(folder_)) / kPage;
  }
  void cut_to(std::size_t pages) const {
    std::filesystem::resize_file(data_file(folder_), pages * kPage);
  }
  [[nodiscard]] std::size_t rows(OpenMode mode) const {
    std::size_t count = 0;
    const Store store{open_lmdb({.folder = folder_, .mode = mode})};
    store.read([&](const Snapshot& snapshot) {
      snapshot.scan(kRows, "", [&](std::string_view, std::string_view) {
        ++count;
        return Scan::proceed;
      });
    });
    return count;
  }

  tests::TempDir dir_;
  std::filesystem::path folder_ = dir_ / "store";
};

using DamagedStoreDeathTest = DamagedStore;

// T-G2
TEST_F(DamagedStore, EmptiedFileIsNoNewStore) {
  std::filesystem::resize_file(data_file(folder_), 0);
  for (const OpenMode mode :
       {OpenMode::create_if_absent, OpenMode::must_exist, OpenMode::read_only}) {
    EXPECT_THAT([&] { open_lmdb({.folder = folder_, .mode = mode}); },
                ThrowsMessage<StorageError>(AllOf(HasSubstr("data.mdb is damaged: it is empty"),
                                                  HasSubstr("put a backup"))));
  }
  EXPECT_EQ(std::filesystem::file_size(data_file(folder_)), 0U);
}

TEST_F(DamagedStoreDeathTest, FileCutShortIsNotOpenedWhereverTheCutIs) {
  for (std::size_t left = pages() - 1; left > 2; left /= 2) {
    cut_to(left);
    for (const OpenMode mode : {OpenMode::create_if_absent, OpenMode::read_only}) {
      EXPECT_EXIT(
          {
            explain_unreadable_pages();
            try {
              open_lmdb({.folder = folder_, .mode = mode});
            } catch (const StorageError& error) {
              std::cerr << error.what() << "\n";
              ::_exit(1);
            }
          },
          testing::ExitedWithCode(1), "cut short")
          << left;
    }
  }
}

TEST_F(DamagedStore, FileMayEndBeforePagesThatAreFree) {
  {
    Store store{open_lmdb({.folder = folder_})};
    store.write_and_wait([](Transaction& transaction) {
      for (int i = 0; i < 2'000; ++i) transaction.erase(kRows, "k" + std::to_string(i));
    });
    // Each takes the first free pages for what it writes, so that the last of the file stay free.
    for (int i = 0; i < 8; ++i)
      store.write_and_wait([](Transaction& transaction) { transaction.put(kRows, "k", "v"); });
  }
  cut_to(pages() - 1);  // as LMDB itself leaves a file whose last pages were taken and given back
  EXPECT_EQ(rows(OpenMode::read_only), 1U);
}

TEST_F(DamagedStoreDeathTest, PageOfNonsenseEndsTheProgramWithASentence) {
  const std::filesystem::path good = dir_ / "good.mdb";
  std::filesystem::copy_file(data_file(folder_), good);
  const auto ends_by_itself = [](int status) { return WIFEXITED(status); };
  for (const char byte : {'\0', '\xff'}) {
    for (std::size_t page = 2; page < pages(); page += 13) {
      std::filesystem::copy_file(good, data_file(folder_),
                                 std::filesystem::copy_options::overwrite_existing);
      overwrite(page, byte);
      EXPECT_EXIT(
          {
            explain_unreadable_pages();
            const ReadingADoubtfulStore doubtful;
            try {
              static_cast<void>(rows(OpenMode::read_only));
              std::cerr << "not a page that is read\n";
            } catch (const StorageError& error) {
              std::cerr << error.what() << "\n";
            }
            ::_exit(1);
          },
          ends_by_itself,
          "is damaged: a page is not what it must be|leads nowhere|cannot be read|store: "
          "|not a page that is read")
          << page;
    }
  }
}

TEST_F(DamagedStoreDeathTest, PagesThatAreGoneWhileTheStoreIsOpenEndTheProgramWithASentence) {
  EXPECT_EXIT(
      {
        explain_unreadable_pages();
        const Store store{open_lmdb({.folder = folder_})};
        cut_to(2);
        store.read([](const Snapshot& snapshot) { return snapshot.get(kRows, "k7"); });
      },
      testing::ExitedWithCode(1), "a page of .*/store/data.mdb cannot be read");
}

/// Reads where nothing is.
void follow_a_wild_pointer() {
  volatile std::uintptr_t nowhere = 64;
  static_cast<void>(*reinterpret_cast<volatile char*>(nowhere));
}

TEST_F(DamagedStoreDeathTest, WildAddressIsLaidToTheStoreWhileOneIsDoubted) {
  EXPECT_EXIT(
      {
        explain_unreadable_pages();
        const ReadingADoubtfulStore doubtful;
        follow_a_wild_pointer();
      },
      testing::ExitedWithCode(1), "leads nowhere: its file is damaged");
}

#if !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)  // they end otherwise
TEST_F(DamagedStoreDeathTest, OtherFaultsAndSignalsThatAreSentEndTheProgramAsEver) {
  EXPECT_EXIT(
      {
        explain_unreadable_pages();
        follow_a_wild_pointer();
      },
      testing::KilledBySignal(SIGSEGV), "");
  EXPECT_EXIT(
      {
        explain_unreadable_pages();
        const ReadingADoubtfulStore doubtful;
        ::raise(SIGSEGV);
      },
      testing::KilledBySignal(SIGSEGV), "");
}
#endif

TEST_F(DamagedStore, LinkToNowhereIsNoRoomForANewStore) {
  std::filesystem::rename(data_file(folder_), dir_ / "elsewhere.mdb");
  std::filesystem::create_symlink(dir_ / "not_mounted/data.mdb", data_file(folder_));
  EXPECT_THAT([&] { open_lmdb({.folder = folder_}); },
              ThrowsMessage<StorageError>(HasSubstr("cannot look at")));
  EXPECT_TRUE(std::filesystem::is_symlink(data_file(folder_)));
}

TEST(NewStore, LeavesWhatElseIsInItsFolder) {
  const tests::TempDir dir;
  std::filesystem::create_directories(dir / "store/new");
  std::ofstream{dir / "store/new/data.mdb"} << "a backup";
  std::filesystem::permissions(dir / "store", std::filesystem::perms::owner_all);
  open_lmdb({.folder = dir / "store"});
  EXPECT_EQ(std::filesystem::file_size(dir / "store/new/data.mdb"), 8U);
}

TEST(NewStore, DiskWithoutRoomLeavesNoHalfOfOne) {
  const tests::TempDir dir;
  std::filesystem::create_directory(dir / "store");
  std::filesystem::permissions(dir / "store", std::filesystem::perms::owner_all);
  {
    const tests::FailingDisk failing;
    EXPECT_THROW(make_store(dir / "store"), StorageError);
  }
  EXPECT_TRUE(std::filesystem::is_empty(dir / "store"));
  EXPECT_NO_THROW(open_lmdb({.folder = dir / "store"}));
}

TEST(NewStore, LockFileHasItsBytesBeforeItIsWrittenThroughMemory) {
  const tests::TempDir dir;
  const std::unique_ptr<Engine> engine = open_lmdb({.folder = dir / "store"});
  struct stat found{};
  ASSERT_EQ(::stat(lock_file(dir / "store").c_str(), &found), 0);
  constexpr off_t kBlock = 512;  // st_blocks counts these
  EXPECT_GE(found.st_blocks * kBlock, found.st_size);
}

TEST(NewStore, DiskWithoutRoomForTheLockFileIsAnErrorAndNoSignal) {
  const tests::TempDir dir;
  open_lmdb({.folder = dir / "store"});
  std::filesystem::remove(lock_file(dir / "store"));
  const tests::FailingDisk failing;
  EXPECT_THAT([&] { open_lmdb({.folder = dir / "store", .mode = OpenMode::read_only}); },
              ThrowsMessage<StorageError>(HasSubstr("no room for")));
}

}  // namespace
}  // namespace storage
