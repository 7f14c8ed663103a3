// What a short-lived certificate is, to the second, and what it may leave out (BR 1.6.1,
// 7.1.2.11.2).
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "ca/certificate.h"
#include "ca/crypto/signer.h"
#include "ca/extension_list.h"
#include "ca/oids.h"
#include "tests/support/test_ca.h"

namespace {

using std::chrono::seconds;
using OcspIn = ca::Issuer::Urls::OcspIn;

constexpr ca::Time kNow{std::chrono::sys_days{std::chrono::year{2026} / 12 / 1}};
constexpr seconds kSevenDays{604'800};
constexpr const char* kOcspUrl = "http://ca.example/ocsp";

/// What a certificate says that lives so long.
struct Said {
  seconds life;
  bool names_ocsp, names_crl;
};
Said said(OcspIn ocsp_in, seconds validity) {
  const tests::TestCa made = tests::make_test_ca(kNow, ca::KeyAlgorithm::ecdsa_p256,
                                                 {.ca_issuers = "http://ca.example/ca.cer",
                                                  .crl = "http://ca.example/ca.crl",
                                                  .ocsp = kOcspUrl,
                                                  .ocsp_in = ocsp_in});
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  ca::CertificateProfile profile = *ca::find_profile("shortlived");
  profile.validity = validity;
  ca::SystemRandom random;
  const auto linted = made.issuer->prepare({.identifiers = {ca::DnsName::parse("a.com").value()},
                                            .public_key = key->public_key(),
                                            .profile = profile,
                                            .now = kNow},
                                           random);
  EXPECT_TRUE(linted.has_value()) << linted.error().detail();
  const auto view = ca::view_certificate(linted->lint_certificate()).value();
  const ca::Extension* access =
      ca::find_extension(view.extensions, ca::oid::kAuthorityInformationAccess);
  return {
      .life = linted->not_after() - linted->not_before() + seconds(1),
      .names_ocsp = access != nullptr && access->value.contains(kOcspUrl),
      .names_crl = ca::find_extension(view.extensions, ca::oid::kCrlDistributionPoints) != nullptr};
}

// P-6 P-25 BR-1.6.1
TEST(ShortLived, EndsAtSevenDaysToTheSecond) {
  const Said within = said(OcspIn::long_lived, kSevenDays);
  EXPECT_EQ(within.life, kSevenDays);
  EXPECT_FALSE(within.names_ocsp);
  const Said beyond = said(OcspIn::long_lived, kSevenDays + seconds(1));
  EXPECT_EQ(beyond.life, kSevenDays + seconds(1));
  EXPECT_TRUE(beyond.names_ocsp);
  // One way or another it says where its revocation would show.
  EXPECT_TRUE(beyond.names_crl);
}

// P-6
TEST(ShortLived, NamesTheResponderWhereAllDo) {
  EXPECT_TRUE(said(OcspIn::all, kSevenDays).names_ocsp);
  EXPECT_TRUE(said(OcspIn::all, seconds(3600)).names_ocsp);
}

// P-6: the profile of that name stays within.
TEST(ShortLived, ProfileIsShortLived) {
  EXPECT_LE(ca::find_profile("shortlived")->validity, kSevenDays);
  EXPECT_GT(ca::find_profile("dv")->validity, kSevenDays);
}

}  // namespace
