// Opening, refusing to open, and copying a store.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>

#include "storage/lmdb_engine.h"
#include "storage/store.h"
#include "tests/support/failing_disk.h"
#include "tests/support/temp_dir.h"

namespace storage {
namespace {

using namespace std::string_literals;
using testing::HasSubstr;
using testing::ThrowsMessage;

constexpr TableName kRows{"rows"};
constexpr mode_t kPermissionBits = 0777;

class LmdbOpen : public testing::Test {
 protected:
  [[nodiscard]] LmdbOptions options(OpenMode mode = OpenMode::create_if_absent) const {
    return {.folder = folder_, .mode = mode};
  }
  void write_one_row() const {
    Store store{open_lmdb(options())};
    store.write_and_wait([](Transaction& transaction) { transaction.put(kRows, "k", "v"); });
  }

  tests::TempDir dir_;
  std::filesystem::path folder_ = dir_ / "store";
};

std::string contents(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

void overwrite(const std::filesystem::path& file, const std::string& bytes) {
  std::ofstream{file, std::ios::binary} << bytes;
}

mode_t permissions(const std::filesystem::path& path) {
  struct stat found{};
  ::stat(path.c_str(), &found);
  return found.st_mode & kPermissionBits;
}

std::optional<std::string> get(const Store& store, const std::string& key) {
  return store.read([&](const Snapshot& snapshot) { return snapshot.get(kRows, key); });
}

TEST_F(LmdbOpen, CreatesAFolderForTheOwnerAlone) {
  folder_ = dir_ / "not/there/yet";
  write_one_row();
  EXPECT_EQ(permissions(folder_), 0700U);
  EXPECT_EQ(permissions(folder_ / "data.mdb"), 0600U);
}

TEST_F(LmdbOpen, CreatesNothingWhereAStoreMustExist) {
  for (const OpenMode mode : {OpenMode::must_exist, OpenMode::read_only, OpenMode::beside_writer}) {
    EXPECT_THAT([&] { open_lmdb(options(mode)); },
                ThrowsMessage<StorageError>("there is no store in " + folder_.string()));
    EXPECT_FALSE(std::filesystem::exists(folder_));
  }
  write_one_row();
  Store store{open_lmdb(options(OpenMode::must_exist))};
  EXPECT_EQ(get(store, "k"), "v");
}

TEST_F(LmdbOpen, RefusesAFolderThatCannotBeCreated) {
  overwrite(dir_ / "file", "in the way");
  folder_ = dir_ / "file/store";
  EXPECT_THAT([&] { open_lmdb(options()); },
              ThrowsMessage<StorageError>(HasSubstr("cannot create")));
}

TEST_F(LmdbOpen, RefusesAFileThatIsNoStore) {
  write_one_row();
  overwrite(folder_ / "data.mdb", std::string(8192, 'x'));
  EXPECT_THAT([&] { open_lmdb(options()); },
              ThrowsMessage<StorageError>(HasSubstr("data.mdb is not a Chancery store")));
  EXPECT_EQ(contents(folder_ / "data.mdb"), std::string(8192, 'x'));
}

// T-B16
TEST_F(LmdbOpen, RefusesANewerSchemaAndLeavesItUntouched) {
  write_one_row();
  std::string bytes = contents(folder_ / "data.mdb");
  const std::string row = "schema\0\0\0\0\0\0\0\x01"s;
  for (std::size_t at = bytes.find(row); at != std::string::npos; at = bytes.find(row, at + 1)) {
    bytes[at + row.size() - 1] = '\x02';
  }
  overwrite(folder_ / "data.mdb", bytes);
  for (const OpenMode mode : {OpenMode::create_if_absent, OpenMode::must_exist, OpenMode::read_only,
                              OpenMode::beside_writer}) {
    EXPECT_THAT([&] { open_lmdb(options(mode)); },
                ThrowsMessage<StorageError>("the store in " + folder_.string() +
                                            " has schema 2, written by a newer program; this one "
                                            "knows schema 1 and leaves it as it is"));
  }
  EXPECT_EQ(contents(folder_ / "data.mdb"), bytes);
}

// T-G6
TEST_F(LmdbOpen, RefusesASecondOpeningInTheSameProcess) {
  const Store store{open_lmdb(options())};
  for (const OpenMode mode : {OpenMode::create_if_absent, OpenMode::must_exist, OpenMode::read_only,
                              OpenMode::beside_writer}) {
    EXPECT_THAT([&] { open_lmdb(options(mode)); },
                ThrowsMessage<StorageError>("the store in " + folder_.string() +
                                            " is already open in this process"));
  }
}

// T-G6
TEST_F(LmdbOpen, RefusesAFolderThatAnotherProcessWritesTo) {
  write_one_row();
  const int other = ::open((folder_ / "lock").c_str(), O_RDWR | O_CLOEXEC);
  ASSERT_EQ(::flock(other, LOCK_EX), 0);  // what the other process holds
  EXPECT_THAT([&] { open_lmdb(options()); },
              ThrowsMessage<StorageError>("the store in " + folder_.string() +
                                          " is in use by another process"));
  {
    const Store reader{open_lmdb(options(OpenMode::read_only))};
    EXPECT_EQ(get(reader, "k"), "v") << "a reader may look on";
  }
  ::close(other);
  EXPECT_NO_THROW(open_lmdb(options()));
}

/// A process that does `work` once it is let go. Made before the store is opened here, because a
/// child inherits what is open.
class OtherProcess {
 public:
  explicit OtherProcess(const std::function<void()>& work) {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe(ends.data()), 0);
    child_ = ::fork();
    if (child_ == 0) {
      char go = 0;
      if (::read(ends[0], &go, 1) == 1) work();
      ::_exit(go == 'g' ? 0 : 1);
    }
    ::close(ends[0]);
    go_ = ends[1];
  }
  void let_go() const { EXPECT_EQ(::write(go_, "g", 1), 1); }
  /// How it ended, as waitpid says.
  int end() const {
    int status = -1;
    ::waitpid(child_, &status, 0);
    ::close(go_);
    return status;
  }

 private:
  pid_t child_ = -1;
  int go_ = -1;
};

void count_up(Store& store, int times) {
  for (int i = 0; i < times; ++i) {
    store.write_and_wait([](Transaction& transaction) {
      const std::string before = transaction.get(kRows, "count").value_or("0");
      transaction.put(kRows, "count", std::to_string(std::stoi(before) + 1));
    });
  }
}

// T-G6: a command and a server take turns, and each sees what the other wrote.
TEST_F(LmdbOpen, AGuestWritesBesideAWriter) {
  write_one_row();
  constexpr int kTimes = 50;
  const OtherProcess guest([&] {
    Store store{open_lmdb(options(OpenMode::beside_writer))};
    store.write_and_wait(
        [](Transaction& transaction) { transaction.put(TableName{"of_the_guest"}, "k", "guest"); });
    count_up(store, kTimes);
  });
  Store store{open_lmdb(options())};
  guest.let_go();
  count_up(store, kTimes);
  EXPECT_EQ(guest.end(), 0);
  EXPECT_EQ(get(store, "count"), std::to_string(2 * kTimes));
  store.write_and_wait(
      [](Transaction& transaction) { transaction.put(TableName{"of_the_writer"}, "k", "writer"); });
  store.read([](const Snapshot& snapshot) {
    EXPECT_EQ(snapshot.get(TableName{"of_the_guest"}, "k"), "guest");
    EXPECT_EQ(snapshot.get(TableName{"of_the_writer"}, "k"), "writer");
  });
}

TEST_F(LmdbOpen, AGuestThatDiesWhileItWritesLeavesTheWriterAlone) {
  write_one_row();
  const OtherProcess guest([&] {
    Store store{open_lmdb(options(OpenMode::beside_writer))};
    store.write_and_wait([](Transaction& transaction) {
      transaction.put(kRows, "k", "of the guest");
      ::kill(::getpid(), SIGKILL);
    });
  });
  Store store{open_lmdb(options())};
  guest.let_go();
  EXPECT_TRUE(WIFSIGNALED(guest.end()));
  count_up(store, 3);
  EXPECT_EQ(get(store, "count"), "3");
  EXPECT_EQ(get(store, "k"), "v");
}

TEST_F(LmdbOpen, RefusesAGuestWhereOthersMayWrite) {
  write_one_row();
  ::chmod(folder_.c_str(), 0770);
  EXPECT_THAT([&] { open_lmdb(options(OpenMode::beside_writer)); },
              ThrowsMessage<StorageError>(HasSubstr("can be changed by other users")));
}

TEST_F(LmdbOpen, ClosedStoreCanBeOpenedAgain) {
  write_one_row();
  write_one_row();
  EXPECT_NO_THROW(open_lmdb(options()));
}

TEST_F(LmdbOpen, ReadOnlyReadsAndRefusesToWrite) {
  write_one_row();
  const std::string before = contents(folder_ / "data.mdb");
  {
    Store store{open_lmdb(options(OpenMode::read_only))};
    EXPECT_EQ(get(store, "k"), "v");
    EXPECT_FALSE(store.status().accepts_writes);
    EXPECT_THAT([&] { store.write_and_wait([](Transaction& t) { t.put(kRows, "k", "w"); }); },
                ThrowsMessage<StorageError>(HasSubstr("open for reading only")));
  }
  EXPECT_EQ(contents(folder_ / "data.mdb"), before);
}

TEST_F(LmdbOpen, BackupIsAStoreOfItsOwnWithTheSameRows) {
  Store store{open_lmdb(options())};
  store.write_and_wait([](Transaction& transaction) {
    for (int i = 0; i < 1'000; ++i)
      transaction.put(kRows, "k" + std::to_string(i), std::string(200, 'v'));
    transaction.put(TableName{"other"}, "k", std::string(100'000, 'o'));
  });
  const auto all_rows = [](const Store& from) {
    return from.read([](const Snapshot& snapshot) {
      std::string all;
      for (const char* table : {"rows", "other"}) {
        snapshot.scan(TableName{table}, "", [&](std::string_view key, std::string_view value) {
          all.append(key).append("=").append(value).append("\n");
          return Scan::proceed;
        });
      }
      return all;
    });
  };
  store.backup(dir_ / "copy");
  store.write_and_wait([](Transaction& transaction) { transaction.put(kRows, "later", "v"); });
  EXPECT_EQ(permissions(dir_ / "copy"), 0700U);
  EXPECT_EQ(permissions(dir_ / "copy/data.mdb"), 0600U);
  EXPECT_FALSE(std::filesystem::exists(dir_ / "copy/partial"));
  const std::string original = all_rows(store);
  store.write_and_wait([](Transaction& transaction) { transaction.erase(kRows, "later"); });
  Store copy{open_lmdb({.folder = dir_ / "copy", .mode = OpenMode::must_exist})};
  EXPECT_EQ(get(copy, "later"), std::nullopt);
  EXPECT_EQ(all_rows(copy), all_rows(store));
  EXPECT_NE(all_rows(copy), original);
  copy.write_and_wait([](Transaction& transaction) { transaction.put(kRows, "own", "v"); });
  EXPECT_EQ(get(store, "own"), std::nullopt);
}

TEST_F(LmdbOpen, BackupFillsAnEmptyFolderAndRefusesAFullOne) {
  write_one_row();
  const Store store{open_lmdb(options())};
  std::filesystem::create_directory(dir_ / "empty");
  store.backup(dir_ / "empty");
  const std::string copied = contents(dir_ / "empty/data.mdb");
  EXPECT_THAT([&] { store.backup(dir_ / "empty"); },
              ThrowsMessage<StorageError>(HasSubstr("is not empty")));
  EXPECT_EQ(contents(dir_ / "empty/data.mdb"), copied);
}

TEST_F(LmdbOpen, BackupThatFailsLeavesNothingThatLooksLikeAStore) {
  write_one_row();
  const Store store{open_lmdb(options())};
  {
    const tests::FailingDisk failing;
    EXPECT_THAT([&] { store.backup(dir_ / "copy"); },
                ThrowsMessage<StorageError>(HasSubstr("cannot write the backup in")));
  }
  EXPECT_TRUE(std::filesystem::is_empty(dir_ / "copy"));
  EXPECT_NO_THROW(store.backup(dir_ / "copy"));
}

TEST_F(LmdbOpen, StoreSurvivesTheDeathOfItsWriter) {
  write_one_row();
  const pid_t child = ::fork();
  if (child == 0) {
    Store store{open_lmdb(options())};
    store.write_and_wait([](Transaction& transaction) { transaction.put(kRows, "child", "v"); });
    store.read(
        [](const Snapshot&) { ::kill(::getpid(), SIGKILL); });  // leaves a reader's slot behind
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
  Store store{open_lmdb(options())};
  EXPECT_EQ(get(store, "child"), "v");
  store.write_and_wait([](Transaction& transaction) { transaction.put(kRows, "parent", "v"); });
  EXPECT_EQ(get(store, "parent"), "v");
}

}  // namespace
}  // namespace storage
