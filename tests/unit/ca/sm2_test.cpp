// SM2 with SM3: against the example of the standard, against OpenSSL's command line, and where it
// must not be accepted.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>

#include "ca/certificate_request.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/signer.h"
#include "ca/der/writer.h"
#include "ca/hierarchy.h"
#include "ca/issuance.h"
#include "ca/subscriber_key.h"
#include "tests/support/run.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/ca/issuing_store.h"
#include "tests/unit/ca/planted_subjects.h"

namespace {

using ca::KeyAlgorithm;
using ca::SignatureAlgorithm;
using ca::SignatureForm;
using tests::kIssuingTime;

std::string bytes(std::string_view hex) {
  return ca::from_hex(hex).value();
}

// Three requests of one key for example.com, made by `openssl req -new -sm3`: with the identifier
// of GM/T 0009, without one, and with another.
constexpr std::string_view kStandardRequest =
    "3081d0307802010030163114301206035504030c0b6578616d706c652e636f6d3059301306072a8648ce3d02"
    "0106082a811ccf5501822d03420004f3d3e6909e4ea4e0b2a9819941a731c2ebc9b7a9fd8f1ed27793b6be55"
    "aac994924c538ee3f2a5b4c124f9739535e362a44d5434b3bb3de371900643cd34f832a000300a06082a811c"
    "cf5501837503480030450220295e987e1fe1ff51304432a31ea03d4ec3d31f609dae98a50f4c4c6fb4f63f36"
    "022100c0de2ccbe96436e6a91b62c0e660e60e579b527c53169e981426f3ef04ef8d9b";
constexpr std::string_view kPlainRequest =
    "3081d0307802010030163114301206035504030c0b6578616d706c652e636f6d3059301306072a8648ce3d02"
    "0106082a811ccf5501822d03420004f3d3e6909e4ea4e0b2a9819941a731c2ebc9b7a9fd8f1ed27793b6be55"
    "aac994924c538ee3f2a5b4c124f9739535e362a44d5434b3bb3de371900643cd34f832a000300a06082a811c"
    "cf55018375034800304502204d46919a4d9504b7d8d1b1109ba5632e2abcc37ec291cbd547e549166525a17d"
    "022100f25978a6048a29d11acc7b72213227aa7b0462b5c00757d574cefc90d292803d";
constexpr std::string_view kOtherRequest =
    "3081d1307802010030163114301206035504030c0b6578616d706c652e636f6d3059301306072a8648ce3d02"
    "0106082a811ccf5501822d03420004f3d3e6909e4ea4e0b2a9819941a731c2ebc9b7a9fd8f1ed27793b6be55"
    "aac994924c538ee3f2a5b4c124f9739535e362a44d5434b3bb3de371900643cd34f832a000300a06082a811c"
    "cf550183750349003046022100bf019a68daae0034ca7d8b68d6578fee300e7c611c22923fb9c5a059e686d2"
    "a0022100d829ffe41049e5aa246e524663cf81a3ba1cdd354484888630aadb0609433ae9";

// GB/T 32918.5 A.2
TEST(Sm2, VerifiesTheExampleOfTheStandard) {
  const std::string x = "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020";
  const std::string y = "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13";
  const auto key = ca::PublicKey::from_ec(ca::KeyKind::sm2, bytes(x), bytes(y));
  ASSERT_TRUE(key);
  const std::string r = "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3";
  const std::string s = "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa";
  const std::string signature =
      ca::der::sequence({ca::der::unsigned_integer(bytes(r)), ca::der::unsigned_integer(bytes(s))});
  EXPECT_TRUE(
      key->verify(SignatureAlgorithm::sm2_sm3, SignatureForm::der, "message digest", signature));
  EXPECT_FALSE(key->verify(SignatureAlgorithm::sm2_sm3_no_id, SignatureForm::der, "message digest",
                           signature));
  EXPECT_FALSE(
      key->verify(SignatureAlgorithm::sm2_sm3, SignatureForm::der, "massage digest", signature));
  EXPECT_FALSE(key->verify(SignatureAlgorithm::ecdsa_sha256, SignatureForm::der, "message digest",
                           signature));
  EXPECT_FALSE(key->verify(SignatureAlgorithm::sm2_sm3, SignatureForm::fixed_width,
                           "message digest", bytes(r) + bytes(s)));
}

TEST(Sm2, RefusesPointsThatAreNotOnTheCurve) {
  const std::string off = std::string(31, '\0') + '\1';
  EXPECT_FALSE(ca::PublicKey::from_ec(ca::KeyKind::sm2, off, off));
}

TEST(Sm2, TakesRequestsWithEitherIdentifierAndNoOther) {
  for (const std::string_view request : {kStandardRequest, kPlainRequest}) {
    const auto parsed = ca::parse_certificate_request(bytes(request));
    ASSERT_TRUE(parsed) << parsed.error().detail();
    EXPECT_EQ(parsed->public_key.kind(), ca::KeyKind::sm2);
  }
  const auto other = ca::parse_certificate_request(bytes(kOtherRequest));
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().kind(), ca::RejectionKind::bad_csr);
}

// BR 7.1.3.1 P-7
TEST(Sm2, IsForItsOwnProfilesAndTheyForIt) {
  const auto sm2 = ca::generate_signer(KeyAlgorithm::sm2);
  const auto p256 = ca::generate_signer(KeyAlgorithm::ecdsa_p256);
  for (const ca::CertificateProfile& profile : ca::certificate_profiles()) {
    const bool gm = profile.trust == ca::Trust::gm;
    EXPECT_EQ(ca::judge_subscriber_key(sm2->public_key(), profile).has_value(), gm) << profile.name;
    EXPECT_EQ(ca::judge_subscriber_key(p256->public_key(), profile).has_value(), !gm)
        << profile.name;
  }
}

/// Issues one certificate of `profile` under an SM2 hierarchy.
struct Chain {
  explicit Chain(std::string_view profile, ca::Subject subject = {})
      : store(tests::make_test_ca(kIssuingTime, KeyAlgorithm::sm2, {}, KeyAlgorithm::sm2)) {
    ca::SystemRandom random;
    const auto key = ca::generate_signer(KeyAlgorithm::sm2);
    ca::IssuanceRequest request{.identifiers = {tests::dns("example.com")},
                                .public_key = key->public_key(),
                                .profile = *ca::find_profile(profile),
                                .now = kIssuingTime,
                                .subject = std::move(subject)};
    const auto issued = tests::run(ca::issue_certificate(
        {store.store(), store.issuer(), random, [] { return kIssuingTime; }}, std::move(request),
        {.owner = {.order = "order-1", .account = "account-1"},
         .note_serial = [](storage::Transaction&, const std::string&) { return true; },
         .conclude = [](storage::Transaction&, const ca::IssuedCertificate&) {},
         .store_until = kIssuingTime}));
    if (issued && *issued) leaf = (*issued)->der;
  }
  tests::IssuingStore store;
  std::string leaf;
};

std::string pem(const std::string& der) {
  return ca::pem("CERTIFICATE", der);
}

/// `openssl verify` of one link: 3.0 gives the identifier to the certificate in question only.
int verify(const tests::TempDir& folder,
           const std::string& options,
           const std::string& issuer,
           const std::string& certificate) {
  const std::string command = "openssl verify -x509_strict -no_check_time -partial_chain " +
                              options + " -trusted " + (folder / issuer).string() + " " +
                              (folder / certificate).string() + " > " +
                              (folder / "output").string() + " 2>&1";
  return std::system(command.c_str());
}

TEST(Sm2, ChainsAreAcceptedByOpenSslWithTheIdentifier) {
  for (const auto& [profile, subject] : {std::pair<std::string_view, ca::Subject>{"gm-dv", {}},
                                         {"gm-ov", tests::company()},
                                         {"gm-ev", tests::registered_company()}}) {
    SCOPED_TRACE(profile);
    Chain chain(profile, subject);
    ASSERT_FALSE(chain.leaf.empty());
    EXPECT_TRUE(chain.store.ledger_faults().empty());
    const tests::TempDir folder;
    std::ofstream(folder / "root.pem") << pem(chain.store.root_der());
    std::ofstream(folder / "issuing.pem") << pem(chain.store.issuer().certificate_der());
    std::ofstream(folder / "leaf.pem") << pem(chain.leaf);
    const std::string identifier = "-vfyopt distid:1234567812345678";
    EXPECT_EQ(verify(folder, identifier, "issuing.pem", "leaf.pem"), 0);
    EXPECT_EQ(verify(folder, identifier, "root.pem", "issuing.pem"), 0);
    EXPECT_NE(verify(folder, "", "issuing.pem", "leaf.pem"), 0);
  }
}

}  // namespace
