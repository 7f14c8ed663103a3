#include "ca/issuer_set.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "tests/support/test_ca.h"
#include "tests/unit/ca/limited_path.h"
#include "tests/unit/ca/planted_tbs.h"

namespace {

using ca::IssuerDuty;
using ca::IssuerSet;
using ca::KeyAlgorithm;
using tests::kLintTime;

const ca::CertificateProfile& profile(std::string_view name) {
  return *ca::find_profile(name);
}

const std::string kEc = tests::spki_of(tests::kP256, "\x04" + std::string(64, 'x'));
const std::string kRsa = tests::rsa_spki(256, "010001");
const std::string kSm2 =
    tests::spki_of("301306072a8648ce3d020106082a811ccf5501822d", "\x04" + std::string(64, 'x'));

class Choice : public ::testing::Test {
 protected:
  tests::TestCa ec_ = tests::make_test_ca(kLintTime, KeyAlgorithm::ecdsa_p256);
  tests::TestCa p384_ = tests::make_test_ca(kLintTime, KeyAlgorithm::ecdsa_p384);
  tests::TestCa rsa_ = tests::make_test_ca(kLintTime, KeyAlgorithm::rsa_2048);
  tests::TestCa sm2_ = tests::make_test_ca(kLintTime, KeyAlgorithm::sm2, {}, KeyAlgorithm::sm2);
  IssuerSet all_{{{ec_.issuer.get()}, {rsa_.issuer.get()}, {sm2_.issuer.get()}}};
};

TEST_F(Choice, FollowsTheStandardAndTheFamilyOfTheKey) {
  EXPECT_EQ(all_.choose(profile("dv"), kEc, kLintTime), ec_.issuer.get());
  EXPECT_EQ(all_.choose(profile("ev"), kRsa, kLintTime), rsa_.issuer.get());
  EXPECT_EQ(all_.choose(profile("gm-ov"), kSm2, kLintTime), sm2_.issuer.get());
}

TEST_F(Choice, TakesAnotherFamilyRatherThanNone) {
  EXPECT_EQ(IssuerSet(*ec_.issuer).choose(profile("dv"), kRsa, kLintTime), ec_.issuer.get());
}

TEST_F(Choice, PrefersCurvesWhileThereIsNoKey) {
  EXPECT_EQ(all_.choose(profile("dv"), "", kLintTime), ec_.issuer.get());
}

TEST_F(Choice, NeverCrossesTheLineOfTheStandards) {
  EXPECT_EQ(IssuerSet(*ec_.issuer).choose(profile("gm-dv"), kSm2, kLintTime), nullptr);
  EXPECT_EQ(IssuerSet(*sm2_.issuer).choose(profile("dv"), kEc, kLintTime), nullptr);
}

TEST_F(Choice, KeepsToTheHashThatIsAskedFor) {
  const IssuerSet set({{ec_.issuer.get()}, {p384_.issuer.get()}});
  using ca::SignatureHash;
  EXPECT_EQ(set.choose(profile("ov"), kRsa, kLintTime, SignatureHash::sha384), p384_.issuer.get());
  EXPECT_EQ(set.choose(profile("ov"), kRsa, kLintTime, SignatureHash::sha256), ec_.issuer.get());
  EXPECT_EQ(set.choose(profile("ov"), kRsa, kLintTime, SignatureHash::sha512), nullptr);
}

TEST_F(Choice, NeverTakesAnIssuerOfOneTrustForTheOther) {
  EXPECT_EQ(all_.choose(profile("private"), kEc, kLintTime), nullptr);
  const auto own = tests::make_private_ca(kLintTime);
  const IssuerSet set({{ec_.issuer.get()}, {own.issuer.get()}});
  EXPECT_EQ(set.choose(profile("private"), kEc, kLintTime), own.issuer.get());
  EXPECT_EQ(set.choose(profile("dv"), kEc, kLintTime), ec_.issuer.get());
  EXPECT_EQ(IssuerSet(*own.issuer).choose(profile("dv"), kEc, kLintTime), nullptr);
}

// RFC5280-6.1.3 RFC5280-4.2.1.10: also where the limited one is the newest.
TEST_F(Choice, LeavesOutWhoMayNotCertifyThePolicyOrTheNames) {
  const auto later = kLintTime + std::chrono::days(30);
  tests::LimitedPath path = tests::limited_path(later);
  const ca::Issuer limited({path.issuing, path.upper}, std::move(path.signer), {});
  const IssuerSet set({{ec_.issuer.get()}, {&limited}});
  const std::vector<ca::Identifier> inside = {tests::dns("a.example.com")};
  const std::vector<ca::Identifier> outside = {tests::dns("a.example.org")};
  const auto chosen = [&](std::string_view name, const std::vector<ca::Identifier>& names) {
    return set.choose(profile(name), kEc, later, std::nullopt, names);
  };
  EXPECT_EQ(chosen("ov", inside), &limited);
  EXPECT_EQ(chosen("ov", outside), ec_.issuer.get());
  EXPECT_EQ(chosen("dv", inside), ec_.issuer.get());
  EXPECT_EQ(IssuerSet(limited).choose(profile("ov"), kEc, later, std::nullopt, outside), nullptr);
}

// The rollover of an issuer: the new one signs at once, the old one stays known.
TEST_F(Choice, TakesTheNewestAndNoneThatIsRetiredOrNotValid) {
  const auto later = kLintTime + std::chrono::days(30);
  const auto newer = tests::make_test_ca(later);
  const IssuerSet set({{ec_.issuer.get()}, {newer.issuer.get()}});
  EXPECT_EQ(set.choose(profile("dv"), kEc, kLintTime), ec_.issuer.get());
  EXPECT_EQ(set.choose(profile("dv"), kEc, later), newer.issuer.get());
  const IssuerSet retired({{ec_.issuer.get()}, {newer.issuer.get(), IssuerDuty::retired}});
  EXPECT_EQ(retired.choose(profile("dv"), kEc, later), ec_.issuer.get());
  EXPECT_EQ(retired.find(newer.issuer->id()), newer.issuer.get());
  EXPECT_EQ(retired.find_by_key(newer.issuer->key_identifier()), newer.issuer.get());
  EXPECT_EQ(set.choose(profile("dv"), kEc, later + std::chrono::days(9000)), nullptr);
}

TEST_F(Choice, IsNeverFromNothing) {
  EXPECT_THROW(IssuerSet(std::vector<IssuerSet::Member>{}), std::logic_error);
  EXPECT_EQ(all_.find("nobody"), nullptr);
  EXPECT_EQ(all_.find_by_key(""), nullptr);
  EXPECT_EQ(&all_.first(), ec_.issuer.get());
}

}  // namespace
