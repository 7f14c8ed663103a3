// An application's domain control over a real store, with a web and a clock that the test moves.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ca/crypto/random.h"
#include "policy/domain_control/control.h"
#include "policy/domain_control/control_work.h"
#include "tests/support/control_fakes.h"
#include "tests/support/due_rows.h"
#include "tests/support/run.h"
#include "tests/support/temp_store.h"

namespace policy {

constexpr ca::Time kStart{std::chrono::sys_days{std::chrono::year{2026} / 12 / 1}};

inline ca::Identifier dns(const std::string& text) {
  return ca::DnsName::parse(text).value();
}

/// A private product on which all methods are offered and claims count 13 months, as the GM brands
/// of the seeds have it.
inline Product gm_product() {
  Product product = Catalog().default_product();
  product.name = "gm";
  product.family = "gm-family";
  product.trust = Trust::privately;
  product.control_methods = {ControlMethod::dns_txt,   ControlMethod::dns_cname,
                             ControlMethod::file,      ControlMethod::auto_dns,
                             ControlMethod::auto_file, ControlMethod::http_01};
  product.control_reuse = {{.months = 13}, {ReuseField::domain, ReuseField::organization_name}};
  return product;
}

class ControlTest : public testing::Test, public ControlFollower {
 protected:
  explicit ControlTest(Product product = gm_product())
      : catalog(std::vector<Product>{std::move(product)}) {}

  template <class Work>
  auto write(Work work) {
    return store->write_and_wait(std::move(work));
  }
  [[nodiscard]] const Product& product() const { return catalog.versions().front(); }
  ControlOrder order(const std::vector<std::string>& names,
                     std::vector<std::pair<std::string, std::string>> chosen = {}) {
    ControlOrder wanted{ApplicationId::fresh(random, now),
                        tenant,
                        std::nullopt,
                        company,
                        &product(),
                        {},
                        std::move(chosen),
                        now + product().control_deadline};
    for (const std::string& name : names) wanted.names.push_back(dns(name));
    return wanted;
  }
  Allowed<DomainControl> open(const ControlOrder& wanted) {
    return write([&](storage::Transaction& transaction) {
      return open_control(transaction, house, wanted, random, now);
    });
  }
  /// As `open`, of names that must have a method.
  DomainControl opened(const std::vector<std::string>& names,
                       std::vector<std::pair<std::string, std::string>> chosen = {}) {
    return open(order(names, std::move(chosen))).value();
  }
  DomainControl read(const ApplicationId& id) {
    return store->read([&](const storage::Snapshot& snapshot) {
      return kDomainControls.get(snapshot, id.octets()).value();
    });
  }
  /// Every row of due work, in order.
  std::vector<storage::WorkKey> rows() { return tests::due_rows(*store); }
  /// Runs what is due now.
  void look() {
    ControlServices services{*store, catalog, house, zones.ports(), random, [&] { return now; },
                             *this};
    for (const storage::WorkKey& key : rows()) {
      if (key.due <= now) tests::run(run_control_look(services, key));
    }
  }
  /// Publishes what `item` asks for.
  void place(const ControlItem& item) {
    if (item.method == ControlMethod::dns_cname) {
      zones.set_alias(item.place, {item.value});
    } else if (const auto paths = paths_of(item); !paths.empty()) {
      zones.set_page(ca::value_of(item.name), paths.front(), Fetched{item.value + "\n", {}});
    } else {
      zones.set_text(item.place, {item.value});
    }
  }
  std::optional<DomainClaim> claim_for(const std::string& name, const std::string& organization) {
    return store->read([&](const storage::Snapshot& snapshot) {
      return claim_that_proves(snapshot, {tenant, same_name(organization), &product()}, dns(name),
                               now);
    });
  }

  void proven(storage::Transaction&,
              const ApplicationId& application,
              const std::vector<std::string>& claims,
              ca::Time) override {
    proofs.emplace_back(application, claims);
  }
  void refused(storage::Transaction&,
               const ApplicationId&,
               const std::string& reason,
               ca::Time) override {
    refusals.push_back(reason);
  }

  tests::TempStore store;
  tests::FakeZones zones;
  ca::SystemRandom random;
  ca::Time now = kStart;
  Catalog catalog;
  ControlHouse house{{"ca.example"}, "dcv.invalid"};
  TenantId tenant = TenantId::fresh(random, kStart);
  std::string company = "Example  Trading Ltd";
  std::vector<std::pair<ApplicationId, std::vector<std::string>>> proofs;
  std::vector<std::string> refusals;
};

}  // namespace policy
