// Which tables exist, and the schema version: rows of the store itself, under table number 0.
//
// All tables share LMDB's one main map; a row's key is its table's number (2 bytes, big endian) and
// the row's own key. Handles of separate LMDB maps would have a life of their own that an undone
// child transaction takes away.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <shared_mutex>
#include <string>

#include "storage/transaction.h"

struct MDB_txn;

namespace storage {

using TableNumber = std::uint16_t;

/// The handle LMDB gives its main map.
inline constexpr unsigned kMainMap = 1;

/// The schema this program writes: the catalogue and key layout of this file. Record shapes have
/// versions of their own.
inline constexpr std::uint64_t kSchemaVersion = 1;

/// The key under which LMDB holds the row `key` of table `number`.
std::string row_key(TableNumber number, std::string_view key);

/// The schema version on disk, or nothing in a store that has never been written.
std::optional<std::uint64_t> read_schema_version(MDB_txn* transaction);
void write_schema_version(MDB_txn* transaction);

/// Finds table numbers, from memory for tables that were there when it was loaded. Safe to use from
/// any thread.
class TableCatalogue {
 public:
  /// Remembers every table `reader` sees. Give it committed state only: what is remembered is never
  /// forgotten.
  void load(MDB_txn* reader);

  /// Nothing if the table does not exist in `transaction`. Throws StorageError if the name breaks
  /// the rule of TableName.
  [[nodiscard]] std::optional<TableNumber> find(MDB_txn* transaction, TableName name) const;

  /// Adds the table, in `transaction`, if it is absent.
  [[nodiscard]] TableNumber find_or_add(MDB_txn* transaction, TableName name);

  /// Whether a table was added (by whatever became of that transaction) since the last load.
  [[nodiscard]] bool is_stale() const;

 private:
  mutable std::shared_mutex mutex_;
  std::map<std::string, TableNumber, std::less<>> known_;
  bool stale_ = false;
};

}  // namespace storage
