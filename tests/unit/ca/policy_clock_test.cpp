// Every profile on both sides of every day on which a rule changes (ca/rulebook.h).
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "ca/issuer.h"
#include "ca/rulebook.h"
#include "tests/support/test_ca.h"
#include "tests/unit/ca/planted_subjects.h"

namespace {

using std::chrono::seconds;

ca::Subject owner_for(ca::SubjectKind kind) {
  switch (kind) {
    case ca::SubjectKind::individual:
      return tests::person();
    case ca::SubjectKind::organization:
      return tests::company();
    case ca::SubjectKind::extended:
      return tests::registered_company();
    case ca::SubjectKind::domain:
    case ca::SubjectKind::any:
      return {};
  }
  return {};
}

/// Every day on which a rule changes.
std::set<ca::Time> days_of_change() {
  // SC-087v2: dates of formation in one form, which the rules on subjects demand already.
  std::set<ca::Time> days = {std::chrono::sys_days{std::chrono::year{2027} / 9 / 15}};
  for (const ca::RulebookRow& row : ca::rulebook()) days.insert(row.from);
  for (const ca::EndedMethod& method : ca::ended_methods()) days.insert(method.from);
  days.erase(ca::Time::min());
  return days;
}

// PC-1
TEST(PolicyClock, LetsEveryProfileThroughOnBothSidesOfEveryRow) {
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  ca::SystemRandom random;
  for (const ca::Time day : days_of_change()) {
    const auto web = tests::make_test_ca(day - std::chrono::days(1));
    const auto own = tests::make_private_ca(day - std::chrono::days(1));
    for (const ca::Time now : {day - seconds(1), day}) {
      for (const ca::CertificateProfile& profile : ca::certificate_profiles()) {
        if (profile.trust == ca::Trust::gm) continue;
        SCOPED_TRACE(std::string(profile.name) + " at " + ca::rfc3339(now));
        const ca::IssuanceRequest request{
            .identifiers = {profile.names.dns ? tests::dns("example.com") : tests::ip("8.8.8.8")},
            .public_key = key->public_key(),
            .profile = profile,
            .now = now,
            .subject = owner_for(profile.subject)};
        const tests::TestCa& ca = profile.trust == ca::Trust::web ? web : own;
        const auto linted = ca.issuer->prepare(request, random);
        ASSERT_TRUE(linted) << linted.error().detail();
        const seconds length = linted->not_after() - linted->not_before() + seconds(1);
        if (profile.trust == ca::Trust::web) {
          EXPECT_EQ(length, std::min(profile.validity, seconds(ca::longest_validity(now))));
        } else {
          EXPECT_EQ(length, profile.validity);
        }
      }
    }
  }
}

}  // namespace
