#include "server/application_options.h"

#include <gtest/gtest.h>

#include "server/config/load.h"

namespace server {
namespace {

// T-G5
TEST(ConnectionsWithin, KeepsDescriptorsForValidationAndNeverMoreThanHalf) {
  EXPECT_EQ(connections_within(524'288, 1'064, 2), 261'612U);
  EXPECT_EQ(connections_within(4'096, 1'064, 1), 3'032U);
  EXPECT_EQ(connections_within(1'024, 1'064, 2), 256U);
  EXPECT_EQ(connections_within(1, 1'064, 2), 1U);
}

// BR 4.2.2.2
TEST(LabSettings, CountDnssecSwitchedOffAndNotDnssecDemanded) {
  Settings settings = default_settings({});
  EXPECT_TRUE(lab_settings(settings).empty());
  settings.dns_dnssec = "on";
  EXPECT_TRUE(lab_settings(settings).empty());
  settings.dns_dnssec = "off";
  ASSERT_EQ(lab_settings(settings).size(), 1U);
  EXPECT_EQ(lab_settings(settings).front().key, "dns.dnssec");
}

}  // namespace
}  // namespace server
