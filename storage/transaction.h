// The storage contract: an ordered map of byte strings with serializable transactions.
//
// Nothing here is shaped after one engine. Keys and values are bytes, values are returned as
// copies, and work handed to the store may run more than once (a networked engine retries after a
// conflict), so it must be a pure function of what it captured and of what it reads.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace storage {

/// Names one ordered map inside the store. Declare it as a constant beside the records it holds.
/// Names are at most 32 bytes of `[a-z_]`; a table comes into being with its first write.
struct TableName {
  std::string_view text;
};

/// What a visitor answers after each row.
enum class Scan { proceed, stop };

/// Sees one row. The views are valid only during the call.
using RowVisitor = std::function<Scan(std::string_view key, std::string_view value)>;

/// A consistent view of the whole store at one instant. Valid only inside the callback that
/// received it.
class Snapshot {
 public:
  virtual ~Snapshot() = default;
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

  /// A copy of the value under `key`, or nothing. Throws StorageError if the engine fails.
  [[nodiscard]] virtual std::optional<std::string> get(TableName table,
                                                       std::string_view key) const = 0;

  /// Visits rows in ascending byte order of their keys, from the first key >= `from` (an empty
  /// `from` is the beginning), until the visitor answers `stop` or the table ends. The visitor must
  /// not write.
  virtual void scan(TableName table, std::string_view from, const RowVisitor& visit) const = 0;

  /// The row with the greatest key, or nothing if the table is empty.
  [[nodiscard]] virtual std::optional<std::pair<std::string, std::string>> last(
      TableName table) const = 0;

 protected:
  Snapshot() = default;
};

/// A Snapshot that sees its own writes. Its changes become visible to others, together, when the
/// work that received it has returned and the commit is durable.
class Transaction : public Snapshot {
 public:
  /// Stores `value` under `key`, replacing what was there. Keys are 1 to 500 bytes; values at most
  /// 16 MiB. Throws StorageFull when the engine has no room; throws StorageError on any other
  /// failure.
  virtual void put(TableName table, std::string_view key, std::string_view value) = 0;

  /// Removes `key`. Removing an absent key is not an error.
  virtual void erase(TableName table, std::string_view key) = 0;
};

}  // namespace storage
