#include "storage/table_catalogue.h"

#include <lmdb.h>

#include <algorithm>
#include <limits>
#include <mutex>

#include "storage/key_codec.h"
#include "storage/lmdb_error.h"
#include "storage/lmdb_rows.h"
#include "storage/storage_error.h"

namespace storage {
namespace {

constexpr TableNumber kCatalogue = 0;
constexpr std::size_t kMaxNameBytes = 32;
constexpr std::string_view kSchemaKey = "schema";
constexpr std::string_view kTableCountKey = "tables";
constexpr std::string_view kTablePrefix = "table:";

std::string table_key(TableName name) {
  return std::string(kTablePrefix).append(name.text);
}

std::optional<std::uint64_t> read_number(MDB_txn* transaction, std::string_view key) {
  const std::optional<std::string> bytes = get_row(transaction, row_key(kCatalogue, key));
  if (!bytes) return std::nullopt;
  return KeyReader{*bytes}.number();
}

void write_number(MDB_txn* transaction, std::string_view key, std::uint64_t number) {
  put_row(transaction, row_key(kCatalogue, key), KeyWriter{}.number(number).take());
}

void require_table_name(TableName name) {
  const auto allowed = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
  if (name.text.empty() || name.text.size() > kMaxNameBytes ||
      !std::ranges::all_of(name.text, allowed)) {
    throw StorageError("table name \"" + std::string(name.text) +
                       "\" is not 1 to 32 bytes of [a-z_]");
  }
}

}  // namespace

std::string row_key(TableNumber number, std::string_view key) {
  std::string bytes{static_cast<char>(number >> 8), static_cast<char>(number & 0xFF)};
  return bytes.append(key);
}

std::optional<std::uint64_t> read_schema_version(MDB_txn* transaction) {
  return read_number(transaction, kSchemaKey);
}

void write_schema_version(MDB_txn* transaction) {
  write_number(transaction, kSchemaKey, kSchemaVersion);
}

void TableCatalogue::load(MDB_txn* reader) {
  std::map<std::string, TableNumber, std::less<>> found;
  scan_rows(reader, kCatalogue, kTablePrefix, [&](std::string_view key, std::string_view value) {
    if (!key.starts_with(kTablePrefix)) return Scan::stop;
    key.remove_prefix(kTablePrefix.size());
    found.emplace(key, static_cast<TableNumber>(KeyReader{value}.number()));
    return Scan::proceed;
  });
  const std::unique_lock guard{mutex_};
  known_ = std::move(found);
  stale_ = false;
}

std::optional<TableNumber> TableCatalogue::find(MDB_txn* transaction, TableName name) const {
  {
    const std::shared_lock guard{mutex_};
    if (const auto known = known_.find(name.text); known != known_.end()) return known->second;
  }
  require_table_name(name);
  const std::optional<std::uint64_t> number = read_number(transaction, table_key(name));
  if (!number) return std::nullopt;
  return static_cast<TableNumber>(*number);
}

TableNumber TableCatalogue::find_or_add(MDB_txn* transaction, TableName name) {
  if (const std::optional<TableNumber> number = find(transaction, name)) return *number;
  const std::uint64_t number = read_number(transaction, kTableCountKey).value_or(0) + 1;
  // The greatest number stays free, so that every table has a number after it.
  if (number >= std::numeric_limits<TableNumber>::max())
    throw StorageError("the store has too many tables");
  write_number(transaction, kTableCountKey, number);
  write_number(transaction, table_key(name), number);
  const std::unique_lock guard{mutex_};
  stale_ = true;
  return static_cast<TableNumber>(number);
}

bool TableCatalogue::is_stale() const {
  const std::shared_lock guard{mutex_};
  return stale_;
}

}  // namespace storage
