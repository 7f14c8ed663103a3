#include "storage/lmdb_environment.h"

#include <fcntl.h>
#include <lmdb.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <span>
#include <string>
#include <utility>

#include "storage/damage.h"
#include "storage/lmdb_error.h"
#include "storage/storage_error.h"
#include "storage/store_file.h"

namespace storage {
namespace {

constexpr mdb_mode_t kFileMode = 0600;
constexpr unsigned kMaxReaders = 1024;
constexpr std::uint64_t kReservedTenth = 10;
// A commit rewrites the path to every page it changes and the list of free pages, also where it
// only erases.
constexpr std::uint64_t kLeastForACommit = std::uint64_t{128} << 10;
constexpr unsigned kFreePagesTable = 0;  // LMDB's own list, keyed by transaction

// Any of these would let a commit return before its bytes are on disk, or let a stray pointer write
// into them.
constexpr unsigned kForbiddenFlags = MDB_WRITEMAP | MDB_NOSYNC | MDB_NOMETASYNC | MDB_MAPASYNC;

LmdbOptions prepared(const LmdbOptions& options) {
  if (options.mode == OpenMode::create_if_absent) {
    create_folder(options.folder);
  } else if (!has_store(options.folder)) {
    throw StorageError("there is no store in " + options.folder.string());
  }
  return options;
}

FolderClaim::Kind claim_kind(OpenMode mode) {
  switch (mode) {
    case OpenMode::create_if_absent:
    case OpenMode::must_exist:
      return FolderClaim::Kind::writer;
    case OpenMode::read_only:
      return FolderClaim::Kind::reader;
    case OpenMode::beside_writer:
      return FolderClaim::Kind::guest;
  }
  std::unreachable();
}

}  // namespace

void LmdbEnvironment::Close::operator()(MDB_env* environment) const {
  mdb_env_close(environment);
}

LmdbEnvironment::LmdbEnvironment(const LmdbOptions& options)
    : options_{prepared(options)}, claim_{options_.folder, claim_kind(options_.mode)} {
  open();
  clear_stale_readers();
}

LmdbEnvironment::~LmdbEnvironment() {
  for (MDB_txn* reader : idle_readers_) mdb_txn_abort(reader);
}

void LmdbEnvironment::open() {
  if (options_.mode == OpenMode::create_if_absent && !has_store(folder())) make_store(folder());
  reserve_lock_file(folder(), kMaxReaders);
  MDB_env* created = nullptr;
  check_lmdb("create environment", mdb_env_create(&created));
  environment_.reset(created);
  explain_failed_assertions(get());
  check_lmdb("set map size", mdb_env_set_mapsize(get(), options_.map_bytes));
  check_lmdb("set readers", mdb_env_set_maxreaders(get(), kMaxReaders));
  // A read must not be tied to its thread: one thread serves many coroutines and may nest reads.
  unsigned flags = MDB_NOTLS;
  if (options_.mode == OpenMode::read_only) flags |= MDB_RDONLY;
  const int code = mdb_env_open(get(), options_.folder.c_str(), flags, kFileMode);
  if (code == MDB_INVALID || code == MDB_VERSION_MISMATCH || code == MDB_CORRUPTED) {
    throw StorageError(data_file(folder()).string() + " is not a Chancery store");
  }
  if (code != 0) {
    throw StorageError("cannot open the store in " + options_.folder.string() + ": " +
                       mdb_strerror(code));
  }
  unsigned set = 0;
  check_lmdb("get flags", mdb_env_get_flags(get(), &set));
  if ((set & kForbiddenFlags) != 0) {
    throw StorageError("the store in " + options_.folder.string() +
                       " was opened without durable commits");
  }
  // Opening the main map once gives it its key order, for every transaction to come.
  unsigned map = 0;
  check_lmdb("open main map", mdb_dbi_open(reader().get(), nullptr, 0, &map));
  refuse_cut_short();
}

/// LMDB does not write pages that a transaction took at the end of the file and gave back, so that
/// a whole file may end before its last page; but then everything it lacks is free.
void LmdbEnvironment::refuse_cut_short() const {
  MDB_stat shape{};
  check_lmdb("get shape", mdb_env_stat(get(), &shape));
  for (MDB_envinfo before{}, after{};; before = after) {
    check_lmdb("get info", mdb_env_info(get(), &before));
    const std::uint64_t pages = before.me_last_pgno + 1;
    const std::uint64_t found = std::filesystem::file_size(data_file(folder())) / shape.ms_psize;
    if (found >= pages || found + free_pages(found) >= pages) return;
    check_lmdb("get info", mdb_env_info(get(), &after));
    if (after.me_last_txnid != before.me_last_txnid) continue;  // another process wrote meanwhile
    throw StorageError(damaged_store(
        data_file(folder()), "it is cut short, " + std::to_string(found * shape.ms_psize) + " of " +
                                 std::to_string(pages * shape.ms_psize) + " octets are left"));
  }
}

LmdbEnvironment::Reader LmdbEnvironment::reader() const {
  MDB_txn* found = nullptr;
  {
    const std::lock_guard guard{mutex_};
    if (!idle_readers_.empty()) {
      found = idle_readers_.back();
      idle_readers_.pop_back();
    }
  }
  if (found != nullptr) {
    if (const int code = mdb_txn_renew(found); code != 0) {
      mdb_txn_abort(found);
      throw_lmdb("renew read", code);
    }
  } else {
    check_lmdb("begin read", mdb_txn_begin(get(), nullptr, MDB_RDONLY, &found));
  }
  return Reader{found, ReaderReturn{this}};
}

void LmdbEnvironment::give_back(MDB_txn* reader) const {
  mdb_txn_reset(
      reader);  // lets go of the snapshot: an old one would keep freed pages from being reused
  const std::lock_guard guard{mutex_};
  idle_readers_.push_back(reader);
}

Room LmdbEnvironment::room() const {
  MDB_envinfo info{};
  MDB_stat shape{};
  check_lmdb("get info", mdb_env_info(get(), &info));
  check_lmdb("get shape", mdb_env_stat(get(), &shape));
  Room room;
  room.capacity_bytes = info.me_mapsize;
  room.used_bytes = (std::uint64_t{info.me_last_pgno} + 1) * shape.ms_psize;
  const std::uint64_t reserve = room.capacity_bytes / kReservedTenth;
  if (room.used_bytes + reserve > room.capacity_bytes) {
    // Only now, because counting walks the whole list of free pages.
    room.used_bytes -= std::min(room.used_bytes, free_pages(0) * shape.ms_psize);
  }
  room.disk_bytes =
      options_.free_disk(folder()).value_or(std::numeric_limits<std::uint64_t>::max());
  room.low = room.used_bytes + reserve > room.capacity_bytes ||
             room.disk_bytes < options_.disk_reserve_bytes;
  room.disk_full = room.disk_bytes < options_.disk_floor_bytes;
  room.map_full = room.used_bytes + kLeastForACommit > room.capacity_bytes;
  return room;
}

std::uint64_t LmdbEnvironment::free_pages(std::uint64_t first) const {
  const Reader snapshot = reader();
  MDB_cursor* cursor = nullptr;
  check_lmdb("open free list", mdb_cursor_open(snapshot.get(), kFreePagesTable, &cursor));
  std::uint64_t pages = 0;
  MDB_val key{};
  MDB_val list{};
  while (mdb_cursor_get(cursor, &key, &list, MDB_NEXT) == 0) {
    // An ID list: its length, then the numbers of the pages (mdb.c, midl.h).
    const auto* ids = static_cast<const std::size_t*>(list.mv_data);
    const std::size_t room = list.mv_size / sizeof(*ids);
    if (room == 0) continue;
    const std::span<const std::size_t> numbers(ids + 1, std::min(*ids, room - 1));
    pages += first == 0 ? numbers.size()
                        : static_cast<std::uint64_t>(std::ranges::count_if(
                              numbers, [&](std::size_t page) { return page >= first; }));
  }
  mdb_cursor_close(cursor);
  return pages;
}

void LmdbEnvironment::clear_stale_readers() const {
  int cleared = 0;
  check_lmdb("check readers", mdb_reader_check(get(), &cleared));
}

void LmdbEnvironment::backup(const std::filesystem::path& target) const {
  create_folder(target);
  if (!std::filesystem::is_empty(target)) {
    throw StorageError("the backup folder " + target.string() + " is not empty");
  }
  // A copy that was cut short must not look like a store: it gets its final name when it is
  // complete and on disk.
  const std::filesystem::path partial = target / "partial";
  const auto fail = [&](int code) {
    std::error_code ignored;
    std::filesystem::remove(partial, ignored);
    throw StorageError("cannot write the backup in " + target.string() + ": " + mdb_strerror(code));
  };
  // Opened here, because LMDB would let everybody read it whom the umask does not keep out.
  const int file = ::open(partial.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kFileMode);
  if (file < 0) fail(errno);
  const int code = mdb_env_copyfd2(get(), file, MDB_CP_COMPACT);
  ::close(file);
  if (code != 0) fail(code);
  sync_file(partial);
  std::filesystem::rename(partial, data_file(target));
  sync_folder(target);
}

}  // namespace storage
