// Many pieces of work in one durable commit, each with its own fate.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "storage/lmdb_engine.h"
#include "storage/storage_error.h"
#include "tests/support/failing_disk.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/storage/held_writer.h"
#include "tests/unit/storage/opened_engine.h"

namespace storage {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;
using tests::FailingDisk;
using tests::HeldWriter;
using tests::kRows;
using tests::put_row;
using tests::submit;

class GroupCommit : public tests::OpenedEngine {
 protected:
  /// Leaves the writer with a batch of two behind it.
  void commit_two_together() {
    HeldWriter held{*engine_};
    tests::Outcome a = submit(*engine_, put_row(kRows, "a", "v"));
    tests::Outcome b = submit(*engine_, put_row(kRows, "b", "v"));
    held.release();
    a.get();
    b.get();
  }
};

TEST_F(GroupCommit, WorkQueuedTogetherSharesOneCommit) {
  open();
  HeldWriter held{*engine_};
  std::vector<tests::Outcome> outcomes;
  for (int i = 0; i < 64; ++i) {
    outcomes.push_back(submit(*engine_, put_row(kRows, "k" + std::to_string(i), "v")));
  }
  EXPECT_EQ(engine_->status().queued_writes, 64U);
  const std::uint64_t before = engine_->status().commits;
  held.release();
  for (tests::Outcome& outcome : outcomes) outcome.get();
  EXPECT_EQ(engine_->status().commits - before, 1U);
  EXPECT_EQ(engine_->status().committed_writes, 64U);
  for (int i = 0; i < 64; ++i) EXPECT_EQ(get("k" + std::to_string(i)), "v");
}

TEST_F(GroupCommit, BatchHasAnUpperLimit) {
  open({.max_batch = 10});
  HeldWriter held{*engine_};
  std::vector<tests::Outcome> outcomes;
  for (int i = 0; i < 64; ++i) {
    outcomes.push_back(submit(*engine_, put_row(kRows, "k" + std::to_string(i), "v")));
  }
  held.release();
  for (tests::Outcome& outcome : outcomes) outcome.get();
  EXPECT_EQ(engine_->status().commits, 7U);
}

constexpr std::chrono::hours kForEver{1};

TEST_F(GroupCommit, ABatchWaitsForAsManyAsTheOneBefore) {
  open({.gathering = kForEver});
  commit_two_together();
  const std::uint64_t before = engine_->status().commits;
  tests::Outcome c = submit(*engine_, put_row(kRows, "c", "v"));
  tests::Outcome d = submit(*engine_, put_row(kRows, "d", "v"));
  c.get();
  d.get();
  EXPECT_EQ(engine_->status().commits - before, 1U);
}

TEST_F(GroupCommit, ABatchWaitsNoLongerThanToldForThoseWhoDoNotCome) {
  open({.gathering = std::chrono::microseconds(1)});
  commit_two_together();
  submit(*engine_, put_row(kRows, "c", "v")).get();
  EXPECT_EQ(get("c"), "v");
}

TEST_F(GroupCommit, ACallerWhoIsAloneNeverWaitsForOthers) {
  open({.gathering = kForEver});
  for (const char* key : {"a", "b", "c"}) submit(*engine_, put_row(kRows, key, "v")).get();
  EXPECT_EQ(engine_->status().commits, 3U);
}

TEST_F(GroupCommit, ClosingDoesNotWaitForThoseWhoDoNotCome) {
  open({.gathering = kForEver});
  commit_two_together();
  tests::Outcome c = submit(*engine_, put_row(kRows, "c", "v"));
  engine_.reset();
  c.get();
  open();
  EXPECT_EQ(get("c"), "v");
}

TEST_F(GroupCommit, WorkRunsInTheOrderOfSubmission) {
  open();
  HeldWriter held{*engine_};
  std::vector<tests::Outcome> outcomes;
  for (int i = 0; i < 20; ++i) {
    outcomes.push_back(submit(*engine_, [i](Transaction& transaction) {
      transaction.put(kRows, "log",
                      transaction.get(kRows, "log").value_or("") + std::to_string(i) + " ");
      return Verdict::keep;
    }));
  }
  held.release();
  for (tests::Outcome& outcome : outcomes) outcome.get();
  EXPECT_EQ(get("log"), "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 ");
}

TEST_F(GroupCommit, WorkThatThrowsLosesOnlyItsOwnWrites) {
  open();
  HeldWriter held{*engine_};
  auto before = submit(*engine_, put_row(kRows, "before", "v"));
  auto failing = submit(*engine_, [](Transaction& transaction) -> Verdict {
    transaction.put(kRows, "before", "overwritten");
    transaction.put(kRows, "undone", "v");
    transaction.erase(kRows, "before");
    throw std::runtime_error("this work fails");
  });
  auto after = submit(*engine_, [](Transaction& transaction) {
    transaction.put(kRows, "after", transaction.get(kRows, "undone").value_or("undone is gone"));
    return Verdict::keep;
  });
  held.release();
  EXPECT_NO_THROW(before.get());
  EXPECT_THAT([&] { failing.get(); }, ThrowsMessage<std::runtime_error>("this work fails"));
  EXPECT_NO_THROW(after.get());
  EXPECT_EQ(get("before"), "v");
  EXPECT_EQ(get("undone"), std::nullopt);
  EXPECT_EQ(get("after"), "undone is gone");
}

TEST_F(GroupCommit, WorkThatDiscardsLosesOnlyItsOwnWrites) {
  open();
  HeldWriter held{*engine_};
  auto kept = submit(*engine_, put_row(kRows, "kept", "v"));
  auto discarded = submit(*engine_, [](Transaction& transaction) {
    transaction.put(kRows, "kept", "overwritten");
    return Verdict::discard;
  });
  held.release();
  kept.get();
  EXPECT_NO_THROW(discarded.get());
  EXPECT_EQ(get("kept"), "v");
  EXPECT_EQ(engine_->status().committed_writes, 1U);
}

TEST_F(GroupCommit, WorkRunsOnceBesideWorkThatRefusesBeforeItWrites) {
  open();
  int runs = 0;
  HeldWriter held{*engine_};
  auto kept = submit(*engine_, [&runs](Transaction& transaction) {
    ++runs;
    transaction.put(kRows, "kept", "v");
    return Verdict::keep;
  });
  auto refusing = submit(*engine_, [](Transaction&) { return Verdict::discard; });
  held.release();
  kept.get();
  refusing.get();
  EXPECT_EQ(runs, 1);
  EXPECT_EQ(get("kept"), "v");
}

// One transaction serves a whole batch until something in it has to be undone; then all is done
// again, each piece in a transaction of its own.
TEST_F(GroupCommit, ABatchIsWrittenOnceAlthoughItIsRunTwice) {
  open();
  submit(*engine_, put_row(kRows, "count", "")).get();
  const auto add_one = [](Transaction& transaction) {
    transaction.put(kRows, "count", transaction.get(kRows, "count").value() + "1");
    return Verdict::keep;
  };
  HeldWriter held{*engine_};
  auto before = submit(*engine_, add_one);
  auto failing = submit(*engine_, [](Transaction& transaction) -> Verdict {
    transaction.put(kRows, "count", "spoiled");
    throw std::runtime_error("this work fails");
  });
  auto after = submit(*engine_, add_one);
  held.release();
  before.get();
  EXPECT_THROW(failing.get(), std::runtime_error);
  after.get();
  EXPECT_EQ(get("count"), "11");
}

TEST_F(GroupCommit, LoneWorkIsUndoneToo) {
  open();
  submit(*engine_, put_row(kRows, "k", "v")).get();
  auto failing = submit(*engine_, [](Transaction& transaction) -> Verdict {
    transaction.put(kRows, "k", "overwritten");
    throw std::runtime_error("this work fails");
  });
  EXPECT_THROW(failing.get(), std::runtime_error);
  auto discarded = submit(*engine_, [](Transaction& transaction) {
    transaction.put(kRows, "k", "overwritten");
    return Verdict::discard;
  });
  discarded.get();
  EXPECT_EQ(get("k"), "v");
  EXPECT_EQ(engine_->status().commits, 1U);
}

TEST_F(GroupCommit, FailedWriteUndoesTheWorkEvenIfItIsSwallowed) {
  open();
  auto outcome = submit(*engine_, [](Transaction& transaction) {
    transaction.put(kRows, "half", "v");
    try {
      transaction.put(kRows, "", "a key of no bytes");
    } catch (const StorageError&) {
    }
    return Verdict::keep;
  });
  EXPECT_THROW(outcome.get(), StorageError);
  EXPECT_EQ(get("half"), std::nullopt);
}

TEST_F(GroupCommit, NobodyElseSeesWritesBeforeTheirCommit) {
  open();
  std::promise<void> entered;
  std::promise<void> released;
  auto outcome = submit(*engine_, [&](Transaction& transaction) {
    transaction.put(kRows, "k", "v");
    entered.set_value();
    released.get_future().wait();
    return Verdict::keep;
  });
  entered.get_future().wait();
  EXPECT_EQ(get("k"), std::nullopt);
  released.set_value();
  outcome.get();
  EXPECT_EQ(get("k"), "v");
}

TEST_F(GroupCommit, AcknowledgedWritesSurviveReopening) {
  open();
  for (int i = 0; i < 10; ++i) submit(*engine_, put_row(kRows, "k" + std::to_string(i), "v")).get();
  open();
  for (int i = 0; i < 10; ++i) EXPECT_EQ(get("k" + std::to_string(i)), "v");
}

TEST_F(GroupCommit, ClosingFinishesWhatIsQueued) {
  open();
  std::vector<tests::Outcome> outcomes;
  {
    HeldWriter held{*engine_};
    for (int i = 0; i < 5; ++i) {
      outcomes.push_back(submit(*engine_, put_row(kRows, "k" + std::to_string(i), "v")));
    }
    std::thread releasing{[&] { held.release(); }};
    engine_.reset();
    releasing.join();
  }
  for (tests::Outcome& outcome : outcomes) EXPECT_NO_THROW(outcome.get());
  open();
  EXPECT_EQ(get("k4"), "v");
}

TEST_F(GroupCommit, FullQueueRefusesAndKeepsWhatItHas) {
  open({.max_queued = 3});
  HeldWriter held{*engine_};
  std::vector<tests::Outcome> outcomes;
  for (int i = 0; i < 3; ++i) {
    outcomes.push_back(submit(*engine_, put_row(kRows, "k" + std::to_string(i), "v")));
  }
  EXPECT_THROW(submit(*engine_, put_row(kRows, "k3", "v")), StoreBusy);
  held.release();
  for (tests::Outcome& outcome : outcomes) outcome.get();
  EXPECT_EQ(get("k2"), "v");
  EXPECT_EQ(get("k3"), std::nullopt);
  EXPECT_NO_THROW(submit(*engine_, put_row(kRows, "k3", "v")).get());
}

// T-G4
TEST_F(GroupCommit, AfterAFailedCommitTheStoreRefusesWritesUntilItIsReopened) {
  open();
  submit(*engine_, put_row(kRows, "acknowledged", "v")).get();
  {
    HeldWriter held{*engine_};
    const FailingDisk failing;
    auto one = submit(*engine_, put_row(kRows, "one", "v"));
    auto two = submit(*engine_, put_row(kRows, "two", "v"));
    auto undone = submit(*engine_, [](Transaction& transaction) {
      return transaction.get(kRows, "one") ? Verdict::discard : Verdict::keep;
    });
    held.release();
    EXPECT_THAT([&] { one.get(); }, ThrowsMessage<StorageError>(HasSubstr("failed (")));
    EXPECT_THROW(two.get(), StorageError);
    EXPECT_THROW(undone.get(), StorageError) << "it answered from writes that are not durable";
  }
  EXPECT_FALSE(engine_->status().accepts_writes);
  EXPECT_THAT([&] { submit(*engine_, put_row(kRows, "three", "v")); },
              ThrowsMessage<StoreDead>(HasSubstr("restarted")));
  EXPECT_EQ(get("acknowledged"), "v") << "reads go on";
  open();
  EXPECT_TRUE(engine_->status().accepts_writes);
  EXPECT_EQ(get("acknowledged"), "v");
  EXPECT_NO_THROW(submit(*engine_, put_row(kRows, "three", "v")).get());
}

TEST_F(GroupCommit, WorkQueuedBehindAFailedCommitIsRefused) {
  open({.max_batch = 1});
  HeldWriter held{*engine_};
  const FailingDisk failing;
  auto failed = submit(*engine_, put_row(kRows, "one", "v"));
  auto behind = submit(*engine_, put_row(kRows, "two", "v"));
  held.release();
  EXPECT_THROW(failed.get(), StorageError);
  EXPECT_THROW(behind.get(), StoreDead);
}

}  // namespace
}  // namespace storage
