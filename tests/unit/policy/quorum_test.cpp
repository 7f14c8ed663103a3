#include "policy/quorum.h"

#include <gtest/gtest.h>

namespace policy {
namespace {

using namespace std::chrono_literals;
using std::chrono::sys_days;
using std::chrono::year;

constexpr ca::Time kNow{sys_days{year{2026} / 11 / 22}};
constexpr const char* kRegions[] = {"ripe", "arin", "apnic"};

/// `count` perspectives over the first `regions` regions; those whose bit is set agree.
std::vector<Vote> votes(std::size_t count, unsigned agreeing, std::size_t regions) {
  std::vector<Vote> all;
  for (std::size_t i = 0; i < count; ++i) {
    const bool agrees = (agreeing >> i & 1U) != 0;
    all.push_back({"p" + std::to_string(i), kRegions[i % regions], "192.0.2." + std::to_string(i),
                   agrees, agrees ? "seen" : "another token"});
  }
  return all;
}

// BR-3.2.2.9 M-1 M-2 T-A12: every pattern of 2 to 8 perspectives in 1 to 3 regions, against the
// tables of the BR written down once more.
TEST(Quorum, IsWhatTheTablesSayForEveryPattern) {
  struct Row {
    ca::Time now;
    std::size_t remotes, regions;
  };
  const Row rows[] = {{sys_days{year{2025} / 10 / 1}, 2, 0},
                      {sys_days{year{2026} / 4 / 1}, 3, 2},
                      {kNow, 4, 2},
                      {sys_days{year{2027} / 1 / 1}, 5, 2}};
  std::size_t patterns = 0;
  for (const Row& row : rows) {
    for (std::size_t count = 2; count <= 8; ++count) {
      for (std::size_t regions = 1; regions <= 3; ++regions) {
        for (unsigned agreeing = 0; agreeing < 1U << count; ++agreeing) {
          std::size_t dissent = 0;
          bool is_seen[3] = {};
          for (std::size_t i = 0; i < count; ++i) {
            if ((agreeing >> i & 1U) == 0) ++dissent;
            if ((agreeing >> i & 1U) != 0) is_seen[i % regions] = true;
          }
          const std::size_t seen = std::size_t{is_seen[0]} + is_seen[1] + is_seen[2];
          const bool expected =
              count >= row.remotes && dissent <= (count <= 5 ? 1U : 2U) && seen >= row.regions;
          const auto objection = quorum_objection(votes(count, agreeing, regions), row.now);
          ASSERT_EQ(!objection, expected)
              << count << " " << agreeing << " " << regions << " " << objection.value_or("");
          ++patterns;
        }
      }
    }
  }
  EXPECT_EQ(patterns, 4U * 3U * 508U);
}

// BR-3.2.2.9: phases change at midnight.
TEST(Quorum, DemandsMoreFromEachDateOn) {
  struct Row {
    ca::Time date;
    std::size_t before, from;
  };
  const Row rows[] = {{sys_days{year{2025} / 9 / 15}, 0, 2},
                      {sys_days{year{2026} / 3 / 15}, 2, 3},
                      {sys_days{year{2026} / 6 / 15}, 3, 4},
                      {sys_days{year{2026} / 12 / 15}, 4, 5}};
  for (const Row& row : rows) {
    EXPECT_EQ(quorum_phase(row.date - 1s).least_remotes, row.before);
    EXPECT_EQ(quorum_phase(row.date).least_remotes, row.from);
    if (row.from < 2) continue;
    EXPECT_TRUE(quorum_objection(votes(row.from - 1, 0xFF, 3), row.date).has_value());
    EXPECT_FALSE(quorum_objection(votes(row.from, 0xFF, 2), row.date).has_value());
  }
}

TEST(Quorum, AllowsDissentByCount) {
  const std::size_t expected[] = {0, 0, 1, 1, 1, 1, 2, 2, 2, 2};
  for (std::size_t i = 0; i < std::size(expected); ++i) EXPECT_EQ(allowed_dissent(i), expected[i]);
}

TEST(Quorum, CountsAPerspectiveOnceAndAnUnknownRegionNever) {
  std::vector<Vote> twice = votes(3, 0xFF, 3);
  twice.push_back(twice.front());
  EXPECT_TRUE(quorum_objection(twice, kNow).has_value()) << "three, one of them twice";
  std::vector<Vote> liar = votes(4, 0xFF, 2);
  liar.push_back(liar.front());
  liar.back().agrees = false;
  EXPECT_FALSE(quorum_objection(liar, kNow).has_value());
  liar.push_back(liar[1]);
  liar.back().agrees = false;
  EXPECT_TRUE(quorum_objection(liar, kNow).has_value()) << "two that said yes and no";
  std::vector<Vote> elsewhere = votes(4, 0xFF, 1);
  for (std::size_t i = 1; i < elsewhere.size(); ++i) elsewhere[i].region = "moon";
  EXPECT_TRUE(quorum_objection(elsewhere, kNow).has_value());
  EXPECT_TRUE(quorum_objection({}, kNow).has_value());
}

TEST(Quorum, SaysWhoDidNotAgreeAndWhy) {
  EXPECT_EQ(quorum_objection(votes(4, 0b0011, 2), kNow),
            "2 of 4 remote perspectives did not agree, expected at most 1 (p2 (ripe): another "
            "token; p3 (arin): another token)");
  EXPECT_EQ(quorum_objection(votes(4, 0b1101, 1), kNow),
            "those that agree are in 1 region, expected 2 (p1 (ripe): another token)");
  EXPECT_EQ(quorum_objection(votes(1, 1, 1), kNow), "1 remote perspective asked, expected 4");
}

}  // namespace
}  // namespace policy
