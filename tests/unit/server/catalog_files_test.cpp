#include "server/catalog_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "policy/name_rules.h"
#include "server/application_options.h"
#include "server/commands/commands.h"
#include "server/config/load.h"
#include "tests/support/temp_dir.h"

namespace server {
namespace {

using policy::ValidationMethod;

constexpr ca::Time kNow{std::chrono::sys_days{std::chrono::year{2026} / 12 / 1}};

// draft-ietf-acme-dns-persist: a record that stays says the name of the CA.
TEST(CatalogOnOffer, HasRecordsThatStayOnlyIfTheCaHasAName) {
  const policy::LoadedCatalog files = read_catalog({}).value();
  Settings settings = default_settings({});
  const policy::Catalog nameless = catalog_on_offer(files, settings, kNow);
  EXPECT_FALSE(policy::offers(nameless, ValidationMethod::dns_persist_01));
  EXPECT_TRUE(policy::offers(nameless, ValidationMethod::dns_account_01));
  EXPECT_TRUE(directory_meta(settings, nameless).issuer_domain_names.empty());
  settings.acme_caa_identities = {"CA.example"};
  const policy::Catalog named = catalog_on_offer(files, settings, kNow);
  EXPECT_TRUE(policy::offers(named, ValidationMethod::dns_persist_01));
  EXPECT_EQ(directory_meta(settings, named).issuer_domain_names,
            std::vector<std::string>{"ca.example"});
}

// TFR-44 APP-C-09: nobody is offered what this server could never look for, so that a wildcard that
// nothing else proves is refused when it is asked for.
TEST(CatalogOnOffer, HasNoMethodOfApplicationsThatIsNotSetUp) {
  using policy::ControlMethod;
  const policy::LoadedCatalog files = read_catalog({}).value();
  Settings settings = default_settings({});
  settings.validation_cname_zone.clear();
  const std::vector<ca::Identifier> wildcard{ca::DnsName::parse("*.example.com").value()};
  const auto offers = [](const policy::Product& product, ControlMethod method) {
    return std::ranges::find(product.control_methods, method) != product.control_methods.end();
  };
  const policy::Catalog bare = catalog_on_offer(files, settings, kNow);
  const policy::Product& lasting = *bare.in_force("trustasia-dv-wildcard", kNow);
  EXPECT_FALSE(offers(lasting, ControlMethod::auto_dns));
  EXPECT_FALSE(offers(*bare.in_force("dv", kNow), ControlMethod::dns_cname));
  const auto faults =
      policy::application_name_faults(lasting, wildcard, policy::SpecialUseNames::refused);
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_EQ(faults[0].code, policy::FaultCode::wildcard_not_allowed);
  settings.acme_caa_identities = {"ca.example"};
  settings.validation_cname_zone = "dcv.example";
  const policy::Catalog whole = catalog_on_offer(files, settings, kNow);
  const policy::Product& named = *whole.in_force("trustasia-dv-wildcard", kNow);
  EXPECT_TRUE(offers(named, ControlMethod::auto_dns));
  EXPECT_TRUE(offers(*whole.in_force("dv", kNow), ControlMethod::dns_cname));
  EXPECT_TRUE(
      policy::application_name_faults(named, wildcard, policy::SpecialUseNames::refused).empty());
}

// The house has one profile for clients that know nothing but the methods of RFCs.
TEST(CatalogOnOffer, HasTheMethodsOfDraftsInAProfileOfTheirOwn) {
  Settings settings = default_settings({});
  settings.acme_caa_identities = {"ca.example"};
  const policy::Catalog catalog = catalog_on_offer(read_catalog({}).value(), settings, kNow);
  EXPECT_THAT(catalog.find("dv")->methods,
              testing::ElementsAre(ValidationMethod::http_01, ValidationMethod::dns_01,
                                   ValidationMethod::tls_alpn_01));
  // All but the one of onion services.
  EXPECT_EQ(catalog.find("dv-dns")->methods.size(), policy::validation_methods().size() - 1);
}

// RFC9799-6.4.1
TEST(CatalogOnOffer, SaysThatOnionNamesNeedTheirCaaRecords) {
  const Settings settings = default_settings({});
  const policy::Catalog catalog = catalog_on_offer(read_catalog({}).value(), settings, kNow);
  EXPECT_TRUE(directory_meta(settings, catalog).in_band_onion_caa_required);
  const policy::Catalog without({*catalog.find("dv")});
  EXPECT_FALSE(directory_meta(settings, without).in_band_onion_caa_required);
}

TEST(CatalogOnOffer, RefusesAProductThatIsLeftWithoutAMethod) {
  const tests::TempDir folder;
  std::ofstream(folder / "house.toml") << R"([[product]]
name = "lasting"
from = 2026-03-15
extends = "dv"
description = "By a record that stays"
acme = true
names = {ip = 0}
control_methods = ["dns-persist-01"]
)";
  const auto files = read_catalog(folder / "");
  ASSERT_TRUE(files.has_value()) << files.error().front().text();
  Settings settings = default_settings({});
  EXPECT_THROW(catalog_on_offer(*files, settings, kNow), BadConfiguration);
  settings.acme_caa_identities = {"ca.example"};
  EXPECT_NE(catalog_on_offer(*files, settings, kNow).find("lasting"), nullptr);
}

}  // namespace
}  // namespace server
