// Domain control of applications, corroborated by others elsewhere in the network: BR 3.2.2.9.
#include <gmock/gmock.h>

#include "policy/domain_control/look.h"
#include "tests/support/run.h"
#include "tests/unit/policy/control_fixture.h"

namespace policy {
namespace {

/// Five in five regions, of which the first `dissenting` see nothing.
class FiveVotes final : public ControlPerspectives {
 public:
  boost::asio::awaitable<std::vector<Vote>> control(ControlItem item,
                                                    ControlHouse,
                                                    TenantId) override {
    asked.push_back(item.value);
    const char* const regions[] = {"ripe", "arin", "apnic", "lacnic", "afrinic"};
    std::vector<Vote> votes;
    for (int i = 0; i < 5; ++i) {
      const bool agrees = i >= dissenting;
      votes.push_back({"p" + std::to_string(i), regions[i], "192.0.2.1:443", agrees,
                       agrees ? "seen" : "nothing there"});
    }
    co_return votes;
  }
  int dissenting = 0;
  std::vector<std::string> asked;
};

/// As gm_product, where the trust is public.
Product public_product() {
  Product product = gm_product();
  product.trust = Trust::publicly;
  return product;
}

class CorroboratedControl : public ControlTest {
 protected:
  explicit CorroboratedControl(Product product = public_product())
      : ControlTest(std::move(product)) {
    house.corroborators = Corroborators::perspectives;
  }
  NameLook look(const ControlItem& item) {
    ControlPorts ports = zones.ports();
    ports.perspectives = &others;
    return tests::run(look_for(ports, item, house, tenant, now));
  }
  FiveVotes others;
};

// M-1 M-8 T-A12
TEST_F(CorroboratedControl, IsProvenOnlyIfAQuorumSeesItToo) {
  for (const char* method : {"dns-txt", "dns-cname", "file", "auto-dns", "auto-file"}) {
    const ControlItem item = opened({"a.example.com"}, {{"a.example.com", method}}).items[0];
    place(item);
    for (const int dissenting : {0, 1, 2, 5}) {
      SCOPED_TRACE(std::string(method) + " " + std::to_string(dissenting));
      others.dissenting = dissenting;
      const NameLook found = look(item);
      EXPECT_EQ(found.finding.is_proven, dissenting <= 1);
      EXPECT_EQ(found.corroborated, dissenting <= 1);
      EXPECT_EQ(others.asked.back(), item.value);
      EXPECT_THAT(found.finding.trace,
                  testing::Contains("perspective p4 (afrinic, 192.0.2.1:443) " +
                                    std::string(dissenting == 5 ? "does not agree: nothing there"
                                                                : "agrees: seen")));
      if (dissenting <= 1) continue;
      EXPECT_EQ(found.finding.code, ControlCode::not_corroborated);
      EXPECT_THAT(found.finding.detail, testing::HasSubstr("p1 (arin): nothing there"));
    }
  }
}

// What all others say does not matter if we see nothing, and CAA is not asked for in vain.
TEST_F(CorroboratedControl, NeverTakesTheWordOfOthersForItsOwn) {
  const ControlItem item = opened({"a.example.com"}, {{"a.example.com", "dns-txt"}}).items[0];
  EXPECT_FALSE(look(item).finding.is_proven);
  EXPECT_TRUE(others.asked.empty());
  place(item);
  others.dissenting = 2;
  const std::size_t before = zones.questions().size();
  EXPECT_FALSE(look(item).finding.is_proven);
  EXPECT_EQ(zones.questions().size(), before + 1) << "the TXT record alone";
}

// M-8: votes on CAA are told with the rest.
TEST_F(CorroboratedControl, TellsWhoSawWhichCaaRecords) {
  const ControlItem item = opened({"a.example.com"}, {{"a.example.com", "dns-txt"}}).items[0];
  place(item);
  zones.forbid("a.example.com", CaaDenial::Cause::unreadable, {"p2 does not agree"});
  const NameLook found = look(item);
  EXPECT_EQ(found.finding.code, ControlCode::caa_forbids);
  EXPECT_THAT(found.finding.trace, testing::Contains("p2 does not agree"));
}

// BR 3.2.2.9 is about public trust: under private trust nobody else is asked, and what nobody
// corroborated proves nothing under public trust.
class PrivateControl : public CorroboratedControl {
 protected:
  PrivateControl() : CorroboratedControl(gm_product()) {}
  /// Looks once at everything that is due, with all others at hand.
  void look_with_others() {
    ControlPorts ports = zones.ports();
    ports.perspectives = &others;
    ControlServices services{*store, catalog, house, ports, random, [&] { return now; }, *this};
    for (const storage::WorkKey& key : rows()) {
      if (key.due <= now) tests::run(run_control_look(services, key));
    }
  }
  std::optional<DomainClaim> claim_under(const Product& judged) {
    return store->read([&](const storage::Snapshot& snapshot) {
      return claim_that_proves(snapshot,
                               {tenant, same_name(company), &judged, Corroborators::perspectives},
                               dns("a.example.com"), now);
    });
  }
};

// M-1 TGM-16
TEST_F(PrivateControl, NeedsNobodyElseAndProvesNothingInPublic) {
  others.dissenting = 5;
  const DomainControl control = opened({"a.example.com"}, {{"a.example.com", "dns-txt"}});
  place(control.items[0]);
  now += std::chrono::seconds(30);
  look_with_others();
  ASSERT_EQ(proofs.size(), 1U);
  EXPECT_TRUE(others.asked.empty());
  const auto claim = claim_under(product());
  ASSERT_TRUE(claim);
  EXPECT_FALSE(claim->corroborated);
  EXPECT_FALSE(claim_under(public_product()));
}

// M-1
TEST_F(CorroboratedControl, IsAskedForByTheTrustOfTheProduct) {
  using enum Corroborators;
  EXPECT_EQ(corroborators_for(public_product(), perspectives), perspectives);
  EXPECT_EQ(corroborators_for(public_product(), nobody), nobody);
  EXPECT_EQ(corroborators_for(gm_product(), perspectives), nobody);
  EXPECT_EQ(house_for(house, gm_product()).corroborators, nobody);
}

}  // namespace
}  // namespace policy
