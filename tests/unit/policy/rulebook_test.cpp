// The dated limits, each row one second before and at its date.
#include "ca/rulebook.h"

#include <gtest/gtest.h>

#include "policy/catalog/catalog.h"
#include "policy/organizations/org_validation.h"
#include "policy/reuse.h"

namespace policy {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;
using std::chrono::sys_days;

// BR-6.3.2 BR-4.2.1 BR-3.2.2.9 APP-C-02 APP-C-03
TEST(Rulebook, SaysWhatTheRequirementsSay) {
  struct Row {
    ca::Time from;
    int certificate, control, identity;
    std::uint32_t perspectives;
  };
  const Row rows[] = {
      {sys_days{2025y / 9 / 15}, 398, 398, 825, 2}, {sys_days{2026y / 3 / 15}, 200, 200, 398, 3},
      {sys_days{2026y / 6 / 15}, 200, 200, 398, 4}, {sys_days{2026y / 12 / 15}, 200, 200, 398, 5},
      {sys_days{2027y / 3 / 15}, 100, 100, 398, 5}, {sys_days{2029y / 3 / 15}, 47, 10, 398, 5},
  };
  ASSERT_EQ(ca::rulebook().size(), std::size(rows) + 1);
  for (std::size_t i = 0; i < std::size(rows); ++i) {
    const ca::RulebookRow& row = ca::rulebook()[i + 1];
    SCOPED_TRACE(ca::rfc3339(rows[i].from));
    EXPECT_EQ(row.from, rows[i].from);
    EXPECT_EQ(row.certificate, days(rows[i].certificate));
    EXPECT_EQ(row.control_reuse, days(rows[i].control));
    EXPECT_EQ(row.persistent_reuse, days(10));  // BR-3.2.2.4.22
    EXPECT_EQ(row.identity_reuse, days(rows[i].identity));
    EXPECT_EQ(row.perspectives, rows[i].perspectives);
  }
}

// Everything that asks for a limit asks this table, and never counts on one that gets looser.
TEST(Rulebook, IsInForceFromTheFirstSecondOfEachRow) {
  for (std::size_t i = 1; i < ca::rulebook().size(); ++i) {
    const ca::RulebookRow& before = ca::rulebook()[i - 1];
    const ca::RulebookRow& row = ca::rulebook()[i];
    SCOPED_TRACE(ca::rfc3339(row.from));
    EXPECT_EQ(ca::longest_validity(row.from - 1s), before.certificate);
    EXPECT_EQ(ca::longest_validity(row.from), row.certificate);
    for (const MethodFacts& each : validation_methods()) {
      const auto reuse = each.method == ValidationMethod::dns_persist_01
                             ? &ca::RulebookRow::persistent_reuse
                             : &ca::RulebookRow::control_reuse;
      EXPECT_EQ(longest_reuse(each.method, row.from - 1s), before.*reuse) << each.text;
      EXPECT_EQ(longest_reuse(each.method, row.from), row.*reuse) << each.text;
    }
    EXPECT_LE(row.persistent_reuse, before.persistent_reuse);
    EXPECT_EQ(longest_identity_reuse(row.from - 1s), before.identity_reuse);
    EXPECT_EQ(longest_identity_reuse(row.from), row.identity_reuse);
    EXPECT_LE(row.certificate, before.certificate);
    EXPECT_LE(row.control_reuse, before.control_reuse);
    EXPECT_LE(row.identity_reuse, before.identity_reuse);
    EXPECT_GE(row.perspectives, before.perspectives);
  }
}

// APP-C-04
TEST(Rulebook, EndsMethodsOnTheirDay) {
  for (const ca::EndedMethod& ended : ca::ended_methods()) {
    EXPECT_TRUE(ca::method_counts(ended.section, ended.from - 1s)) << ended.section;
    EXPECT_FALSE(ca::method_counts(ended.section, ended.from)) << ended.section;
  }
  EXPECT_TRUE(ca::method_counts("3.2.2.4.7", sys_days{2040y / 1 / 1}));
}

// APP-C-02: 13 months where no browser is concerned.
TEST(Rulebook, BindsPublicTrustOnly) {
  bool found_longer = false;
  for (const Product& each : shipped_catalog()) {
    const auto reuse = after(each.from, each.control_reuse.period) - each.from;
    if (each.trust == Trust::publicly) {
      EXPECT_LE(reuse, ca::rulebook_at(each.from).control_reuse) << each.name;
      EXPECT_LE(each.certificate_validity, ca::rulebook_at(each.from).certificate) << each.name;
    } else {
      found_longer = found_longer || reuse > ca::rulebook_at(each.from).control_reuse;
    }
  }
  EXPECT_TRUE(found_longer);
}

}  // namespace
}  // namespace policy
