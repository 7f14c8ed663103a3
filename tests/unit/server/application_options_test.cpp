#include "server/application_options.h"

#include <gtest/gtest.h>

#include <stdexcept>

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

// D-2 BR 4.2.2.2
TEST(LabSettings, CountDnssecSwitchedOffAndNotDnssecDemanded) {
  Settings settings = default_settings({});
  EXPECT_TRUE(lab_settings(settings).empty());
  settings.dns_dnssec = "on";
  EXPECT_TRUE(lab_settings(settings).empty());
  settings.dns_dnssec = "off";
  ASSERT_EQ(lab_settings(settings).size(), 1U);
  EXPECT_EQ(lab_settings(settings).front().key, "dns.dnssec");
}

// RFC8739-3.2
TEST(AutoRenewal, IsOfferedForProfilesThatNameNobodyAndNoLongerThanProofsCount) {
  const policy::Catalog catalog;
  Settings settings = default_settings({});
  EXPECT_FALSE(directory_meta(settings, catalog).auto_renewal);
  settings.auto_renewal_profiles = {"dv", "shortlived"};
  settings.auto_renewal_max_duration = std::chrono::days(300);
  const auto offer = directory_meta(settings, catalog).auto_renewal;
  ASSERT_TRUE(offer);
  EXPECT_EQ(offer->min_lifetime, std::chrono::days(1));
  EXPECT_EQ(offer->max_duration, catalog.find("dv")->authorization_lifetime);
  EXPECT_FALSE(offer->certificate_get);
  for (const char* wrong : {"ov", "ev", "nothing"}) {
    settings.auto_renewal_profiles = {"dv", wrong};
    EXPECT_THROW((void)directory_meta(settings, catalog), std::runtime_error) << wrong;
  }
}

// RFC8555-6.6
TEST(RateLimits, AreOffUntilTheyAreSet) {
  Settings settings = default_settings({});
  EXPECT_TRUE(rate_limits(settings).rates.empty());
  settings.limits_new_accounts_per_network = "10 per 3h";
  settings.limits_new_orders_per_account = "300 per 3h";
  settings.limits_certificates_per_registered_domain = "50 per 7d";
  settings.limits_certificates_per_name_set = "5 per 7d";
  settings.limits_failed_validations_per_account_and_name = "5 per 1h";
  settings.limits_exempt_accounts = {"MDEyMzQ1Njc4OWFiY2RlZg"};
  settings.limits_exempt_networks = {"192.0.2.0/24"};
  settings.acme_rate_limit_help = "https://ca.test/limits";
  const acme::RateLimits limits = rate_limits(settings);
  ASSERT_EQ(limits.rates.size(), policy::rate_limits().size());
  using enum policy::RateLimitId;
  EXPECT_EQ(limits.rates.at(new_accounts_per_network).count(), 10U);
  EXPECT_EQ(limits.rates.at(new_orders_per_account).interval(), policy::Milliseconds(36'000));
  EXPECT_EQ(limits.rates.at(certificates_per_registered_domain).count(), 50U);
  EXPECT_EQ(limits.rates.at(certificates_per_name_set).period(), std::chrono::days(7));
  EXPECT_EQ(limits.rates.at(failed_validations_per_account_and_name).period(),
            std::chrono::hours(1));
  EXPECT_TRUE(limits.exempt_accounts.contains(acme::AccountId::from_octets("0123456789abcdef")));
  EXPECT_TRUE(limits.exempt_networks.front().contains(ca::IpAddress::parse("192.0.2.9").value()));
  EXPECT_EQ(limits.help, "https://ca.test/limits");
}

}  // namespace
}  // namespace server
