// A store in memory, for tests that make thousands of steps: the contract of storage::Store::write
// without a disk.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "storage/store.h"
#include "storage/transaction.h"

namespace tests {

class MemoryStore final : public storage::Transaction {
 public:
  using Rows = std::map<std::string, std::string, std::less<>>;

  [[nodiscard]] std::optional<std::string> get(storage::TableName table,
                                               std::string_view key) const override {
    const auto found = tables_.find(table.text);
    if (found == tables_.end()) return std::nullopt;
    const auto row = found->second.find(key);
    if (row == found->second.end()) return std::nullopt;
    return row->second;
  }
  void scan(storage::TableName table,
            std::string_view from,
            const storage::RowVisitor& visit) const override {
    const auto found = tables_.find(table.text);
    if (found == tables_.end()) return;
    for (auto row = found->second.lower_bound(from); row != found->second.end(); ++row) {
      if (visit(row->first, row->second) == storage::Scan::stop) return;
    }
  }
  [[nodiscard]] std::optional<std::pair<std::string, std::string>> last(
      storage::TableName table) const override {
    const auto found = tables_.find(table.text);
    if (found == tables_.end() || found->second.empty()) return std::nullopt;
    return *found->second.rbegin();
  }
  void put(storage::TableName table, std::string_view key, std::string_view value) override {
    note(table, key);
    tables_[std::string(table.text)].insert_or_assign(std::string(key), std::string(value));
  }
  void erase(storage::TableName table, std::string_view key) override {
    note(table, key);
    tables_[std::string(table.text)].erase(std::string(key));
  }

  /// As Store::write: what throws, or returns an expected without a value, leaves nothing behind.
  template <class Work>
  std::invoke_result_t<Work&, storage::Transaction&> write(Work work) {
    undo_.clear();
    auto result = work(static_cast<storage::Transaction&>(*this));
    if constexpr (storage::is_expected<decltype(result)>) {
      if (!result.has_value()) roll_back();
    }
    return result;
  }

  [[nodiscard]] const std::map<std::string, Rows, std::less<>>& tables() const { return tables_; }

 private:
  struct Undo {
    std::string table;
    std::string key;
    std::optional<std::string> before;
  };
  void note(storage::TableName table, std::string_view key) {
    undo_.push_back({std::string(table.text), std::string(key), get(table, key)});
  }
  void roll_back() {
    for (auto each = undo_.rbegin(); each != undo_.rend(); ++each) {
      if (each->before) {
        tables_[each->table].insert_or_assign(each->key, *each->before);
      } else {
        tables_[each->table].erase(each->key);
      }
      if (tables_[each->table].empty()) tables_.erase(each->table);
    }
    undo_.clear();
  }

  std::map<std::string, Rows, std::less<>> tables_;
  std::vector<Undo> undo_;
};

}  // namespace tests
