// Rows inside one LMDB transaction: the Snapshot and Transaction contracts on top of it.
#pragma once

#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "storage/table_catalogue.h"
#include "storage/transaction.h"

struct MDB_txn;

namespace storage {

// Keys here are whole (see row_key). Each throws StorageError or StorageFull.
std::optional<std::string> get_row(MDB_txn* transaction, std::string_view whole_key);
void put_row(MDB_txn* transaction, std::string_view whole_key, std::string_view value);
void scan_rows(MDB_txn* transaction,
               TableNumber table,
               std::string_view from,
               const RowVisitor& visit);

/// Reads through a transaction that somebody else owns and ends.
class LmdbSnapshot final : public Snapshot {
 public:
  LmdbSnapshot(MDB_txn* transaction, const TableCatalogue& catalogue)
      : transaction_{transaction}, catalogue_{catalogue} {}

  [[nodiscard]] std::optional<std::string> get(TableName table,
                                               std::string_view key) const override;
  void scan(TableName table, std::string_view from, const RowVisitor& visit) const override;
  [[nodiscard]] std::optional<std::pair<std::string, std::string>> last(
      TableName table) const override;

 private:
  MDB_txn* transaction_;
  const TableCatalogue& catalogue_;
};

/// What one piece of work may write.
struct WriteLimits {
  std::uint64_t total_bytes = 0;  // all keys and values together
};

/// Writes through a transaction that somebody else owns and ends.
class LmdbTransaction final : public Transaction {
 public:
  LmdbTransaction(MDB_txn* transaction, TableCatalogue& catalogue, const WriteLimits& limits)
      : transaction_{transaction},
        catalogue_{catalogue},
        reads_{transaction, catalogue},
        limits_{limits} {}

  [[nodiscard]] std::optional<std::string> get(TableName table,
                                               std::string_view key) const override;
  void scan(TableName table, std::string_view from, const RowVisitor& visit) const override;
  [[nodiscard]] std::optional<std::pair<std::string, std::string>> last(
      TableName table) const override;
  void put(TableName table, std::string_view key, std::string_view value) override;
  void erase(TableName table, std::string_view key) override;

  [[nodiscard]] std::uint64_t written_bytes() const { return written_bytes_; }

  /// Whether a write was tried, and so the transaction may hold what its verdict wants undone.
  [[nodiscard]] bool has_changed() const { return has_changed_; }

  /// The first failed write, if any: LMDB has marked the transaction as broken, even if the work
  /// went on regardless.
  [[nodiscard]] std::exception_ptr failure() const { return failure_; }

 private:
  template <class Write>
  void guarded(Write write);

  MDB_txn* transaction_;
  TableCatalogue& catalogue_;
  LmdbSnapshot reads_;
  WriteLimits limits_;
  std::uint64_t written_bytes_ = 0;
  bool has_changed_ = false;
  mutable int scans_under_way_ = 0;
  std::exception_ptr failure_;
};

}  // namespace storage
