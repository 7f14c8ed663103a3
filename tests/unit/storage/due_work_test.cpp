// Rows of the one scheduler.
#include "storage/due_work.h"

#include <gtest/gtest.h>

#include "storage/key_codec.h"
#include "storage/storage_error.h"

namespace storage {
namespace {

using std::chrono::seconds;

constexpr std::chrono::sys_seconds kTime{seconds(1'800'000'000)};

TEST(WorkKey, SortsByKindThenByTimeAndComesBack) {
  const WorkKey early{kTime, WorkKind::publish_crl, "z"};
  const WorkKey late{kTime + seconds(1), WorkKind::publish_crl, "a"};
  const WorkKey other{kTime + seconds(2), WorkKind::validate, "z"};
  EXPECT_LT(early.encode(), late.encode());
  EXPECT_LT(other.encode(), early.encode());
  EXPECT_EQ(WorkKey::decode(early.encode()), early);
  EXPECT_THROW((void)WorkKey::decode("short"), CorruptRecord);
}

// What is stored under these numbers must stay what it is.
TEST(WorkKind, KeepsItsNumbers) {
  EXPECT_EQ(static_cast<int>(WorkKind::validate), 1);
  EXPECT_EQ(static_cast<int>(WorkKind::issue), 2);
  EXPECT_EQ(static_cast<int>(WorkKind::publish_crl), 3);
  EXPECT_EQ(static_cast<int>(WorkKind::check_domains), 4);
  EXPECT_EQ(static_cast<int>(WorkKind::issue_application), 5);
  EXPECT_EQ(static_cast<int>(WorkKind::application_clock), 6);
  EXPECT_EQ(static_cast<int>(WorkKind::send_message), 7);
  EXPECT_EQ(static_cast<int>(WorkKind::run_incident), 8);
  EXPECT_EQ(static_cast<int>(WorkKind::log_certificate), 9);
  EXPECT_EQ(static_cast<int>(WorkKind::renew_certificate), 10);
}

TEST(WorkKind, EveryNumberHasANameAndNoOtherDecodes) {
  const auto key_of = [](std::uint64_t number) {
    return KeyWriter().number(number).time(kTime).tail("x").take();
  };
  for (std::uint64_t number = 1; number <= kWorkKinds; ++number) {
    EXPECT_FALSE(text_of(WorkKey::decode(key_of(number)).kind).empty());
  }
  EXPECT_THROW((void)WorkKey::decode(key_of(0)), CorruptRecord);
  EXPECT_THROW((void)WorkKey::decode(key_of(kWorkKinds + 1)), CorruptRecord);
  EXPECT_THROW((void)WorkKey::decode(key_of(257)), CorruptRecord);
}

}  // namespace
}  // namespace storage
