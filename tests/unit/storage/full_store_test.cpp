// A store without room: what does not fit is refused, nothing is lost, and what was begun may end.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "storage/lmdb_engine.h"
#include "storage/storage_error.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/storage/held_writer.h"
#include "tests/unit/storage/opened_engine.h"

namespace storage {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;
using tests::HeldWriter;
using tests::kRows;
using tests::put_row;
using tests::submit;

constexpr std::uint64_t kSmallMap = std::uint64_t{2} << 20;
constexpr std::uint64_t kMoreThanAnyDisk = std::uint64_t{1} << 62;

class FullStore : public tests::OpenedEngine {
 protected:
  /// Puts rows of `size` bytes until one is refused; says how many were taken.
  int fill(const std::string& name, std::size_t size) {
    for (int taken = 0;; ++taken) {
      try {
        submit(*engine_, put_row(kRows, name + std::to_string(taken), std::string(size, 'v')))
            .get();
      } catch (const StorageFull&) {
        return taken;
      }
    }
  }
};

// T-G1
TEST_F(FullStore, KeepsATenthOfTheMapForWhateverCallersStillHaveToEnd) {
  open({.map_bytes = kSmallMap});
  int taken = 0;
  for (; !engine_->status().low_on_room; ++taken) {
    submit(*engine_, put_row(kRows, "new" + std::to_string(taken), std::string(10'000, 'v'))).get();
  }
  EXPECT_GT(engine_->status().used_bytes, kSmallMap / 10 * 9);
  EXPECT_LT(engine_->status().used_bytes, kSmallMap / 100 * 95);
  EXPECT_NO_THROW(submit(*engine_, put_row(kRows, "end", std::string(100'000, 'e'))).get());
  EXPECT_EQ(get("end"), std::string(100'000, 'e'));
  EXPECT_EQ(get("new0"), std::string(10'000, 'v'));
}

// T-G1
TEST_F(FullStore, RefusesWhatDoesNotFitWhileErasuresGoOn) {
  open({.map_bytes = kSmallMap});
  EXPECT_FALSE(engine_->status().low_on_room);
  const int taken = fill("large", 50'000);
  EXPECT_GT(taken, 30);
  EXPECT_TRUE(engine_->status().low_on_room);
  EXPECT_FALSE(engine_->status().accepts_writes);
  for (int i = 0; i < taken; ++i)
    EXPECT_EQ(get("large" + std::to_string(i)).value().size(), 50'000U);
  for (int i = 0; i < taken; ++i) {
    submit(*engine_, [i](Transaction& transaction) {
      transaction.erase(kRows, "large" + std::to_string(i));
      return Verdict::keep;
    }).get();
  }
  EXPECT_FALSE(engine_->status().low_on_room);
  EXPECT_TRUE(engine_->status().accepts_writes);
  EXPECT_NO_THROW(submit(*engine_, put_row(kRows, "large again", std::string(50'000, 'v'))).get());
}

TEST_F(FullStore, LosesNothingAcknowledgedAndTakesMoreAfterTheMapHasGrown) {
  open({.map_bytes = kSmallMap});
  const int large = fill("large", 50'000);
  const int small = fill("small", 1'000);  // to the very last page
  EXPECT_GT(small, 10);
  EXPECT_THROW(submit(*engine_, put_row(kRows, "more", std::string(3'000, 'v'))).get(),
               StorageFull);
  EXPECT_FALSE(engine_->status().accepts_writes);
  open({.map_bytes = kSmallMap});
  EXPECT_TRUE(engine_->status().low_on_room) << "known before the first write";
  EXPECT_FALSE(engine_->status().accepts_writes);
  open({.map_bytes = kSmallMap * 4});
  for (int i = 0; i < large; ++i) EXPECT_TRUE(get("large" + std::to_string(i)));
  for (int i = 0; i < small; ++i) EXPECT_TRUE(get("small" + std::to_string(i)));
  EXPECT_FALSE(engine_->status().low_on_room);
  EXPECT_EQ(fill("later", 50'000) > 30, true);
}

TEST_F(FullStore, OneTooLargeForTheRestLeavesTheOthersOfItsBatch) {
  open({.map_bytes = kSmallMap});
  HeldWriter held{*engine_};
  auto before = submit(*engine_, put_row(kRows, "before", "v"));
  auto large = submit(*engine_, put_row(kRows, "large", std::string(kSmallMap, 'v')));
  auto after = submit(*engine_, put_row(kRows, "after", "v"));
  held.release();
  EXPECT_NO_THROW(before.get());
  EXPECT_THROW(large.get(), StorageFull);
  EXPECT_NO_THROW(after.get());
  EXPECT_EQ(get("before"), "v");
  EXPECT_EQ(get("large"), std::nullopt);
  EXPECT_EQ(get("after"), "v");
}

TEST_F(FullStore, BatchThatDoesNotFitAsAWholeKeepsWhatFits) {
  open({.map_bytes = kSmallMap});
  fill("large", 50'000);
  HeldWriter held{*engine_};
  std::vector<tests::Outcome> outcomes;
  for (int i = 0; i < 200; ++i) {
    outcomes.push_back(
        submit(*engine_, put_row(kRows, "b" + std::to_string(i), std::string(3'000, 'v'))));
  }
  held.release();
  int kept = 0;
  for (int i = 0; i < 200; ++i) {
    const bool acknowledged = [&] {
      try {
        outcomes[static_cast<std::size_t>(i)].get();
        return true;
      } catch (const StorageFull&) {
        return false;
      }
    }();
    EXPECT_EQ(get("b" + std::to_string(i)).has_value(), acknowledged) << i;
    kept += acknowledged ? 1 : 0;
  }
  EXPECT_GT(kept, 5);
  EXPECT_LT(kept, 200);
}

TEST_F(FullStore, OneWorkCannotFillMemoryWithWhatItWrites) {
  open({});
  auto outcome = submit(*engine_, [](Transaction& transaction) {
    const std::string value(std::size_t{16} << 20, 'v');
    for (const char* key : {"1", "2", "3", "4", "5"}) transaction.put(kRows, key, value);
    return Verdict::keep;
  });
  EXPECT_THROW(outcome.get(), StorageFull);
  EXPECT_EQ(get("1"), std::nullopt);
}

TEST_F(FullStore, BatchEndsBeforeItFillsMemory) {
  open({});
  HeldWriter held{*engine_};
  std::vector<tests::Outcome> outcomes;
  for (int i = 0; i < 6; ++i) {
    outcomes.push_back(submit(*engine_, put_row(kRows, "k" + std::to_string(i),
                                                std::string(std::size_t{10} << 20, 'v'))));
  }
  held.release();
  for (tests::Outcome& outcome : outcomes) outcome.get();
  EXPECT_EQ(engine_->status().commits, 3U);
}

// T-G2
TEST_F(FullStore, DiskBelowItsFloorRefusesEveryWriteAndStaysReadable) {
  open({});
  submit(*engine_, put_row(kRows, "k", "v")).get();
  open({.disk_floor_bytes = kMoreThanAnyDisk});
  EXPECT_THAT([&] { submit(*engine_, put_row(kRows, "k", "w")).get(); },
              ThrowsMessage<StorageFull>(HasSubstr("is full")));
  EXPECT_FALSE(engine_->status().accepts_writes);
  EXPECT_EQ(get("k"), "v");
}

TEST_F(FullStore, DiskBelowItsReserveIsLowOnRoomAndTakesWhatFits) {
  open({.disk_reserve_bytes = kMoreThanAnyDisk});
  EXPECT_TRUE(engine_->status().low_on_room);
  EXPECT_TRUE(engine_->status().accepts_writes);
  EXPECT_NO_THROW(submit(*engine_, put_row(kRows, "large", std::string(50'000, 'v'))).get());
}

TEST_F(FullStore, LearnsWithoutAWriteThatOthersFilledOrFreedTheDisk) {
  std::atomic<std::uint64_t> free_bytes = std::uint64_t{1} << 30;
  open({.room_interval = std::chrono::milliseconds(1),
        .free_disk = [&](const std::filesystem::path&) { return free_bytes.load(); }});
  EXPECT_FALSE(engine_->status().low_on_room);
  const auto becomes_low = [&](bool expected) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (engine_->status().low_on_room != expected) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::yield();
    }
    return true;
  };
  free_bytes = std::uint64_t{100} << 20;
  EXPECT_TRUE(becomes_low(true));
  free_bytes = std::uint64_t{1} << 30;
  EXPECT_TRUE(becomes_low(false));
  engine_.reset();  // before what it measures with
}

}  // namespace
}  // namespace storage
