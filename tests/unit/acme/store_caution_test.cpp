// How long the runner holds back after the store refused an outcome.
#include "acme/fulfilment/store_caution.h"

#include <gtest/gtest.h>

namespace acme {
namespace {

using std::chrono::seconds;

TEST(StoreCaution, LetsEverythingStartAtFirst) {
  const StoreCaution caution;
  EXPECT_EQ(caution.wait(StoreCaution::Time(seconds(5))), seconds(0));
  EXPECT_FALSE(caution.is_probing());
}

TEST(StoreCaution, PausesLongerAfterEveryRefusalUpToAMinute) {
  StoreCaution caution;
  StoreCaution::Time now(seconds(1'000));
  for (const int pause : {1, 2, 4, 8, 16, 32, 60, 60}) {
    caution.on_refused(now);
    EXPECT_EQ(caution.wait(now), seconds(pause));
    now += seconds(pause);
    EXPECT_EQ(caution.wait(now), seconds(0));
    EXPECT_TRUE(caution.is_probing());
  }
}

TEST(StoreCaution, CountsRefusalsDuringAPauseOnce) {
  StoreCaution caution;
  const StoreCaution::Time now(seconds(1'000));
  for (int i = 0; i < 100; ++i) caution.on_refused(now);
  EXPECT_EQ(caution.wait(now), seconds(1));
}

TEST(StoreCaution, EndsWithTheFirstOutcomeThatIsStored) {
  StoreCaution caution;
  const StoreCaution::Time now(seconds(1'000));
  caution.on_refused(now);
  caution.on_stored();
  EXPECT_EQ(caution.wait(now), seconds(0));
  EXPECT_FALSE(caution.is_probing());
  caution.on_refused(now);
  EXPECT_EQ(caution.wait(now), seconds(1));
}

}  // namespace
}  // namespace acme
