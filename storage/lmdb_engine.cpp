#include "storage/lmdb_engine.h"

#include <lmdb.h>

#include <optional>
#include <string>

#include "storage/group_commit.h"
#include "storage/lmdb_environment.h"
#include "storage/lmdb_error.h"
#include "storage/lmdb_rows.h"
#include "storage/storage_error.h"
#include "storage/table_catalogue.h"

namespace storage {
namespace {

/// Whether nothing was ever written: what a crash between creating the file and its first commit
/// leaves behind.
bool is_blank(MDB_env* environment) {
  MDB_stat shape{};
  check_lmdb("get shape", mdb_env_stat(environment, &shape));
  return shape.ms_entries == 0;
}

void write_first_commit(MDB_env* environment) {
  MDB_txn* transaction = nullptr;
  check_lmdb("begin write", mdb_txn_begin(environment, nullptr, 0, &transaction));
  try {
    write_schema_version(transaction);
  } catch (...) {
    mdb_txn_abort(transaction);
    throw;
  }
  check_lmdb("commit", mdb_txn_commit(transaction));
}

void check_schema(const LmdbEnvironment& environment, OpenMode mode) {
  const std::string folder = environment.folder().string();
  const std::optional<std::uint64_t> version = read_schema_version(environment.reader().get());
  if (!version) {
    if (!is_blank(environment.get())) {
      throw StorageError((environment.folder() / "data.mdb").string() + " is not a Chancery store");
    }
    if (mode != OpenMode::create_if_absent) throw StorageError("there is no store in " + folder);
    write_first_commit(environment.get());
  } else if (*version > kSchemaVersion) {
    throw StorageError("the store in " + folder + " has schema " + std::to_string(*version) +
                       ", written by a newer program; this one knows schema " +
                       std::to_string(kSchemaVersion) + " and leaves it as it is");
  }
}

class LmdbEngine final : public Engine {
 public:
  explicit LmdbEngine(const LmdbOptions& options) : environment_{options} {
    check_schema(environment_, options.mode);
    catalogue_.load(environment_.reader().get());
    if (options.mode == OpenMode::read_only) return;
    writer_.emplace(environment_, catalogue_,
                    GroupCommit::Limits{.max_batch = options.max_batch,
                                        .max_queued = options.max_queued,
                                        .gathering = options.gathering,
                                        .room_interval = options.room_interval});
  }

  void read(const ReadWork& work) const override {
    const LmdbEnvironment::Reader reader = environment_.reader();
    work(LmdbSnapshot{reader.get(), catalogue_});
  }

  void submit(WriteWork work, Done done) override {
    if (!writer_) {
      throw StorageError("the store in " + environment_.folder().string() +
                         " is open for reading only");
    }
    writer_->submit(std::move(work), std::move(done));
  }

  void backup(const std::filesystem::path& target) const override { environment_.backup(target); }

  [[nodiscard]] EngineStatus status() const override {
    if (writer_) return writer_->status();
    const Room room = environment_.room();
    return {.used_bytes = room.used_bytes,
            .capacity_bytes = room.capacity_bytes,
            .low_on_room = room.low,
            .accepts_writes = false};
  }

 private:
  LmdbEnvironment environment_;
  TableCatalogue catalogue_;
  std::optional<GroupCommit> writer_;  // last: ends before what it writes to
};

}  // namespace

std::unique_ptr<Engine> open_lmdb(const LmdbOptions& options) {
  return std::make_unique<LmdbEngine>(options);
}

}  // namespace storage
