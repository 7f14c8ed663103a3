// What the types let nobody write (T-B5): a change needs the handle of a transaction, and there is
// no way to have one but inside the work that a store runs.
#include "storage/transaction.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <type_traits>

#include "storage/store.h"
#include "storage/table.h"

namespace storage {
namespace {

struct Row {
  [[nodiscard]] std::string encode() const { return {}; }
  static Row decode(std::string_view) { return {}; }
};

template <class Handle>
concept PutsRows =
    requires(const Table<Row>& table, Handle& handle) { table.put(handle, "k", {}); };
template <class Handle>
concept ErasesRows =
    requires(const Table<Row>& table, Handle& handle) { table.erase(handle, "k"); };
template <class Handle>
concept ReadsRows = requires(const Table<Row>& table, Handle& handle) { table.get(handle, "k"); };
template <class Handle>
concept PutsOctets = requires(Handle& handle) { handle.put(TableName{"t"}, "k", "v"); };

// T-B5
TEST(Transaction, IsWhatEveryWriteTakes) {
  static_assert(PutsRows<Transaction> && ErasesRows<Transaction> && PutsOctets<Transaction>);
  static_assert(!PutsRows<Snapshot> && !ErasesRows<Snapshot> && !PutsOctets<Snapshot>);
  static_assert(!PutsRows<const Transaction> && !PutsOctets<const Transaction>);
  static_assert(!PutsRows<Store> && !ErasesRows<Store> && !PutsOctets<Store>);
  static_assert(ReadsRows<const Snapshot> && ReadsRows<Transaction> && !ReadsRows<Store>);
}

TEST(Transaction, IsNeitherMadeNorKeptByAnybody) {
  static_assert(std::is_abstract_v<Transaction> && std::is_abstract_v<Snapshot>);
  static_assert(!std::is_copy_constructible_v<Transaction> &&
                !std::is_move_constructible_v<Transaction>);
  static_assert(!std::is_copy_assignable_v<Transaction> && !std::is_move_assignable_v<Transaction>);
  static_assert(!std::is_convertible_v<const Snapshot&, Transaction&>);
  static_assert(!std::is_convertible_v<Snapshot&, Transaction&>);
}

}  // namespace
}  // namespace storage
