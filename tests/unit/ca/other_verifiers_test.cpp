// A chain of every profile, as other people's software sees it: OpenSSL's command line in its
// strictest mode, GnuTLS, NSS, and Java where its compiler is installed.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "ca/crypto/encoding.h"
#include "ca/issuance.h"
#include "tests/support/run.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/ca/issuing_store.h"
#include "tests/unit/ca/planted_subjects.h"

namespace {

using ca::KeyAlgorithm;

/// Not every verifier can be told another time than the machine's.
const ca::Time kNow = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());

ca::Subject owner_for(ca::SubjectKind kind) {
  if (kind == ca::SubjectKind::individual) return tests::person();
  if (kind == ca::SubjectKind::organization) return tests::company();
  if (kind == ca::SubjectKind::extended) return tests::registered_company();
  return {};
}

std::string issue(tests::IssuingStore& store, const ca::CertificateProfile& profile) {
  ca::SystemRandom random;
  const auto key = ca::generate_signer(profile.trust == ca::Trust::gm ? KeyAlgorithm::sm2
                                                                      : KeyAlgorithm::ecdsa_p256);
  ca::IssuanceRequest request{
      .identifiers = {profile.names.dns ? tests::dns("example.com") : tests::ip("8.8.8.8")},
      .public_key = key->public_key(),
      .profile = profile,
      .now = kNow,
      .subject = owner_for(profile.subject)};
  const auto issued = tests::run(ca::issue_certificate(
      {store.store(), store.issuer(), random, [] { return kNow; }}, std::move(request),
      {.owner = {.order = "order-1", .account = "account-1"},
       .note_serial = [](storage::Transaction&, const std::string&) { return true; },
       .conclude = [](storage::Transaction&, const ca::IssuedCertificate&) {},
       .store_until = kNow}));
  return issued && *issued ? (*issued)->der : "";
}

/// A hierarchy.
struct Hierarchy {
  KeyAlgorithm algorithm;
  ca::Trust trust;
};

class OtherVerifiers : public ::testing::TestWithParam<Hierarchy> {
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

  void SetUp() override {
    write("root.pem", store_.root_der());
    write("issuing.pem", store_.issuer().certificate_der());
    for (const ca::CertificateProfile& profile : ca::certificate_profiles()) {
      if (profile.trust != GetParam().trust) continue;
      const std::string leaf = issue(store_, profile);
      ASSERT_FALSE(leaf.empty()) << profile.name;
      leaves_.emplace_back(std::string(profile.name) + ".pem");
      write(leaves_.back(), leaf);
    }
    ASSERT_FALSE(leaves_.empty());
  }
  [[nodiscard]] bool has(const std::string& program) const {
    return run("command -v " + program) == 0;
  }

  /// Makes a database of NSS with the root, which is trusted, and the issuing CA.
  void fill_nss_database() const {
    ASSERT_EQ(run("certutil -N -d sql:. --empty-password"), 0) << output();
    ASSERT_EQ(run("certutil -A -d sql:. -n root -t C,, -i root.pem"), 0) << output();
    ASSERT_EQ(run("certutil -A -d sql:. -n issuing -t ,, -i issuing.pem"), 0) << output();
  }
  /// Exit status; without -e certutil looks at no signature.
  [[nodiscard]] int judged_by_nss(const std::string& leaf) const {
    EXPECT_EQ(run("certutil -A -d sql:. -n " + leaf + " -t ,, -i " + leaf), 0) << output();
    return run("certutil -V -e -d sql:. -u V -n " + leaf);
  }

  tests::IssuingStore store_{tests::make_test_ca(
      kNow,
      GetParam().algorithm,
      {.ca_issuers = "http://ca.example/i.cer", .crl = "http://ca.example/i.crl"},
      // A hierarchy is all of SM2 or has none.
      GetParam().trust == ca::Trust::gm ? KeyAlgorithm::sm2 : KeyAlgorithm::ecdsa_p256,
      GetParam().trust)};
  tests::TempDir folder_;
  std::vector<std::string> leaves_;
  const std::string time_ = std::to_string(kNow.time_since_epoch().count());
};

// L-3
TEST_P(OtherVerifiers, OpenSslAcceptsTheChainOfEveryProfile) {
  for (const std::string& leaf : leaves_) {
    EXPECT_EQ(run("openssl verify -x509_strict -purpose sslserver -policy_check -attime " + time_ +
                  " -CAfile root.pem -untrusted issuing.pem " + leaf),
              0)
        << output();
  }
}

TEST_P(OtherVerifiers, GnuTlsAcceptsTheChainOfEveryProfile) {
  if (!has("certtool")) GTEST_SKIP() << "gnutls-bin is not installed";
  for (const std::string& leaf : leaves_) {
    EXPECT_EQ(run("cat " + leaf +
                  " issuing.pem > chain.pem && certtool --verify --infile chain.pem "
                  "--load-ca-certificate root.pem --verify-purpose 1.3.6.1.5.5.7.3.1"),
              0)
        << leaf << output();
  }
}

TEST_P(OtherVerifiers, NssAcceptsTheChainOfEveryProfile) {
  if (!has("certutil")) GTEST_SKIP() << "libnss3-tools is not installed";
  fill_nss_database();
  for (const std::string& leaf : leaves_) EXPECT_EQ(judged_by_nss(leaf), 0) << output();
}

TEST_P(OtherVerifiers, JavaAcceptsTheChainOfEveryProfile) {
  if (!has("javac")) GTEST_SKIP() << "no Java compiler is installed";
  std::string command = "java " CHANCERY_SOURCE_DIR
                        "/tests/support/interop/ChainCheck.java root.pem issuing.pem " +
                        time_;
  for (const std::string& leaf : leaves_) command += " " + leaf;
  EXPECT_EQ(run(command), 0) << output();
}

/// The chain is left as it is and trust ends elsewhere: whoever accepts that accepts everything.
TEST_P(OtherVerifiers, RefuseTheChainUnderAnotherRoot) {
  write("root.pem", tests::make_test_ca(kNow, GetParam().algorithm).root_der);
  const std::string& leaf = leaves_.front();
  EXPECT_NE(
      run("openssl verify -attime " + time_ + " -CAfile root.pem -untrusted issuing.pem " + leaf),
      0);
  if (has("certtool")) {
    EXPECT_NE(run("cat " + leaf +
                  " issuing.pem > chain.pem && certtool --verify --infile chain.pem "
                  "--load-ca-certificate root.pem"),
              0);
  }
  if (has("certutil")) {
    fill_nss_database();
    EXPECT_NE(judged_by_nss(leaf), 0) << output();
  }
  if (has("javac")) {
    EXPECT_NE(run("java " CHANCERY_SOURCE_DIR
                  "/tests/support/interop/ChainCheck.java root.pem issuing.pem " +
                  time_ + " " + leaf),
              0);
  }
}

INSTANTIATE_TEST_SUITE_P(Keys,
                         OtherVerifiers,
                         testing::Values(Hierarchy{KeyAlgorithm::ecdsa_p256, ca::Trust::web},
                                         Hierarchy{KeyAlgorithm::ecdsa_p384, ca::Trust::web},
                                         Hierarchy{KeyAlgorithm::rsa_2048, ca::Trust::web},
                                         Hierarchy{KeyAlgorithm::ecdsa_p256,
                                                   ca::Trust::privately}));

class Sm2Verifiers : public OtherVerifiers {};

/// One link at a time: OpenSSL 3.0 gives the identifier to the certificate in question only.
TEST_P(Sm2Verifiers, OpenSslAcceptsWithTheIdentifierAndNotWithout) {
  for (const std::string& leaf : leaves_) {
    const std::string verify =
        "openssl verify -x509_strict -attime " + time_ + " -partial_chain -trusted issuing.pem ";
    EXPECT_EQ(run(verify + "-vfyopt distid:1234567812345678 " + leaf), 0) << output();
    EXPECT_NE(run(verify + leaf), 0);
  }
}

INSTANTIATE_TEST_SUITE_P(Sm2,
                         Sm2Verifiers,
                         testing::Values(Hierarchy{KeyAlgorithm::sm2, ca::Trust::gm}));

}  // namespace
