#include "server/catalog_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
