// The map that a store is: tables, order, limits.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "storage/table.h"
#include "tests/support/temp_store.h"

namespace storage {
namespace {

using namespace std::string_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;
using testing::ThrowsMessage;

constexpr TableName kFruit{"fruit"};
constexpr TableName kStone{"stone"};
using Row = std::pair<std::string, std::string>;

void put(Store& store, TableName table, std::string key, std::string value) {
  store.write_and_wait([=](Transaction& transaction) { transaction.put(table, key, value); });
}

std::optional<std::string> get(const Store& store, TableName table, const std::string& key) {
  return store.read([&](const Snapshot& snapshot) { return snapshot.get(table, key); });
}

std::vector<Row> rows(const Snapshot& snapshot, TableName table, const std::string& from = "") {
  std::vector<Row> found;
  snapshot.scan(table, from, [&](std::string_view key, std::string_view value) {
    found.emplace_back(key, value);
    return Scan::proceed;
  });
  return found;
}

std::vector<Row> rows(const Store& store, TableName table, const std::string& from = "") {
  return store.read([&](const Snapshot& snapshot) { return rows(snapshot, table, from); });
}

TEST(Rows, ComeBackAsTheyWerePut) {
  tests::TempStore store;
  put(*store, kFruit, "k", "v\0w"s);
  put(*store, kFruit, "k2", "");
  EXPECT_EQ(get(*store, kFruit, "k"), "v\0w"s);
  EXPECT_EQ(get(*store, kFruit, "k2"), "");
  EXPECT_EQ(get(*store, kFruit, "k3"), std::nullopt);
}

TEST(Rows, AreReplacedAndErased) {
  tests::TempStore store;
  put(*store, kFruit, "k", "old");
  put(*store, kFruit, "k", "new");
  EXPECT_EQ(get(*store, kFruit, "k"), "new");
  store->write_and_wait([](Transaction& transaction) {
    transaction.erase(kFruit, "k");
    transaction.erase(kFruit, "never there");
    transaction.erase(TableName{"no_such_table"}, "k");
  });
  EXPECT_EQ(get(*store, kFruit, "k"), std::nullopt);
}

TEST(Rows, ScanInByteOrderFromAKey) {
  tests::TempStore store;
  for (const std::string& key : {"b"s, "a"s, "\xFF"s, "a\0"s, "ab"s}) put(*store, kFruit, key, "");
  EXPECT_THAT(rows(*store, kFruit), ElementsAre(Pair("a", ""), Pair("a\0"s, ""), Pair("ab", ""),
                                                Pair("b", ""), Pair("\xFF", "")));
  EXPECT_THAT(rows(*store, kFruit, "aa"),
              ElementsAre(Pair("ab", ""), Pair("b", ""), Pair("\xFF", "")));
}

TEST(Rows, ScanEndsWhenTheVisitorSaysSo) {
  tests::TempStore store;
  for (const char* key : {"a", "b", "c"}) put(*store, kFruit, key, "");
  int visited = 0;
  store->read([&](const Snapshot& snapshot) {
    snapshot.scan(kFruit, "", [&](std::string_view, std::string_view) {
      return ++visited == 2 ? Scan::stop : Scan::proceed;
    });
  });
  EXPECT_EQ(visited, 2);
}

TEST(Rows, ScanFromLongerThanAnyKeySkipsWhatComesBefore) {
  tests::TempStore store;
  const std::string longest(500, 'x');
  put(*store, kFruit, longest, "before");
  put(*store, kFruit, "y", "after");
  EXPECT_THAT(rows(*store, kFruit, longest + "x"), ElementsAre(Pair("y", "after")));
}

TEST(Rows, TablesDoNotSeeEachOther) {
  tests::TempStore store;
  put(*store, kFruit, "k", "fig");
  put(*store, kStone, "k", "flint");
  put(*store, kFruit, "z", "zucchini");
  EXPECT_THAT(rows(*store, kFruit), ElementsAre(Pair("k", "fig"), Pair("z", "zucchini")));
  EXPECT_THAT(rows(*store, kStone), ElementsAre(Pair("k", "flint")));
}

TEST(Rows, LastIsTheGreatestKeyOfItsTable) {
  tests::TempStore store;
  const auto last = [&](TableName table) {
    return store->read([&](const Snapshot& snapshot) { return snapshot.last(table); });
  };
  EXPECT_EQ(last(kFruit), std::nullopt);
  put(*store, kFruit, "a", "1");
  put(*store, kFruit, std::string(500, '\xFF'), "2");
  EXPECT_EQ(last(kFruit), (Row{std::string(500, '\xFF'), "2"}));
  put(*store, kStone, "s", "3");
  EXPECT_EQ(last(kFruit)->second, "2");
  EXPECT_EQ(last(kStone)->second, "3");
  store->write_and_wait([](Transaction& transaction) { transaction.erase(kStone, "s"); });
  EXPECT_EQ(last(kStone), std::nullopt);
}

TEST(Rows, TableThatWasNeverWrittenIsEmpty) {
  tests::TempStore store;
  EXPECT_EQ(get(*store, kFruit, "k"), std::nullopt);
  EXPECT_THAT(rows(*store, kFruit), ElementsAre());
}

TEST(Rows, TableFirstWrittenByUndoneWorkStaysUsable) {
  tests::TempStore store;
  EXPECT_THROW(store->write_and_wait([](Transaction& transaction) {
    transaction.put(kFruit, "k", "v");
    throw std::runtime_error("undo");
  }),
               std::runtime_error);
  EXPECT_EQ(get(*store, kFruit, "k"), std::nullopt);
  put(*store, kStone, "k", "flint");  // takes the number the undone table had
  put(*store, kFruit, "k", "fig");
  EXPECT_EQ(get(*store, kFruit, "k"), "fig");
  EXPECT_EQ(get(*store, kStone, "k"), "flint");
  store.reopen();
  EXPECT_EQ(get(*store, kFruit, "k"), "fig");
  EXPECT_EQ(get(*store, kStone, "k"), "flint");
}

TEST(Rows, WorkSeesItsOwnWrites) {
  tests::TempStore store;
  put(*store, kFruit, "b", "old");
  store->write_and_wait([](Transaction& transaction) {
    transaction.put(kFruit, "a", "1");
    transaction.put(kFruit, "b", "2");
    EXPECT_EQ(transaction.get(kFruit, "a"), "1");
    EXPECT_THAT(rows(transaction, kFruit), ElementsAre(Pair("a", "1"), Pair("b", "2")));
    transaction.erase(kFruit, "b");
    EXPECT_EQ(transaction.last(kFruit), (Row{"a", "1"}));
  });
}

TEST(Rows, SnapshotDoesNotMove) {
  tests::TempStore store;
  put(*store, kFruit, "k", "before");
  store->read([&](const Snapshot& snapshot) {
    put(*store, kFruit, "k", "after");
    EXPECT_EQ(snapshot.get(kFruit, "k"), "before");
    EXPECT_EQ(get(*store, kFruit, "k"), "after") << "reads nest";
  });
}

TEST(Rows, KeysHave1To500Bytes) {
  tests::TempStore store;
  put(*store, kFruit, std::string(500, 'k'), "fits");
  EXPECT_EQ(get(*store, kFruit, std::string(500, 'k')), "fits");
  for (const std::size_t size : {std::size_t{0}, std::size_t{501}, std::size_t{100'000}}) {
    const std::string key(size, 'k');
    EXPECT_THAT([&] { put(*store, kFruit, key, "v"); },
                ThrowsMessage<StorageError>(HasSubstr("keys are 1 to 500 bytes")));
    EXPECT_EQ(get(*store, kFruit, key), std::nullopt);
    store->write_and_wait([&](Transaction& transaction) { transaction.erase(kFruit, key); });
  }
}

TEST(Rows, ValuesHaveAtMost16MiB) {
  tests::TempStore store;
  const std::string largest(std::size_t{16} << 20, 'v');
  put(*store, kFruit, "k", largest);
  EXPECT_EQ(get(*store, kFruit, "k"), largest);
  EXPECT_THAT([&] { put(*store, kFruit, "k2", largest + "v"); },
              ThrowsMessage<StorageError>(HasSubstr("values are at most 16 MiB")));
}

TEST(Rows, TableNamesFollowTheirRule) {
  tests::TempStore store;
  put(*store, TableName{"abcdefghijklmnopqrstuvwxyz_abcde"}, "k", "v");
  for (const char* name :
       {"", "Upper", "with space", "digit1", "abcdefghijklmnopqrstuvwxyz_abcdef"}) {
    EXPECT_THAT([&] { put(*store, TableName{name}, "k", "v"); },
                ThrowsMessage<StorageError>(HasSubstr("[a-z_]")));
  }
}

TEST(Rows, VisitorThatWritesIsRefused) {
  tests::TempStore store;
  put(*store, kFruit, "k", "v");
  EXPECT_THROW(store->write_and_wait([](Transaction& transaction) {
    transaction.scan(kFruit, "", [&](std::string_view key, std::string_view) {
      transaction.erase(kFruit, key);
      return Scan::proceed;
    });
  }),
               std::logic_error);
  EXPECT_EQ(get(*store, kFruit, "k"), "v");
}

/// The smallest record there is.
struct Word {
  std::string text;
  [[nodiscard]] std::string encode() const { return "word:" + text; }
  static Word decode(std::string_view bytes) {
    if (!bytes.starts_with("word:")) throw CorruptRecord("word record: no word");
    return {std::string(bytes.substr(5))};
  }
};
constexpr Table<Word> kWords{"words"};

TEST(Table, KeepsRecordsUnderKeysAndFindsThemByPrefix) {
  tests::TempStore store;
  store->write_and_wait([](Transaction& transaction) {
    for (const char* key : {"de/eins", "de/zwei", "en/one", "d"})
      kWords.put(transaction, key, {key});
    kWords.erase(transaction, "d");
  });
  store->read([](const Snapshot& snapshot) {
    EXPECT_EQ(kWords.get(snapshot, "en/one")->text, "en/one");
    EXPECT_FALSE(kWords.get(snapshot, "d"));
    EXPECT_TRUE(kWords.contains(snapshot, "de/eins"));
    std::vector<std::string> german;
    kWords.scan_prefix(snapshot, "de/", [&](std::string_view, const Word& word) {
      german.push_back(word.text);
      return Scan::proceed;
    });
    EXPECT_THAT(german, ElementsAre("de/eins", "de/zwei"));
  });
}

TEST(Table, RecordThatDoesNotDecodeIsAnError) {
  tests::TempStore store;
  put(*store, kWords.name(), "k", "damaged");
  EXPECT_THROW(store->read([](const Snapshot& snapshot) { return kWords.get(snapshot, "k"); }),
               CorruptRecord);
}

}  // namespace
}  // namespace storage
