#include "storage/lmdb_rows.h"

#include <lmdb.h>

#include <memory>
#include <stdexcept>

#include "storage/lmdb_error.h"
#include "storage/storage_error.h"

namespace storage {
namespace {

constexpr std::size_t kMaxKeyBytes = 500;
constexpr std::size_t kMaxValueBytes = std::size_t{16} << 20;

// LMDB takes its inputs through pointers to non-const and does not write to them.
MDB_val as_lmdb(std::string_view bytes) {
  return {bytes.size(), const_cast<char*>(bytes.data())};
}

std::string_view as_view(const MDB_val& value) {
  return {static_cast<const char*>(value.mv_data), value.mv_size};
}

struct CloseCursor {
  void operator()(MDB_cursor* cursor) const { mdb_cursor_close(cursor); }
};
using Cursor = std::unique_ptr<MDB_cursor, CloseCursor>;

Cursor open_cursor(MDB_txn* transaction) {
  MDB_cursor* cursor = nullptr;
  check_lmdb("open cursor", mdb_cursor_open(transaction, kMainMap, &cursor));
  return Cursor{cursor};
}

bool can_be_key(std::string_view key) {
  return !key.empty() && key.size() <= kMaxKeyBytes;
}

}  // namespace

std::optional<std::string> get_row(MDB_txn* transaction, std::string_view whole_key) {
  MDB_val key = as_lmdb(whole_key);
  MDB_val value{};
  const int code = mdb_get(transaction, kMainMap, &key, &value);
  if (code == MDB_NOTFOUND) return std::nullopt;
  check_lmdb("get", code);
  return std::string(as_view(value));
}

void put_row(MDB_txn* transaction, std::string_view whole_key, std::string_view value) {
  MDB_val key = as_lmdb(whole_key);
  MDB_val bytes = as_lmdb(value);
  check_lmdb("put", mdb_put(transaction, kMainMap, &key, &bytes, 0));
}

void scan_rows(MDB_txn* transaction,
               TableNumber table,
               std::string_view from,
               const RowVisitor& visit) {
  const Cursor cursor = open_cursor(transaction);
  const std::string table_prefix = row_key(table, {});
  // LMDB refuses to seek to more than a key can hold; rows before `from` are skipped below instead.
  const std::string start = row_key(table, from.substr(0, kMaxKeyBytes));
  MDB_val key = as_lmdb(start);
  MDB_val value{};
  int code = mdb_cursor_get(cursor.get(), &key, &value, MDB_SET_RANGE);
  for (; code == 0; code = mdb_cursor_get(cursor.get(), &key, &value, MDB_NEXT)) {
    std::string_view found = as_view(key);
    if (!found.starts_with(table_prefix)) return;
    found.remove_prefix(table_prefix.size());
    if (found < from) continue;
    if (visit(found, as_view(value)) == Scan::stop) return;
  }
  if (code != MDB_NOTFOUND) throw_lmdb("scan", code);
}

std::optional<std::string> LmdbSnapshot::get(TableName table, std::string_view key) const {
  if (!can_be_key(key)) return std::nullopt;  // it can never have been put
  const std::optional<TableNumber> number = catalogue_.find(transaction_, table);
  if (!number) return std::nullopt;
  return get_row(transaction_, row_key(*number, key));
}

void LmdbSnapshot::scan(TableName table, std::string_view from, const RowVisitor& visit) const {
  if (const std::optional<TableNumber> number = catalogue_.find(transaction_, table)) {
    scan_rows(transaction_, *number, from, visit);
  }
}

std::optional<std::pair<std::string, std::string>> LmdbSnapshot::last(TableName table) const {
  const std::optional<TableNumber> number = catalogue_.find(transaction_, table);
  if (!number) return std::nullopt;
  const Cursor cursor = open_cursor(transaction_);
  const std::string next_table = row_key(static_cast<TableNumber>(*number + 1), {});
  MDB_val key = as_lmdb(next_table);
  MDB_val value{};
  const int beyond = mdb_cursor_get(cursor.get(), &key, &value, MDB_SET_RANGE);
  if (beyond != 0 && beyond != MDB_NOTFOUND) throw_lmdb("seek last", beyond);
  const int code = mdb_cursor_get(cursor.get(), &key, &value, beyond == 0 ? MDB_PREV : MDB_LAST);
  check_lmdb("last", code);  // the catalogue's own rows come before every table
  const std::string table_prefix = row_key(*number, {});
  std::string_view found = as_view(key);
  if (!found.starts_with(table_prefix)) return std::nullopt;
  found.remove_prefix(table_prefix.size());
  return std::pair{std::string(found), std::string(as_view(value))};
}

std::optional<std::string> LmdbTransaction::get(TableName table, std::string_view key) const {
  return reads_.get(table, key);
}

void LmdbTransaction::scan(TableName table, std::string_view from, const RowVisitor& visit) const {
  struct Count {
    int& scans;
    explicit Count(int& counter) : scans{counter} { ++scans; }
    ~Count() { --scans; }
  } const count{scans_under_way_};
  reads_.scan(table, from, visit);
}

std::optional<std::pair<std::string, std::string>> LmdbTransaction::last(TableName table) const {
  return reads_.last(table);
}

template <class Write>
void LmdbTransaction::guarded(Write write) {
  if (scans_under_way_ > 0) {
    throw std::logic_error("a row visitor writes: the rows it is looking at would move");
  }
  if (failure_) std::rethrow_exception(failure_);
  has_changed_ = true;
  try {
    write();
  } catch (const StorageError&) {
    failure_ = std::current_exception();
    throw;
  }
}

void LmdbTransaction::put(TableName table, std::string_view key, std::string_view value) {
  guarded([&] {
    if (!can_be_key(key)) {
      throw StorageError("store: a key of " + std::to_string(key.size()) + " bytes in " +
                         std::string(table.text) + "; keys are 1 to 500 bytes");
    }
    if (value.size() > kMaxValueBytes) {
      throw StorageError("store: a value of " + std::to_string(value.size()) + " bytes in " +
                         std::string(table.text) + "; values are at most 16 MiB");
    }
    written_bytes_ += key.size() + value.size();
    if (written_bytes_ > limits_.total_bytes) {
      throw StorageFull("store: no room for " + std::to_string(value.size()) + " bytes in " +
                        std::string(table.text));
    }
    put_row(transaction_, row_key(catalogue_.find_or_add(transaction_, table), key), value);
  });
}

void LmdbTransaction::erase(TableName table, std::string_view key) {
  guarded([&] {
    if (!can_be_key(key)) return;
    const std::optional<TableNumber> number = catalogue_.find(transaction_, table);
    if (!number) return;
    const std::string whole_key = row_key(*number, key);
    MDB_val bytes = as_lmdb(whole_key);
    const int code = mdb_del(transaction_, kMainMap, &bytes, nullptr);
    if (code != MDB_NOTFOUND) check_lmdb("erase", code);
  });
}

}  // namespace storage
