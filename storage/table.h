// A typed view of one table. The record type says how its key and its bytes look.
#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <string_view>

#include "storage/transaction.h"

namespace storage {

/// A record that a Table can hold: `encode(record)` and `Record::decode(bytes)` in the record's own
/// type, written with RecordWriter and RecordReader.
template <class Record>
concept StoredRecord = requires(const Record& record, std::string_view bytes) {
  { record.encode() } -> std::same_as<std::string>;
  { Record::decode(bytes) } -> std::same_as<Record>;
};

/// Rows of `Record` under byte keys (made with KeyWriter, or ids that are bytes already).
/// Stateless; make it constexpr.
template <StoredRecord Record>
class Table {
 public:
  constexpr explicit Table(std::string_view name) : name_{name} {}

  [[nodiscard]] TableName name() const { return name_; }

  /// Throws CorruptRecord if the row is there but does not decode.
  [[nodiscard]] std::optional<Record> get(const Snapshot& snapshot, std::string_view key) const {
    const std::optional<std::string> bytes = snapshot.get(name_, key);
    if (!bytes) return std::nullopt;
    return Record::decode(*bytes);
  }

  [[nodiscard]] bool contains(const Snapshot& snapshot, std::string_view key) const {
    return snapshot.get(name_, key).has_value();
  }

  void put(Transaction& transaction, std::string_view key, const Record& record) const {
    transaction.put(name_, key, record.encode());
  }

  void erase(Transaction& transaction, std::string_view key) const {
    transaction.erase(name_, key);
  }

  /// Visits rows whose key starts with `prefix`, in key order: `visit(std::string_view key, Record)
  /// -> Scan`.
  template <class Visit>
  void scan_prefix(const Snapshot& snapshot, std::string_view prefix, Visit&& visit) const {
    snapshot.scan(name_, prefix, [&](std::string_view key, std::string_view value) {
      if (!key.starts_with(prefix)) return Scan::stop;
      return visit(key, Record::decode(value));
    });
  }

 private:
  TableName name_;
};

}  // namespace storage
