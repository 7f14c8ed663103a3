// Evidence of domain control that counts again: for whom, for which names, and for how long.
#include "policy/domain_control/claims.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policy/domain_control/control.h"
#include "tests/unit/policy/control_fixture.h"

namespace policy {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::seconds;

class ClaimsTest : public ControlTest {
 protected:
  using ControlTest::ControlTest;
  /// A claim as if `domain` had been proven now.
  DomainClaim claimed(const std::string& domain,
                      ControlMethod method = ControlMethod::dns_txt,
                      std::optional<OrganizationId> organization = {}) {
    DomainClaim claim;
    claim.id = ClaimId::fresh(random, now);
    claim.tenant = tenant;
    claim.organization = std::move(organization);
    claim.organization_name = same_name(company);
    claim.family = product().family;
    claim.domain = domain;
    claim.method = method;
    claim.validated_at = now;
    write([&](storage::Transaction& transaction) {
      record_claim(transaction, claim);
      return 0;
    });
    return claim;
  }
  static Product public_product() {
    Product product = gm_product();
    product.trust = Trust::publicly;
    return product;
  }
};

class PublicClaimsTest : public ClaimsTest {
 protected:
  PublicClaimsTest() : ClaimsTest(public_product()) {}
};

// TGM-16 TGM-20: skipped in month 12.9, asked for again in month 13.1.
TEST_F(ClaimsTest, CountsForThirteenMonths) {
  claimed("example.com");
  now = after(kStart, {.months = 12, .days = 27});
  EXPECT_TRUE(claim_for("example.com", company).has_value());
  now = after(kStart, {.months = 13}) - seconds(1);
  EXPECT_TRUE(claim_for("example.com", company).has_value());
  now = after(kStart, {.months = 13});
  EXPECT_FALSE(claim_for("example.com", company).has_value());
  now = after(kStart, {.months = 13, .days = 3});
  EXPECT_FALSE(claim_for("example.com", company).has_value());
}

// TGM-21: the same name in any spelling; another company validates.
TEST_F(ClaimsTest, CountsForTheSameCompanyOnly) {
  claimed("example.com");
  EXPECT_TRUE(claim_for("example.com", " EXAMPLE Trading ltd ").has_value());
  EXPECT_FALSE(claim_for("example.com", "Example Trading Inc").has_value());
  EXPECT_FALSE(claim_for("example.com", "").has_value());
}

TEST_F(ClaimsTest, CountsForNoOtherTenantWhateverItsName) {
  claimed("example.com");
  tenant = TenantId::fresh(random, now);
  EXPECT_FALSE(claim_for("example.com", company).has_value());
}

// ALO-06 TCG-30: what a method reaches (BR 3.2.2.4).
TEST_F(ClaimsTest, CountsForNamesBelowByDnsAndForTheVeryHostByFile) {
  claimed("example.com", ControlMethod::dns_cname);
  EXPECT_TRUE(claim_for("a.b.example.com", company).has_value());
  EXPECT_TRUE(claim_for("*.example.com", company).has_value());
  EXPECT_FALSE(claim_for("example.org", company).has_value());
  claimed("www.example.net", ControlMethod::file);
  EXPECT_TRUE(claim_for("www.example.net", company).has_value());
  EXPECT_FALSE(claim_for("a.www.example.net", company).has_value());
  EXPECT_FALSE(claim_for("*.www.example.net", company).has_value());
  EXPECT_FALSE(claim_for("example.net", company).has_value());
}

TEST_F(ClaimsTest, NothingReachesBeyondTheRegisteredDomain) {
  claimed("co.uk");
  EXPECT_FALSE(claim_for("example.co.uk", company).has_value());
}

TEST_F(ClaimsTest, CountsForNothingOnceRevoked) {
  const DomainClaim claim = claimed("example.com");
  Actor somebody = server_itself();
  somebody.tenant = TenantId::fresh(random, now);
  Actor reader{PersonId::fresh(random, now), std::nullopt, {Role::auditor}, "token"};
  Actor admin{PersonId::fresh(random, now), tenant, {Role::org_admin}, "token"};
  write([&](storage::Transaction& transaction) {
    EXPECT_EQ(revoke_claim(transaction, somebody, claim.id, "", now).error().code,
              FaultCode::not_found);
    EXPECT_EQ(revoke_claim(transaction, reader, claim.id, "", now).error().code,
              FaultCode::forbidden);
    EXPECT_TRUE(revoke_claim(transaction, admin, claim.id, "sold", now).has_value());
    EXPECT_EQ(revoke_claim(transaction, admin, claim.id, "sold", now).error().code,
              FaultCode::state_conflict);
    return 0;
  });
  EXPECT_FALSE(claim_for("example.com", company).has_value());
}

TEST_F(ClaimsTest, AreListedByOrganization) {
  const OrganizationId organization = OrganizationId::fresh(random, now);
  claimed("b.example.com", ControlMethod::dns_txt, organization);
  claimed("a.example.com", ControlMethod::file, organization);
  claimed("c.example.com", ControlMethod::file, OrganizationId::fresh(random, now));
  const auto claims = store->read(
      [&](const storage::Snapshot& snapshot) { return claims_of(snapshot, organization); });
  ASSERT_EQ(claims.size(), 2);
  EXPECT_EQ(claims[0].domain, "a.example.com");
  EXPECT_EQ(claims[1].domain, "b.example.com");
}

// TGM-16: an application that rests on claims asks for nothing.
TEST_F(ClaimsTest, ProveAnApplicationAtOnce) {
  claimed("example.com");
  const DomainControl control = opened({"www.example.com", "a.example.com"});
  EXPECT_TRUE(control.is_proven());
  look();
  ASSERT_EQ(proofs.size(), 1);
  EXPECT_EQ(proofs[0].second.size(), 2);
  EXPECT_TRUE(zones.questions().empty());
}

// APP-C-02: the rulebook cuts what a brand says, by the date of the signature.
TEST_F(PublicClaimsTest, AreCutByTheRulebookWhereTheTrustIsPublic) {
  claimed("example.com");
  now = kStart + days(100);
  EXPECT_TRUE(claim_for("example.com", company).has_value());
  now = std::chrono::sys_days{std::chrono::year{2027} / 3 / 15} + hours(1);
  EXPECT_FALSE(claim_for("example.com", company).has_value());
}

// BR 3.2.2.4.22
TEST_F(PublicClaimsTest, OfARecordThatStaysCountForTenDays) {
  const DomainClaim claim = claimed("example.com", ControlMethod::auto_dns);
  const ClaimUse use{tenant, same_name(company), &product()};
  EXPECT_TRUE(is_good_for_signing(claim, use, dns("example.com"), now + days(10)));
  EXPECT_FALSE(is_good_for_signing(claim, use, dns("example.com"), now + days(10) + seconds(1)));
}

class WithoutReuseTest : public ClaimsTest {
 protected:
  static Product without_reuse() {
    Product product = gm_product();
    product.control_reuse = {};
    return product;
  }
  WithoutReuseTest() : ClaimsTest(without_reuse()) {}
};

TEST_F(WithoutReuseTest, CountForTheirOwnApplicationOnly) {
  const DomainClaim claim = claimed("example.com");
  EXPECT_FALSE(claim_for("example.com", company).has_value());
  const ClaimUse use{tenant, same_name(company), &product()};
  EXPECT_TRUE(is_good_for_signing(claim, use, dns("example.com"), now + days(30)));
}

TEST(SameName, FoldsCaseAndWhiteSpaceAndNothingElse) {
  EXPECT_EQ(same_name("  Example \t Ltd\n"), "example ltd");
  EXPECT_EQ(same_name("Exämple Ltd."), "exämple ltd.");
  EXPECT_EQ(same_name(""), "");
}

// BR 3.2.2.4.22: a record that stays is for the name alone unless it says `policy=wildcard`.
TEST_F(ClaimsTest, OfRecordsThatStayReachAsFarAsWasShown) {
  using enum ControlMethod;
  for (const ControlMethod method : {auto_dns, dns_persist_01}) {
    const std::string domain = std::string(text_of(method)) + ".com";
    DomainClaim claim = claimed(domain, method);
    EXPECT_TRUE(claim_for(domain, company).has_value());
    EXPECT_FALSE(claim_for("*." + domain, company).has_value());
    EXPECT_FALSE(claim_for("a." + domain, company).has_value());
    claim.reach = PersistentReach::wider;
    write([&](storage::Transaction& transaction) {
      kDomainClaims.put(transaction, claim.id.octets(), claim);
      return 0;
    });
    EXPECT_TRUE(claim_for(domain, company).has_value());
    EXPECT_TRUE(claim_for("*." + domain, company).has_value());
    EXPECT_TRUE(claim_for("a." + domain, company).has_value());
  }
}

// T-B14 M-1: what was proven while nobody else was asked proves nothing once others are.
TEST_F(PublicClaimsTest, CountUncorroboratedOnlyWhileNobodyElseIsAsked) {
  DomainClaim claim = claimed("example.com");
  ClaimUse use{tenant, same_name(company), &product()};
  const auto is_found = [&] {
    return store->read([&](const storage::Snapshot& snapshot) {
      return claim_that_proves(snapshot, use, dns("example.com"), now).has_value();
    });
  };
  EXPECT_TRUE(is_good_for_signing(claim, use, dns("example.com"), now));
  EXPECT_TRUE(is_found());
  use.corroborators = Corroborators::perspectives;
  EXPECT_FALSE(is_good_for_signing(claim, use, dns("example.com"), now));
  EXPECT_FALSE(is_found());
  claim.corroborated = true;
  write([&](storage::Transaction& transaction) {
    kDomainClaims.put(transaction, claim.id.octets(), claim);
    return 0;
  });
  EXPECT_TRUE(is_good_for_signing(claim, use, dns("example.com"), now));
  EXPECT_TRUE(is_found());
}

TEST_F(ClaimsTest, CountUncorroboratedUnderPrivateTrust) {
  const DomainClaim claim = claimed("example.com");
  const ClaimUse use{tenant, same_name(company), &product(), Corroborators::perspectives};
  EXPECT_TRUE(is_good_for_signing(claim, use, dns("example.com"), now));
}

}  // namespace
}  // namespace policy
