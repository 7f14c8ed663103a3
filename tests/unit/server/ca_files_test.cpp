#include "server/ca_files.h"

#include <gtest/gtest.h>

#include <fstream>

#include "ca/crypto/encoding.h"
#include "ca/hierarchy.h"
#include "tests/support/temp_dir.h"

namespace server {
namespace {

const ca::Time kNow{std::chrono::sys_days(std::chrono::year(2026) / 11 / 22)};

/// Two hierarchies with the same organization; the second one's certificates look like the first
/// one's.
class Chain : public testing::Test {
 protected:
  static ca::KeyedCertificate root() {
    ca::SystemRandom random;
    return ca::create_root({.organization = "Example Trust"}, ca::KeyAlgorithm::ecdsa_p256, random,
                           kNow);
  }
  static ca::KeyedCertificate issuing(const ca::KeyedCertificate& under) {
    ca::SystemRandom random;
    return ca::create_issuing_ca({.organization = "Example Trust"}, ca::KeyAlgorithm::ecdsa_p384,
                                 under, random, kNow);
  }
  static std::string refusal(const std::vector<std::string>& chain,
                             const std::string& root,
                             ca::Time now = kNow) {
    try {
      require_chain(chain, root, now);
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "";
  }
};

// T-B9
TEST_F(Chain, IsProvedAgainstThePinnedRoot) {
  const ca::KeyedCertificate first = root();
  const ca::KeyedCertificate second = root();
  const ca::KeyedCertificate leaf = issuing(first);
  EXPECT_EQ(refusal({leaf.der}, first.der), "");
  EXPECT_EQ(refusal({leaf.der}, second.der),
            "the issuing certificate names another issuer than the root");
  EXPECT_EQ(refusal({leaf.der}, leaf.der),
            "the issuing certificate names another issuer than the root");
  EXPECT_EQ(
      refusal({first.der, leaf.der}, first.der),
      "the issuing certificate names another issuer than a certificate above the issuing one");
}

// T-B9
TEST_F(Chain, IsRefusedWithABrokenSignature) {
  const ca::KeyedCertificate anchor = root();
  std::string der = issuing(anchor).der;
  der.back() = static_cast<char>(der.back() ^ 1);
  EXPECT_EQ(refusal({der}, anchor.der), "the issuing certificate is not signed by the root");
  std::string broken = anchor.der;
  broken.back() = static_cast<char>(broken.back() ^ 1);
  EXPECT_EQ(refusal({issuing(anchor).der}, broken), "the root is not signed by the root");
}

TEST_F(Chain, IsRefusedOutsideItsValidity) {
  const ca::KeyedCertificate anchor = root();
  const ca::KeyedCertificate leaf = issuing(anchor);
  EXPECT_EQ(refusal({leaf.der}, anchor.der, kNow - std::chrono::days(1)).substr(0, 40),
            "the issuing certificate is valid from 20");
  EXPECT_EQ(refusal({leaf.der}, anchor.der, kNow + std::chrono::days(8 * 366)).substr(0, 40),
            "the issuing certificate is valid from 20");
}

TEST(ReadCertificates, SaysWhatIsWrongWithAFile) {
  const tests::TempDir temp;
  std::ofstream(temp / "empty.pem") << "";
  std::ofstream(temp / "key.pem") << ca::pem("PRIVATE KEY", "x");
  std::ofstream(temp / "mixed.pem") << ca::pem("CERTIFICATE", "x") << "and text\n";
  std::ofstream(temp / "two.pem") << ca::pem("CERTIFICATE", "x") << ca::pem("CERTIFICATE", "y");
  const auto refusal = [&](const char* name) -> std::string {
    try {
      read_certificates(temp / name);
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(refusal("absent.pem"),
            (temp / "absent.pem").string() + " cannot be read: No such file or directory");
  for (const char* name : {"empty.pem", "key.pem", "mixed.pem"}) {
    EXPECT_EQ(refusal(name),
              (temp / name).string() + " does not hold PEM certificates and nothing else");
  }
  EXPECT_EQ(read_certificates(temp / "two.pem"), (std::vector<std::string>{"x", "y"}));
}

TEST(VerifyingSigner, KnowsTheKeyAndCannotSign) {
  ca::SystemRandom random;
  const ca::KeyedCertificate anchor = ca::create_root({.organization = "Example Trust"},
                                                      ca::KeyAlgorithm::ecdsa_p384, random, kNow);
  VerifyingSigner signer(anchor.der);
  EXPECT_EQ(signer.public_key(), anchor.signer->public_key());
  EXPECT_EQ(signer.algorithm(), anchor.signer->algorithm());
  EXPECT_THROW(signer.sign("x"), std::logic_error);
}

}  // namespace
}  // namespace server
