// A chain of every profile, as other people's software sees it: OpenSSL's command line in its
// strictest mode, and NSS where it is installed.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>

#include "ca/crypto/encoding.h"
#include "ca/issuance.h"
#include "tests/support/run.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/ca/issuing_store.h"
#include "tests/unit/ca/planted_subjects.h"

namespace {

using ca::KeyAlgorithm;
using tests::kIssuingTime;

ca::Subject owner_for(ca::SubjectKind kind) {
  if (kind == ca::SubjectKind::individual) return tests::person();
  if (kind == ca::SubjectKind::organization) return tests::company();
  if (kind == ca::SubjectKind::extended) return tests::registered_company();
  return {};
}

std::string issue(tests::IssuingStore& store, const ca::CertificateProfile& profile) {
  ca::SystemRandom random;
  const auto key = ca::generate_signer(KeyAlgorithm::ecdsa_p256);
  ca::IssuanceRequest request{
      .identifiers = {profile.names.dns ? tests::dns("example.com") : tests::ip("8.8.8.8")},
      .public_key = key->public_key(),
      .profile = profile,
      .now = kIssuingTime,
      .subject = owner_for(profile.subject)};
  const auto issued = tests::run(ca::issue_certificate(
      {store.store(), store.issuer(), random, [] { return kIssuingTime; }}, std::move(request),
      {.owner = {.order = "order-1", .account = "account-1"},
       .note_serial = [](storage::Transaction&, const std::string&) { return true; },
       .conclude = [](storage::Transaction&, const ca::IssuedCertificate&) {},
       .store_until = kIssuingTime}));
  return issued && *issued ? (*issued)->der : "";
}

class OtherVerifiers : public ::testing::TestWithParam<KeyAlgorithm> {
 protected:
  /// Exit status of a command that says nothing.
  [[nodiscard]] int run(const std::string& command) const {
    const std::string in_folder = "cd " + (folder_ / "").string() + " && " + command;
    return std::system((in_folder + " > output 2>&1").c_str());
  }
  [[nodiscard]] std::string output() const {
    std::ifstream file(folder_ / "output");
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void write(const std::string& name, const std::string& der) const {
    std::ofstream(folder_ / name) << ca::pem("CERTIFICATE", der);
  }

  tests::IssuingStore store_{tests::make_test_ca(
      kIssuingTime,
      GetParam(),
      {.ca_issuers = "http://ca.example/i.cer", .crl = "http://ca.example/i.crl"})};
  tests::TempDir folder_;
};

TEST_P(OtherVerifiers, AcceptTheChainOfEveryProfile) {
  write("root.pem", store_.root_der());
  write("issuing.pem", store_.issuer().certificate_der());
  const bool has_nss = run("certutil -N -d sql:. --empty-password") == 0;
  if (has_nss) {
    ASSERT_EQ(run("certutil -A -d sql:. -n root -t C,, -i root.pem"), 0) << output();
    ASSERT_EQ(run("certutil -A -d sql:. -n issuing -t ,, -i issuing.pem"), 0) << output();
  }
  const std::string time = std::to_string(kIssuingTime.time_since_epoch().count());
  for (const ca::CertificateProfile& profile : ca::certificate_profiles()) {
    if (profile.trust == ca::Trust::gm) continue;
    SCOPED_TRACE(profile.name);
    const std::string leaf = issue(store_, profile);
    ASSERT_FALSE(leaf.empty());
    write("leaf.pem", leaf);
    EXPECT_EQ(run("openssl verify -x509_strict -purpose sslserver -policy_check -attime " + time +
                  " -CAfile root.pem -untrusted issuing.pem leaf.pem"),
              0)
        << output();
    if (!has_nss) continue;
    const std::string name(profile.name);
    ASSERT_EQ(run("certutil -A -d sql:. -n " + name + " -t ,, -i leaf.pem"), 0) << output();
    EXPECT_EQ(run("certutil -V -d sql:. -u V -b 261122093000Z -n " + name), 0) << output();
  }
}

INSTANTIATE_TEST_SUITE_P(Keys,
                         OtherVerifiers,
                         testing::Values(KeyAlgorithm::ecdsa_p256,
                                         KeyAlgorithm::ecdsa_p384,
                                         KeyAlgorithm::rsa_2048));

}  // namespace
