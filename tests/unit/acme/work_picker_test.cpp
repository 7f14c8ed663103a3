// Which due work starts, and how much of the table is read for it.
#include "acme/fulfilment/work_picker.h"

#include <gtest/gtest.h>

#include "tests/support/temp_store.h"

namespace acme {
namespace {

using std::chrono::seconds;

constexpr ca::Time kNow{seconds(1'800'000'000)};

WorkPicker::Limits limits(std::size_t validations, std::size_t of_one_account) {
  return {{WorkKind::validate, {validations, of_one_account}},
          {WorkKind::issue, {10}},
          {WorkKind::publish_crl, {1}}};
}

/// Counts the rows that are read.
class CountingSnapshot final : public storage::Snapshot {
 public:
  explicit CountingSnapshot(const storage::Snapshot& inner) : inner_(inner) {}
  [[nodiscard]] std::optional<std::string> get(storage::TableName table,
                                               std::string_view key) const override {
    return inner_.get(table, key);
  }
  void scan(storage::TableName table,
            std::string_view from,
            const storage::RowVisitor& visit) const override {
    inner_.scan(table, from, [&](std::string_view key, std::string_view value) {
      ++rows;
      return visit(key, value);
    });
  }
  [[nodiscard]] std::optional<std::pair<std::string, std::string>> last(
      storage::TableName table) const override {
    return inner_.last(table);
  }
  mutable std::size_t rows = 0;

 private:
  const storage::Snapshot& inner_;
};

class WorkPickerTest : public testing::Test {
 protected:
  /// The n-th validation of an account, whose id is sixteen times `account`.
  static WorkKey validation(char account, int n, ca::Time due = kAtOnce) {
    std::string number = std::to_string(n);
    number.insert(0, 16 - number.size(), '0');
    return {due, WorkKind::validate, std::string(16, account) + number + "http-01"};
  }
  static WorkKey issuance(char order, ca::Time due = kAtOnce) {
    return {due, WorkKind::issue, std::string(16, order)};
  }
  void put(const std::vector<WorkKey>& keys) {
    store_->write_and_wait([&](storage::Transaction& transaction) {
      for (const WorkKey& key : keys) put_work(transaction, key);
    });
  }
  void erase(const WorkKey& key) {
    store_->write_and_wait(
        [&](storage::Transaction& transaction) { kDueWork.erase(transaction, key.encode()); });
  }
  void put_raw(const std::string& key, const std::string& value) {
    store_->write_and_wait(
        [&](storage::Transaction& transaction) { transaction.put(kDueWork.name(), key, value); });
  }
  WorkPicker::Picked pick(WorkPicker& picker, std::size_t at_most = 1'000'000) {
    return store_->read([&](const storage::Snapshot& snapshot) {
      const CountingSnapshot counting(snapshot);
      WorkPicker::Picked picked = picker.pick(counting, kNow, at_most);
      rows_read = counting.rows;
      return picked;
    });
  }
  void put_validations(char account, int count) {
    std::vector<WorkKey> keys;
    for (int n = 0; n < count; ++n) keys.push_back(validation(account, n));
    put(keys);
  }

  std::size_t rows_read = 0;

 private:
  tests::TempStore store_;
};

TEST_F(WorkPickerTest, FindsWhatIsDueAndTellsWhatIsNext) {
  WorkPicker picker(limits(10, 100));
  put({validation('a', 1), issuance('o', kNow), issuance('p', kNow + seconds(5)),
       validation('b', 1, kNow + seconds(9))});
  const auto picked = pick(picker);
  EXPECT_EQ(picked.to_run, (std::vector<WorkKey>{validation('a', 1), issuance('o', kNow)}));
  EXPECT_EQ(picked.next, kNow + seconds(5));
}

TEST_F(WorkPickerTest, PicksNothingTwiceUntilItHasEnded) {
  WorkPicker picker(limits(10, 100));
  put({validation('a', 1)});
  EXPECT_EQ(pick(picker).to_run.size(), 1);
  EXPECT_FALSE(picker.is_idle());
  EXPECT_TRUE(pick(picker).to_run.empty());
  picker.end(validation('a', 1));
  EXPECT_TRUE(picker.is_idle());
  EXPECT_EQ(pick(picker).to_run.size(), 1);
}

TEST_F(WorkPickerTest, ReadsNoRowOfAKindThatHasNoFreePlace) {
  WorkPicker picker(limits(4, 100));
  put_validations('a', 500);
  EXPECT_EQ(pick(picker).to_run.size(), 4);
  EXPECT_EQ(rows_read, 4);
  EXPECT_TRUE(pick(picker).to_run.empty());
  EXPECT_EQ(rows_read, 0);
  put({issuance('o')});
  EXPECT_EQ(pick(picker).to_run, (std::vector<WorkKey>{issuance('o')}));
  EXPECT_LE(rows_read, 2);
}

TEST_F(WorkPickerTest, GivesNoAccountMoreThanItsShareAndSkipsTheRestOfItsRows) {
  WorkPicker picker(limits(50, 3));
  put_validations('a', 500);
  put_validations('b', 500);
  put_validations('c', 2);
  const auto picked = pick(picker);
  ASSERT_EQ(picked.to_run.size(), 8);
  EXPECT_EQ(picked.to_run[2], validation('a', 2));
  EXPECT_EQ(picked.to_run[3], validation('b', 0));
  EXPECT_EQ(picked.to_run[7], validation('c', 1));
  EXPECT_LE(rows_read, 12);
  picker.end(validation('b', 1));
  erase(validation('b', 1));
  EXPECT_EQ(pick(picker).to_run, (std::vector<WorkKey>{validation('b', 3)}));
  EXPECT_LE(rows_read, 20);
}

TEST_F(WorkPickerTest, GoesRoundSoThatNoAccountWaitsForEver) {
  WorkPicker picker(limits(2, 100));
  put_validations('a', 20);
  put_validations('b', 20);
  bool was_second_served = false;
  for (int round = 0; round < 15 && !was_second_served; ++round) {
    for (const WorkKey& key : pick(picker).to_run) {
      // The row of a failure comes again at once, in front of all others.
      picker.end(key);
      was_second_served = was_second_served || key.subject.starts_with('b');
    }
  }
  EXPECT_TRUE(was_second_served);
}

TEST_F(WorkPickerTest, StartsNoMoreThanItIsToldTo) {
  WorkPicker picker(limits(10, 100));
  put_validations('a', 5);
  put({issuance('o')});
  EXPECT_EQ(pick(picker, 1).to_run.size(), 1);
  EXPECT_TRUE(pick(picker, 0).to_run.empty());
}

TEST_F(WorkPickerTest, SkipsWhatItCannotReadAndTellsItOnce) {
  WorkPicker picker(limits(10, 100));
  const std::string damaged = validation('a', 1).encode().substr(0, 10);
  const std::string short_subject = WorkKey{kAtOnce, WorkKind::validate, "x"}.encode();
  put_raw(damaged, "");
  put_raw(short_subject, "");
  put_raw(validation('a', 2).encode(), "a value that does not decode");
  put({validation('b', 1)});
  const auto picked = pick(picker);
  EXPECT_EQ(picked.to_run, (std::vector<WorkKey>{validation('a', 2), validation('b', 1)}));
  EXPECT_EQ(picked.unreadable, (std::vector<std::string>{damaged, short_subject}));
  EXPECT_TRUE(pick(picker).unreadable.empty());
}

TEST_F(WorkPickerTest, LeavesAKindThatNobodyRuns) {
  WorkPicker picker(limits(10, 100));
  put({{kAtOnce, WorkKind::check_domains, std::string(16, 'a')}, issuance('o')});
  const auto picked = pick(picker);
  EXPECT_EQ(picked.to_run, (std::vector<WorkKey>{issuance('o')}));
  EXPECT_TRUE(picked.unreadable.empty());
}

TEST_F(WorkPickerTest, SharesAnyKindAmongItsOwners) {
  WorkPicker picker({{WorkKind::check_domains, {10, 1}}});
  const WorkKey first{kAtOnce, WorkKind::check_domains, std::string(16, 'a') + "1"};
  const WorkKey second{kAtOnce, WorkKind::check_domains, std::string(16, 'a') + "2"};
  const WorkKey other{kAtOnce, WorkKind::check_domains, std::string(16, 'b')};
  put({first, second, other});
  EXPECT_EQ(pick(picker).to_run, (std::vector<WorkKey>{first, other}));
}

}  // namespace
}  // namespace acme
