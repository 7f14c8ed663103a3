#include "ca/issuer.h"

#include <gtest/gtest.h>
#include <openssl/x509.h>

#include <fstream>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "ca/certificate.h"
#include "ca/crypto/encoding.h"
#include "ca/der/reader.h"
#include "ca/hierarchy.h"
#include "ca/ledger.h"
#include "ca/serial.h"
#include "ca/tbs_certificate.h"
#include "tests/support/run.h"
#include "tests/support/scripted_random.h"
#include "tests/support/temp_dir.h"
#include "tests/support/temp_store.h"
#include "tests/support/test_ca.h"
#include "tests/unit/ca/golden_issuance.h"
#include "tests/unit/ca/limited_path.h"

namespace {

using ca::Identifier;
using ca::KeyAlgorithm;
using ca::RejectionKind;
using ca::Time;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::year;

// 2026-11-22T09:30:00Z
constexpr Time kNow = sys_days{year{2026} / 11 / 22} + hours{9} + minutes{30};

std::string bytes(std::string_view hex) {
  return ca::from_hex(hex).value();
}

ca::PublicKey key_of(std::string_view spki_hex) {
  return ca::PublicKey::from_spki(bytes(spki_hex)).value();
}

Identifier dns(std::string_view name) {
  return ca::DnsName::parse(name).value();
}
Identifier ip(std::string_view text) {
  return ca::IpAddress::parse(text).value();
}

/// The key of the golden issuing certificate, whose private half is gone: signing with it is an
/// error.
class KeyWithoutSecret final : public ca::Signer {
 public:
  explicit KeyWithoutSecret(ca::PublicKey key) : key_(std::move(key)) {}
  [[nodiscard]] const ca::PublicKey& public_key() const override { return key_; }
  [[nodiscard]] ca::SignatureAlgorithm algorithm() const override {
    return ca::SignatureAlgorithm::ecdsa_sha256;
  }
  std::string sign(std::string_view) override {
    throw std::logic_error("the CA key was touched before an intent was durable");
  }

 private:
  ca::PublicKey key_;
};

std::unique_ptr<ca::Issuer> golden_issuer() {
  const std::string der = bytes(tests::golden::kIssuingCertificate);
  const auto view = ca::view_certificate(der);
  auto signer = std::make_unique<KeyWithoutSecret>(ca::PublicKey::from_spki(view->spki).value());
  return std::make_unique<ca::Issuer>(
      std::vector<std::string>{der}, std::move(signer),
      ca::Issuer::Urls{.ca_issuers = "http://ca.golden.example/issuing.der",
                       .crl = "http://ca.golden.example/issuing.crl"});
}

/// Draws as serial 40 01 02 … 13.
tests::ScriptedRandom counting_bytes() {
  std::string script;
  for (char c = 0; c < 20; ++c) script += c;
  return tests::ScriptedRandom(script);
}

ca::IssuanceRequest request_for(std::vector<Identifier> identifiers,
                                ca::PublicKey key,
                                Time now = kNow) {
  return {.identifiers = ca::as_set(std::move(identifiers)),
          .public_key = std::move(key),
          .profile = *ca::find_profile("dv"),
          .now = now};
}

// BR 7.1.2.7 P-1 P-2 P-4 P-7 P-8 P-12 P-20 P-21 P-22 P-23 P-24 P-25 P-26 P-28
TEST(IssuerPrepare, MakesTheTbsThatOpenSslMakesForAnEcKey) {
  const auto issuer = golden_issuer();
  auto random = counting_bytes();
  const auto linted = issuer->prepare(
      request_for({dns("example.com"), dns("*.example.com"), ip("2001:4860:4860::8888")},
                  key_of(tests::golden::kEcKey)),
      random);
  ASSERT_TRUE(linted.has_value()) << linted.error().detail();
  EXPECT_EQ(ca::hex(linted->tbs()), tests::golden::kEcTbs);
  EXPECT_EQ(ca::hex(linted->serial()), "400102030405060708090a0b0c0d0e0f10111213");
  EXPECT_EQ(ca::rfc3339(linted->not_before()), "2026-11-22T09:25:00Z");
  EXPECT_EQ(ca::rfc3339(linted->not_after()), "2027-02-20T09:24:59Z");
  EXPECT_EQ(linted->profile(), "dv");
  EXPECT_EQ(linted->issuer_id(), issuer->id());
  EXPECT_TRUE(random.is_used_up());
}

// BR 7.1.2.7.11 P-7 P-22
TEST(IssuerPrepare, MakesTheTbsThatOpenSslMakesForAnRsaKey) {
  const auto issuer = golden_issuer();
  auto random = counting_bytes();
  const auto linted = issuer->prepare(
      request_for({dns("www.example.org")}, key_of(tests::golden::kRsaKey)), random);
  ASSERT_TRUE(linted.has_value()) << linted.error().detail();
  EXPECT_EQ(ca::hex(linted->tbs()), tests::golden::kRsaTbs);
}

// BR 4.3.1.2 L-2
TEST(IssuerPrepare, MakesALintCertificateThatReadsButDoesNotVerify) {
  for (const KeyAlgorithm algorithm :
       {KeyAlgorithm::ecdsa_p256, KeyAlgorithm::ecdsa_p384, KeyAlgorithm::rsa_2048}) {
    SCOPED_TRACE(ca::text_of(algorithm));
    const auto ca = tests::make_test_ca(kNow, algorithm);
    ca::SystemRandom random;
    const auto linted = ca.issuer->prepare(
        request_for({dns("www.example.org")}, key_of(tests::golden::kEcKey)), random);
    ASSERT_TRUE(linted.has_value());
    const auto view = ca::view_certificate(linted->lint_certificate());
    ASSERT_TRUE(view.has_value()) << view.error().detail();
    EXPECT_EQ(view->tbs, linted->tbs());

    const auto* at = reinterpret_cast<const unsigned char*>(linted->lint_certificate().data());
    X509* parsed = d2i_X509(nullptr, &at, static_cast<long>(linted->lint_certificate().size()));
    ASSERT_NE(parsed, nullptr);
    const auto* issuer_at =
        reinterpret_cast<const unsigned char*>(ca.issuer->certificate_der().data());
    X509* issuer =
        d2i_X509(nullptr, &issuer_at, static_cast<long>(ca.issuer->certificate_der().size()));
    EXPECT_NE(X509_verify(parsed, X509_get0_pubkey(issuer)), 1);
    X509_free(issuer);
    X509_free(parsed);
  }
}

// BR 7.1.3.1 P-7
TEST(IssuerPrepare, RefusesAnEd25519Key) {
  const auto issuer = golden_issuer();
  auto random = counting_bytes();
  // RFC 8032 §7.1, test 1.
  const auto key = ca::PublicKey::from_ed25519(
      bytes("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"));
  ASSERT_TRUE(key.has_value());
  const auto linted = issuer->prepare(request_for({dns("example.com")}, *key), random);
  ASSERT_FALSE(linted.has_value());
  EXPECT_EQ(linted.error().kind(), RejectionKind::bad_public_key);
  EXPECT_NE(linted.error().detail().find("Ed25519"), std::string::npos);
}

// L-6 BR 4.3.1.2 L-1
TEST(IssuerPrepare, StopsOnALintFinding) {
  const auto issuer = golden_issuer();
  auto random = counting_bytes();
  const auto linted =
      issuer->prepare(request_for({ip("10.1.2.3")}, key_of(tests::golden::kEcKey)), random);
  ASSERT_FALSE(linted.has_value());
  EXPECT_EQ(linted.error().kind(), RejectionKind::lint_failed);
  EXPECT_NE(linted.error().detail().find("br_san_reserved_address"), std::string::npos);
  EXPECT_NE(linted.error().detail().find("10.1.2.3"), std::string::npos);
}

TEST(IssuerPrepare, RefusesOutsideTheValidityOfTheIssuer) {
  const auto issuer = golden_issuer();
  const Time first = issuer->certificate().not_before;
  const Time last = issuer->certificate().not_after;
  for (const Time now : {first - seconds(1), last, last + days(1)}) {
    SCOPED_TRACE(ca::rfc3339(now));
    auto random = counting_bytes();
    const auto linted = issuer->prepare(
        request_for({dns("example.com")}, key_of(tests::golden::kEcKey), now), random);
    ASSERT_FALSE(linted.has_value());
    EXPECT_EQ(linted.error().kind(), RejectionKind::issuer_unavailable);
  }
}

// BR 6.3.2 P-4 PC-1: the profile's 90 days hold until the limit falls to 47.
TEST(IssuerPrepare, KeepsToTheLimitOfTheDay) {
  struct Row {
    Time now;
    days length;
  };
  const Time change = sys_days{year{2029} / 3 / 15};
  const auto issuer = golden_issuer();
  for (const Row& row : {Row{change - seconds(1), days(90)}, Row{change, days(47)}}) {
    SCOPED_TRACE(ca::rfc3339(row.now));
    auto random = counting_bytes();
    const auto linted = issuer->prepare(
        request_for({dns("example.com")}, key_of(tests::golden::kEcKey), row.now), random);
    ASSERT_TRUE(linted.has_value()) << linted.error().detail();
    EXPECT_EQ(linted->not_after() - linted->not_before() + seconds(1), row.length);
  }
}

TEST(IssuerPrepare, EndsWithTheIssuer) {
  const auto issuer = golden_issuer();
  const Time end = issuer->certificate().not_after;
  auto random = counting_bytes();
  const auto linted = issuer->prepare(
      request_for({dns("example.com")}, key_of(tests::golden::kEcKey), end - days(10)), random);
  ASSERT_TRUE(linted.has_value()) << linted.error().detail();
  EXPECT_EQ(linted->not_after(), end);
}

TEST(IssuerPrepare, LeavesOutUrlsThatAreNotConfigured) {
  const auto ca = tests::make_test_ca(kNow, KeyAlgorithm::ecdsa_p256, {});
  ca::SystemRandom random;
  const ca::IssuanceRequest request{.identifiers = {dns("example.com")},
                                    .public_key = key_of(tests::golden::kEcKey),
                                    .profile = *ca::find_profile("shortlived"),
                                    .now = kNow};
  const auto linted = ca.issuer->prepare(request, random);
  ASSERT_TRUE(linted.has_value()) << linted.error().detail();
  const auto view = ca::view_certificate(linted->lint_certificate());
  std::vector<std::string> present;
  for (const auto& extension : view->extensions) present.push_back(extension.oid);
  EXPECT_EQ(present, (std::vector<std::string>{"2.5.29.15", "2.5.29.37", "2.5.29.19", "2.5.29.35",
                                               "2.5.29.17", "2.5.29.32"}));
}

// P-25 BR-7.1.2.11.2
TEST(IssuerPrepare, RefusesWebCertificatesThatNameNoPlaceOfTheirStatus) {
  const auto ca = tests::make_test_ca(kNow, KeyAlgorithm::ecdsa_p256, {});
  ca::SystemRandom random;
  const auto linted =
      ca.issuer->prepare(request_for({dns("example.com")}, key_of(tests::golden::kEcKey)), random);
  ASSERT_FALSE(linted.has_value());
  EXPECT_EQ(linted.error().kind(), ca::RejectionKind::lint_failed);
  EXPECT_NE(linted.error().detail().find("br_status_missing"), std::string::npos);
}

// RFC5280-4.2.1.10 RFC5280-6.1.3
TEST(IssuerPrepare, RefusesWhatACertificateAboveItDoesNotAllow) {
  tests::LimitedPath path = tests::limited_path(kNow);
  const ca::Issuer issuer({path.issuing, path.upper}, std::move(path.signer), tests::test_urls());
  ca::SystemRandom random;
  const auto findings = [&](std::string_view name) {
    const auto linted =
        issuer.prepare(request_for({dns(name)}, key_of(tests::golden::kEcKey)), random);
    return linted ? "none" : linted.error().detail();
  };
  EXPECT_NE(findings("www.example.com").find("rfc5280_issuer_policies"), std::string::npos);
  EXPECT_EQ(findings("www.example.com").find("rfc5280_issuer_names"), std::string::npos);
  EXPECT_NE(findings("example.org").find("rfc5280_issuer_names"), std::string::npos);
}

// RFC 5280 §6.1.1 (d): a root that stands in the file of the chain is no part of the path.
TEST(IssuerPrepare, SignsUnderAChainThatHoldsItsRootToo) {
  tests::LimitedPath path = tests::limited_path(kNow, ca::oid::kDomainValidated);
  const ca::Issuer issuer({path.issuing, path.upper, path.root}, std::move(path.signer),
                          tests::test_urls());
  ca::SystemRandom random;
  const auto finding = [&](std::string_view name) {
    const auto linted =
        issuer.prepare(request_for({dns(name)}, key_of(tests::golden::kEcKey)), random);
    return linted ? "none" : linted.error().detail();
  };
  EXPECT_EQ(finding("www.example.com"), "none");
  EXPECT_NE(finding("example.org").find("rfc5280_issuer_names"), std::string::npos)
      << "those between still count";
}

// BR 7.1.2.7 P-2
TEST(Serial, IsPositiveBelowTwoToThe159AndOfOneLength) {
  ca::SystemRandom random;
  std::set<std::string> seen;
  for (int i = 0; i < 10'000; ++i) {
    const std::string serial = ca::draw_serial(random);
    ASSERT_EQ(serial.size(), 20U);
    const auto first = static_cast<unsigned char>(serial.front());
    ASSERT_GE(first, 0x40);
    ASSERT_LE(first, 0x7F);
    ASSERT_TRUE(seen.insert(serial).second);
  }
}

// BR 7.1.2.7 P-2: all but two of the 160 bits come from the source unchanged.
TEST(Serial, KeepsTheBitsOfTheSource) {
  tests::ScriptedRandom zeros(std::string(20, '\0'));
  EXPECT_EQ(ca::hex(ca::draw_serial(zeros)), "4000000000000000000000000000000000000000");
  tests::ScriptedRandom ones(std::string(20, '\xFF'));
  EXPECT_EQ(ca::hex(ca::draw_serial(ones)), "7fffffffffffffffffffffffffffffffffffffff");
}

ca::DurableIntent durable(tests::TempStore& store, const ca::Issuer& issuer) {
  ca::SystemRandom random;
  auto linted =
      issuer.prepare(request_for({dns("example.com")}, key_of(tests::golden::kEcKey)), random);
  auto intent = tests::run(ca::Ledger::commit_intent(
      *store, issuer, std::move(linted).value(), {.order = "order", .account = "account"},
      [](storage::Transaction&) { return true; }, kNow));
  return std::move(intent).value();
}

// P-1 P-8
TEST(IssuerSign, SignsTheLintedBytesWithTheKeysOwnAlgorithm) {
  struct Row {
    KeyAlgorithm algorithm;
    std::string identifier;
  };
  const std::vector<Row> rows = {
      {KeyAlgorithm::ecdsa_p256, "300a06082a8648ce3d040302"},
      {KeyAlgorithm::ecdsa_p384, "300a06082a8648ce3d040303"},
      {KeyAlgorithm::rsa_2048, "300d06092a864886f70d01010b0500"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(ca::text_of(row.algorithm));
    tests::TempStore store;
    const auto ca = tests::make_test_ca(kNow, row.algorithm);
    ca::DurableIntent intent = durable(store, *ca.issuer);
    const std::string tbs = intent.linted().tbs();
    const ca::IssuedCertificate issued = tests::run(ca.issuer->sign(std::move(intent)));
    const auto view = ca::view_certificate(issued.der);
    ASSERT_TRUE(view.has_value());
    EXPECT_EQ(view->tbs, tbs);
    EXPECT_EQ(view->serial, issued.serial);
    EXPECT_EQ(view->issuer, ca.issuer->certificate().subject);
    EXPECT_EQ(view->authority_key_identifier, ca.issuer->key_identifier());
    ca::der::Reader fields(ca::der::only(issued.der, ca::der::Tag::sequence).value().content);
    fields.next();
    EXPECT_EQ(ca::hex(fields.next().value().whole), row.identifier);
  }
}

TEST(IssuerSign, RefusesTheIntentOfAnotherIssuer) {
  tests::TempStore store;
  const auto one = tests::make_test_ca(kNow);
  const auto other = tests::make_test_ca(kNow);
  EXPECT_THROW(tests::run(other.issuer->sign(durable(store, *one.issuer))), std::logic_error);
}

/// Signs with a key that is not the one it shows.
class FaultyKey final : public ca::Signer {
 public:
  FaultyKey(std::unique_ptr<ca::Signer> shown, std::unique_ptr<ca::Signer> used)
      : shown_(std::move(shown)), used_(std::move(used)) {}
  [[nodiscard]] const ca::PublicKey& public_key() const override { return shown_->public_key(); }
  [[nodiscard]] ca::SignatureAlgorithm algorithm() const override { return shown_->algorithm(); }
  std::string sign(std::string_view message) override { return used_->sign(message); }

 private:
  std::unique_ptr<ca::Signer> shown_;
  std::unique_ptr<ca::Signer> used_;
};

TEST(IssuerSign, LetsNoWrongSignatureOut) {
  tests::TempStore store;
  ca::SystemRandom random;
  const ca::HierarchyNames names{.organization = "Test"};
  const auto root = ca::create_root(names, KeyAlgorithm::ecdsa_p256, random, kNow);
  auto issuing = ca::create_issuing_ca(names, KeyAlgorithm::ecdsa_p256, root, random, kNow);
  auto faulty = std::make_unique<FaultyKey>(std::move(issuing.signer),
                                            ca::generate_signer(KeyAlgorithm::ecdsa_p256));
  const ca::Issuer issuer({issuing.der}, std::move(faulty),
                          {.crl = "http://ca.example/issuing.crl"});
  EXPECT_THROW(tests::run(issuer.sign(durable(store, issuer))), std::runtime_error);
}

TEST(IssuerChain, IsTheLeafFollowedByTheChain) {
  const auto issuer = golden_issuer();
  EXPECT_EQ(issuer->chain_pem("leaf"),
            ca::pem("CERTIFICATE", "leaf") +
                ca::pem("CERTIFICATE", bytes(tests::golden::kIssuingCertificate)));
}

TEST(IssuerChain, MayEndAtAnotherRoot) {
  ca::SystemRandom random;
  const ca::HierarchyNames names{.organization = "Test"};
  const auto root = ca::create_root(names, KeyAlgorithm::ecdsa_p256, random, kNow);
  const auto other = ca::create_root(names, KeyAlgorithm::ecdsa_p384, random, kNow);
  auto issuing = ca::create_issuing_ca(names, KeyAlgorithm::ecdsa_p256, root, random, kNow);
  const std::string cross = ca::create_cross_certificate(root.der, other, "", random, kNow);
  const auto stranger = ca::create_issuing_ca(names, KeyAlgorithm::ecdsa_p256, other, random, kNow);
  tests::TempDir folder;
  std::ofstream(folder / "issuing.key") << ca::private_key_pem(*issuing.signer);
  std::filesystem::permissions(folder / "issuing.key", std::filesystem::perms::owner_read);
  const auto key = [&] { return ca::load_signer(folder / "issuing.key"); };
  const ca::Issuer issuer({issuing.der}, key(), {}, {{issuing.der, cross}});
  EXPECT_EQ(issuer.chains(), 2U);
  EXPECT_EQ(ca::from_pem("CERTIFICATE", issuer.chain_pem("leaf", 1)),
            (std::vector<std::string>{"leaf", issuing.der, cross}));
  EXPECT_THROW(static_cast<void>(issuer.chain_pem("leaf", 2)), std::out_of_range);
  EXPECT_THROW(ca::Issuer({issuing.der}, key(), {}, {{stranger.der}}), std::runtime_error);
  EXPECT_THROW(ca::Issuer({issuing.der}, key(), {}, {{issuing.der, other.der}}),
               std::runtime_error);
  EXPECT_THROW(ca::Issuer({issuing.der}, key(), {}, {{}}), std::runtime_error);
}

struct Construction {
  std::vector<std::string> chain;
  std::unique_ptr<ca::Signer> signer;
  ca::Issuer::Urls urls;
};

std::string refusal_of(Construction construction) {
  try {
    const ca::Issuer issuer(std::move(construction.chain), std::move(construction.signer),
                            std::move(construction.urls));
  } catch (const std::runtime_error& refused) {
    return refused.what();
  }
  return "accepted";
}

// P-43 P-61
TEST(IssuerConstruction, RefusesWhatCannotIssue) {
  ca::SystemRandom random;
  const ca::HierarchyNames names{.organization = "Test"};
  auto root = ca::create_root(names, KeyAlgorithm::ecdsa_p256, random, kNow);
  auto issuing = ca::create_issuing_ca(names, KeyAlgorithm::ecdsa_p256, root, random, kNow);
  auto other = ca::create_issuing_ca(names, KeyAlgorithm::ecdsa_p256, root, random, kNow);
  auto tls_ca = ca::create_tls_ca(names, random, kNow);
  auto leaf =
      ca::create_tls_certificate(tls_ca, {ca::der_general_name(dns("example.com"))}, random, kNow);

  EXPECT_NE(refusal_of({{}, std::move(tls_ca.signer), {}}).find("no issuing certificate"),
            std::string::npos);
  EXPECT_NE(refusal_of({{"junk"}, ca::generate_signer(KeyAlgorithm::ecdsa_p256), {}})
                .find("cannot be read"),
            std::string::npos);
  EXPECT_NE(refusal_of({{issuing.der}, std::move(other.signer), {}}).find("public keys differ"),
            std::string::npos);
  EXPECT_NE(refusal_of({{leaf.der}, std::move(leaf.signer), {}}).find("not a CA certificate"),
            std::string::npos);
  EXPECT_NE(refusal_of({{root.der}, std::move(root.signer), {}}).find("is a root"),
            std::string::npos);
}

// P-61 X-10: wherever it comes from, an issuing certificate is for servers and nothing else.
TEST(IssuerConstruction, RefusesIssuersForAnythingButServers) {
  ca::SystemRandom random;
  const ca::HierarchyNames names{.organization = "Test"};
  const auto root = ca::create_root(names, KeyAlgorithm::ecdsa_p256, random, kNow);
  const std::string server_auth = ca::from_hex("06082b06010505070301").value();
  const std::string basic_constraints = ca::from_hex("0603551d13").value();
  const struct {
    const char* about;
    std::string from, to;  // of one length, so that nothing else has to change
    std::string_view fault;
  } rows[] = {
      {"clientAuth", server_auth, ca::from_hex("06082b06010505070302").value(), "serverAuth alone"},
      {"OCSPSigning", server_auth, ca::from_hex("06082b06010505070309").value(),
       "serverAuth alone"},
      {"no such extension", ca::from_hex("0603551d25").value(), ca::from_hex("0603551d7d").value(),
       "serverAuth alone"},
      {"no CA", basic_constraints, ca::from_hex("0603551d7e").value(), "not a CA certificate"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.about);
    auto issuing = ca::create_issuing_ca(names, KeyAlgorithm::ecdsa_p256, root, random, kNow);
    const std::size_t at = issuing.der.find(row.from);
    ASSERT_NE(at, std::string::npos);
    issuing.der.replace(at, row.to.size(), row.to);
    const std::string refusal = refusal_of({{issuing.der}, std::move(issuing.signer), {}});
    EXPECT_NE(refusal.find(row.fault), std::string::npos) << refusal;
  }
}

TEST(IssuerConstruction, RefusesAChainOutOfOrderAndUrlsThatAreNotHttp) {
  ca::SystemRandom random;
  const ca::HierarchyNames names{.organization = "Test"};
  const auto root = ca::create_root(names, KeyAlgorithm::ecdsa_p256, random, kNow);
  auto one = ca::create_issuing_ca(names, KeyAlgorithm::ecdsa_p256, root, random, kNow);
  auto two = ca::create_issuing_ca(names, KeyAlgorithm::ecdsa_p256, root, random, kNow);
  EXPECT_NE(refusal_of({{one.der, two.der}, std::move(one.signer), {}}).find("out of order"),
            std::string::npos);
  EXPECT_NE(
      refusal_of(
          {{two.der}, std::move(two.signer), {.ca_issuers = "", .crl = "https://ca.example/crl"}})
          .find("must begin with http://"),
      std::string::npos);
}

}  // namespace
