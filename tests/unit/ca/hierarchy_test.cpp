#include "ca/hierarchy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "ca/ceremony.h"
#include "ca/certificate.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "tests/unit/ca/issuing_store.h"

namespace {

using ca::KeyAlgorithm;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::seconds;
using tests::kIssuingTime;

using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

Certificate parse(const std::string& der) {
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  return {d2i_X509(nullptr, &at, static_cast<long>(der.size())), &X509_free};
}

/// What `openssl verify -x509_strict -purpose sslserver` says of `leaf` at `when`.
std::string verdict(const std::string& root,
                    const std::vector<std::string>& untrusted,
                    const std::string& leaf,
                    ca::Time when,
                    const std::string& name) {
  const std::unique_ptr<X509_STORE, decltype(&X509_STORE_free)> store(X509_STORE_new(),
                                                                      &X509_STORE_free);
  X509_STORE_add_cert(store.get(), parse(root).get());
  STACK_OF(X509)* chain = sk_X509_new_null();
  for (const std::string& der : untrusted) sk_X509_push(chain, parse(der).release());
  const Certificate subject = parse(leaf);
  const std::unique_ptr<X509_STORE_CTX, decltype(&X509_STORE_CTX_free)> context(
      X509_STORE_CTX_new(), &X509_STORE_CTX_free);
  X509_STORE_CTX_init(context.get(), store.get(), subject.get(), chain);
  X509_VERIFY_PARAM* rules = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_X509_STRICT | X509_V_FLAG_POLICY_CHECK);
  X509_VERIFY_PARAM_set_purpose(rules, X509_PURPOSE_SSL_SERVER);
  X509_VERIFY_PARAM_set_time(rules, when.time_since_epoch().count());
  X509_VERIFY_PARAM_set1_host(rules, name.c_str(), 0);
  X509_verify_cert(context.get());
  const int error = X509_STORE_CTX_get_error(context.get());
  sk_X509_pop_free(chain, &X509_free);
  return X509_verify_cert_error_string(error);
}

/// Extension OIDs in order; critical ones end in an exclamation mark.
std::vector<std::string> extensions_of(const std::string& der) {
  const auto view = ca::view_certificate(der);
  std::vector<std::string> all;
  for (const auto& extension : view->extensions) {
    all.push_back(extension.oid +
                  (extension.criticality == ca::der::Criticality::critical ? "!" : ""));
  }
  return all;
}

std::string value_of(const std::string& der, std::string_view oid) {
  const auto view = ca::view_certificate(der);
  const ca::Extension* extension = ca::find_extension(view->extensions, oid);
  return extension == nullptr ? "(absent)" : ca::hex(extension->value);
}

const ca::HierarchyNames kNames{.country = "XX", .organization = "Example Trust"};

// P-60: BR 7.1.2.1
TEST(Root, HasTheProfileOfARoot) {
  ca::SystemRandom random;
  const auto root = ca::create_root(kNames, KeyAlgorithm::ecdsa_p256, random, kIssuingTime);
  const auto view = ca::view_certificate(root.der);
  ASSERT_TRUE(view.has_value()) << view.error().detail();
  EXPECT_EQ(view->issuer, view->subject);
  EXPECT_EQ(view->spki, root.signer->public_key().spki());
  EXPECT_EQ(view->not_before, kIssuingTime - hours(1));
  EXPECT_EQ(view->not_after - view->not_before + seconds(1), days(20 * 365));
  EXPECT_EQ(extensions_of(root.der),
            (std::vector<std::string>{"2.5.29.19!", "2.5.29.15!", "2.5.29.35", "2.5.29.14"}));
  EXPECT_EQ(value_of(root.der, "2.5.29.19"), "30030101ff");
  EXPECT_EQ(value_of(root.der, "2.5.29.15"), "03020186");
}

// X-10 P-61: BR 7.1.2.6
TEST(IssuingCa, HasTheProfileOfATlsSubordinateCa) {
  ca::SystemRandom random;
  const auto root = ca::create_root(kNames, KeyAlgorithm::ecdsa_p384, random, kIssuingTime);
  const auto issuing =
      ca::create_issuing_ca(kNames, KeyAlgorithm::ecdsa_p256, root, random, kIssuingTime);
  const auto view = ca::view_certificate(issuing.der);
  ASSERT_TRUE(view.has_value());
  EXPECT_EQ(view->issuer, ca::view_certificate(root.der)->subject);
  EXPECT_NE(view->subject, view->issuer);
  EXPECT_EQ(view->not_after - view->not_before + seconds(1), days(8 * 365));
  EXPECT_EQ(extensions_of(issuing.der),
            (std::vector<std::string>{"2.5.29.19!", "2.5.29.15!", "2.5.29.37", "2.5.29.32",
                                      "2.5.29.35", "2.5.29.14"}));
  EXPECT_EQ(value_of(issuing.der, "2.5.29.19"), "30060101ff020100");
  EXPECT_EQ(value_of(issuing.der, "2.5.29.37"), "300a06082b06010505070301");
  EXPECT_EQ(value_of(issuing.der, "2.5.29.32"), "300830060604551d2000");
  EXPECT_EQ("0414" + ca::hex(view->authority_key_identifier), value_of(root.der, "2.5.29.14"));
}

// P-9: BR 7.1.4.2 order and string types.
TEST(Hierarchy, NamesItsCasByCountryOrganizationAndCommonName) {
  ca::SystemRandom random;
  const auto root = ca::create_root(kNames, KeyAlgorithm::ecdsa_p256, random, kIssuingTime);
  const Certificate parsed = parse(root.der);
  char text[200] = {};
  X509_NAME_oneline(X509_get_subject_name(parsed.get()), text, sizeof text);
  const std::string name = text;
  EXPECT_EQ(name.substr(0, 30), "/C=XX/O=Example Trust/CN=Root ");
  const auto again = ca::create_root(kNames, KeyAlgorithm::ecdsa_p256, random, kIssuingTime);
  EXPECT_NE(ca::view_certificate(again.der)->subject, ca::view_certificate(root.der)->subject);
}

TEST(Hierarchy, RefusesNamesThatCannotStandInACertificate) {
  ca::SystemRandom random;
  const std::vector<ca::HierarchyNames> wrong = {
      {.country = "xx", .organization = "Example"},
      {.country = "USA", .organization = "Example"},
      {.country = "", .organization = "Example"},
      {.country = "ZZ", .organization = "Example"},
      {.country = "XX", .organization = "-"},
      {.country = "XX", .organization = ""},
      {.country = "XX", .organization = std::string(65, 'o')},
      {.country = "XX", .organization = "not UTF-8 \xFF"},
      {.country = "XX", .organization = "two\nlines"},
  };
  for (const auto& names : wrong) {
    SCOPED_TRACE(names.country + "/" + names.organization);
    EXPECT_THROW(ca::create_root(names, KeyAlgorithm::ecdsa_p256, random, kIssuingTime),
                 std::invalid_argument);
  }
  std::string umlauts;
  for (int i = 0; i < 64; ++i) umlauts += "\xC3\xBC";
  EXPECT_NO_THROW(ca::create_root({.country = "DE", .organization = umlauts},
                                  KeyAlgorithm::ecdsa_p256, random, kIssuingTime));
}

TEST(Hierarchy, ChainsForOpenSslInItsStrictestMode) {
  for (const KeyAlgorithm algorithm :
       {KeyAlgorithm::ecdsa_p256, KeyAlgorithm::ecdsa_p384, KeyAlgorithm::rsa_2048}) {
    SCOPED_TRACE(ca::text_of(algorithm));
    ca::SystemRandom random;
    const auto ca = tests::make_test_ca(kIssuingTime, algorithm);
    const auto key = ca::generate_signer(KeyAlgorithm::ecdsa_p256);
    const ca::IssuanceRequest request{.identifiers = {ca::DnsName::parse("example.com").value()},
                                      .public_key = key->public_key(),
                                      .profile = *ca::find_profile("dv"),
                                      .now = kIssuingTime};
    tests::TempStore store;
    auto intent = tests::run(ca::Ledger::commit_intent(
        *store, *ca.issuer, ca.issuer->prepare(request, random).value(), {},
        [](storage::Transaction&) { return true; }, kIssuingTime));
    const ca::IssuedCertificate issued = tests::run(ca.issuer->sign(std::move(intent).value()));
    const std::vector<std::string> chain = {ca.issuer->certificate_der()};
    const auto at = [&](ca::Time when, const std::string& name) {
      return verdict(ca.root_der, chain, issued.der, when, name);
    };
    EXPECT_EQ(at(kIssuingTime, "example.com"), "ok");
    EXPECT_EQ(at(issued.not_after - seconds(1), "example.com"), "ok");
    EXPECT_EQ(at(issued.not_after + seconds(1), "example.com"), "certificate has expired");
    EXPECT_EQ(at(kIssuingTime, "example.org"), "hostname mismatch");
    const auto other = ca::create_root(kNames, KeyAlgorithm::ecdsa_p256, random, kIssuingTime);
    const std::string cross =
        ca::create_cross_certificate(ca.root_der, other, "", random, kIssuingTime);
    EXPECT_EQ(verdict(other.der, {chain.front(), cross}, issued.der, kIssuingTime, "example.com"),
              "ok");
  }
}

TEST(Listener, HasAChainOfItsOwn) {
  ca::SystemRandom random;
  const auto tls_ca = ca::create_tls_ca(kNames, random, kIssuingTime);
  const auto server =
      ca::create_tls_certificate(tls_ca,
                                 {ca::der_general_name(ca::DnsName::parse("acme.example").value()),
                                  ca::der_general_name(ca::IpAddress::parse("127.0.0.1").value())},
                                 random, kIssuingTime);
  EXPECT_EQ(verdict(tls_ca.der, {}, server.der, kIssuingTime, "acme.example"), "ok");
  const auto view = ca::view_certificate(server.der);
  ASSERT_TRUE(view.has_value()) << view.error().detail();
  EXPECT_EQ(view->not_after - view->not_before + seconds(1), days(397));
  EXPECT_EQ(view->spki, server.signer->public_key().spki());
  EXPECT_EQ(view->identifiers.size(), 2U);
  const auto tls_view = ca::view_certificate(tls_ca.der);
  EXPECT_EQ(tls_view->not_after - tls_view->not_before + seconds(1), days(3650));

  const auto root = ca::create_root(kNames, KeyAlgorithm::ecdsa_p256, random, kIssuingTime);
  EXPECT_NE(verdict(root.der, {tls_ca.der}, server.der, kIssuingTime, "acme.example"), "ok");
}

TEST(Listener, NeedsAName) {
  ca::SystemRandom random;
  const auto tls_ca = ca::create_tls_ca(kNames, random, kIssuingTime);
  EXPECT_THROW(ca::create_tls_certificate(tls_ca, {}, random, kIssuingTime), std::invalid_argument);
}

std::vector<std::string> values_of(const std::string& der, std::vector<std::string_view> oids) {
  std::vector<std::string> values;
  for (const std::string_view oid : oids) values.push_back(value_of(der, oid));
  return values;
}

// P-61: BR 7.1.2.6.1, 7.1.2.11.2
TEST(IssuingCa, SaysWhereItsRootsCrlAndCertificateAre) {
  ca::SystemRandom random;
  const auto root = ca::create_root(kNames, KeyAlgorithm::ecdsa_p256, random, kIssuingTime);
  const auto make = [&](const ca::IssuingCaTerms& terms) {
    return ca::create_issuing_ca(kNames, KeyAlgorithm::ecdsa_p256, root, random, kIssuingTime,
                                 terms)
        .der;
  };
  const std::string der = make({.policies = {"2.23.140.1.2.2"},
                                .crl_url = "http://a.example/r.crl",
                                .ca_issuers_url = "http://a.example/r.cer"});
  EXPECT_EQ(extensions_of(der),
            (std::vector<std::string>{"2.5.29.19!", "2.5.29.15!", "2.5.29.37", "2.5.29.32",
                                      "2.5.29.35", "2.5.29.14", "1.3.6.1.5.5.7.1.1", "2.5.29.31"}));
  EXPECT_EQ(value_of(der, "2.5.29.32"), "300a3008060667810c010202");
  EXPECT_THAT(ca::from_hex(value_of(der, "2.5.29.31")).value(),
              testing::HasSubstr("http://a.example/r.crl"));
  EXPECT_THAT(ca::from_hex(value_of(der, "1.3.6.1.5.5.7.1.1")).value(),
              testing::HasSubstr("http://a.example/r.cer"));
  const ca::IssuingCaTerms wrong[] = {
      {.policies = {"1.3.6.1.4.1.99999.1"}},
      {.policies = {"2.23.140.1.2.1", "2.23.140.1.2.2"}},
      {.policies = {"x"}},
      {.crl_url = "https://a.example/r.crl"},
      {.ca_issuers_url = "http://a b"},
  };
  for (const auto& terms : wrong) {
    EXPECT_THROW(make(terms), std::invalid_argument) << &terms - wrong;
  }
}

/// A root and a CA below it as a ceremony makes them, with everything that can be carried over.
struct Planned {
  Planned() {
    ca::CeremonyPlan plan{.title = "t", .participants = {"Ada", "Grace"}, .cas = {}};
    plan.cas.push_back({.name = "root",
                        .country = "DE",
                        .organization = "Example Trust",
                        .common_name = "Example Root",
                        .algorithm = "ecdsa-p256",
                        .days = 7300,
                        .passphrase_file = "/p"});
    plan.cas.push_back({.name = "issuing",
                        .issuer = "root",
                        .country = "DE",
                        .organization = "Example Trust",
                        .common_name = "Example TLS CA 1",
                        .algorithm = "ecdsa-p256",
                        .days = 1000,
                        .path_length = 1,
                        .policies = {"2.23.140.1.2.2", "1.3.6.1.4.1.99999.1"},
                        .permitted_dns = {"corp.example.com"},
                        .ca_issuers_url = "http://a.example/r.cer",
                        .ocsp_url = "http://a.example/ocsp",
                        .crl_url = "http://a.example/r.crl",
                        .passphrase_file = "/p"});
    auto made = ca::hold_ceremony(plan, ca::Ceremony::held, random, kIssuingTime);
    root = {.der = made[0].der, .signer = std::move(made[0].signer)};
    issuing = made[1].der;
  }
  std::string follow(const std::string& predecessor, const ca::SuccessorChanges& changes = {}) {
    return ca::certify_successor(predecessor, changes, key->public_key(), root, random,
                                 kIssuingTime + days(10));
  }
  static std::string common_name(const std::string& der) {
    char text[200] = {};
    X509_NAME_get_text_by_NID(X509_get_subject_name(parse(der).get()), NID_commonName, text,
                              sizeof text);
    return text;
  }
  ca::SystemRandom random;
  ca::KeyedCertificate root;
  std::string issuing;
  std::unique_ptr<ca::Signer> key = ca::generate_signer(KeyAlgorithm::ecdsa_p256);
};

// P-61: BR 7.1.2.6.1
TEST(Successor, SaysWhatItsPredecessorSaid) {
  Planned planned;
  const std::string next = planned.follow(planned.issuing);
  EXPECT_EQ(extensions_of(next), extensions_of(planned.issuing));
  const std::vector<std::string_view> kept = {"2.5.29.19", "2.5.29.15",        "2.5.29.37",
                                              "2.5.29.30", "2.5.29.32",        "2.5.29.35",
                                              "2.5.29.31", "1.3.6.1.5.5.7.1.1"};
  EXPECT_EQ(values_of(next, kept), values_of(planned.issuing, kept));
  EXPECT_NE(value_of(next, "2.5.29.14"), value_of(planned.issuing, "2.5.29.14"));
  const auto old = ca::view_certificate(planned.issuing).value();
  const auto view = ca::view_certificate(next).value();
  EXPECT_EQ(view.spki, planned.key->public_key().spki());
  EXPECT_EQ(view.issuer, old.issuer);
  EXPECT_EQ(view.not_after - view.not_before, old.not_after - old.not_before);
  char text[200] = {};
  X509_NAME_oneline(X509_get_subject_name(parse(next).get()), text, sizeof text);
  EXPECT_THAT(text, testing::MatchesRegex("/C=DE/O=Example Trust/CN=Example TLS CA 1 [0-9a-f]+"));
  const std::string third = planned.follow(next);
  EXPECT_EQ(Planned::common_name(third).size(), Planned::common_name(next).size());
  EXPECT_NE(Planned::common_name(third), Planned::common_name(next));
}

TEST(Successor, DiffersWhereItIsTold) {
  Planned planned;
  const std::string next =
      planned.follow(planned.issuing, {.country = "FR",
                                       .organization = "Other Trust",
                                       .common_name = "Other CA",
                                       .terms = {.policies = {"2.5.29.32.0"},
                                                 .crl_url = "http://b.example/s.crl",
                                                 .ca_issuers_url = "http://b.example/s.cer"}});
  EXPECT_EQ(extensions_of(next), extensions_of(planned.issuing));
  EXPECT_EQ(value_of(next, "2.5.29.32"), "300830060604551d2000");
  EXPECT_EQ(value_of(next, "2.5.29.30"), value_of(planned.issuing, "2.5.29.30"));
  const std::string access = ca::from_hex(value_of(next, "1.3.6.1.5.5.7.1.1")).value();
  EXPECT_THAT(access, testing::HasSubstr("http://b.example/s.cer"));
  EXPECT_THAT(access, testing::HasSubstr("http://a.example/ocsp")) << "nobody spoke of that";
  EXPECT_THAT(access, testing::Not(testing::HasSubstr("http://a.example/r.cer")));
  EXPECT_THAT(ca::from_hex(value_of(next, "2.5.29.31")).value(),
              testing::HasSubstr("http://b.example/s.crl"));
  char text[200] = {};
  X509_NAME_oneline(X509_get_subject_name(parse(next).get()), text, sizeof text);
  EXPECT_STREQ(text, "/C=FR/O=Other Trust/CN=Other CA");
}

TEST(Successor, GetsACrlWhereItsPredecessorHadNone) {
  Planned planned;
  const auto old = ca::create_issuing_ca(kNames, KeyAlgorithm::ecdsa_p256, planned.root,
                                         planned.random, kIssuingTime);
  const std::string next = planned.follow(old.der, {.terms = {.crl_url = "http://a.b/c.crl"}});
  auto expected = extensions_of(old.der);
  expected.emplace_back("2.5.29.31");
  EXPECT_EQ(extensions_of(next), expected);
}

TEST(Successor, IsRefusedWhereNobodyCouldRelyOnIt) {
  Planned planned;
  const ca::SuccessorChanges wrong[] = {
      {.country = "ZZ"},
      {.organization = " "},
      {.common_name = std::string(65, 'c')},
      {.common_name = "Example TLS CA 1"},  // its predecessor's
      {.terms = {.policies = {"1.2.3"}}},
      {.terms = {.crl_url = "ftp://a.b/c"}},
  };
  for (const auto& changes : wrong) {
    EXPECT_THROW(planned.follow(planned.issuing, changes), std::invalid_argument)
        << &changes - wrong;
  }
  const Planned other;
  EXPECT_THROW(planned.follow(other.issuing), std::invalid_argument) << "of another root";
  EXPECT_THROW(planned.follow("x"), std::invalid_argument);
}

// P-7: GM/T 0015
TEST(Hierarchy, IsAllOfSm2OrHasNone) {
  ca::SystemRandom random;
  const auto sm2 = ca::create_root(kNames, KeyAlgorithm::sm2, random, kIssuingTime);
  const auto p256 = ca::create_root(kNames, KeyAlgorithm::ecdsa_p256, random, kIssuingTime);
  const auto cross = [&](const ca::KeyedCertificate& of, const ca::KeyedCertificate& by) {
    return ca::create_cross_certificate(of.der, by, "http://a.b/c.crl", random, kIssuingTime);
  };
  EXPECT_THROW(cross(sm2, p256), std::invalid_argument);
  EXPECT_THROW(cross(p256, sm2), std::invalid_argument);
  const auto issue = [&](KeyAlgorithm algorithm, const ca::KeyedCertificate& root) {
    return ca::create_issuing_ca(kNames, algorithm, root, random, kIssuingTime);
  };
  EXPECT_THROW(issue(KeyAlgorithm::sm2, p256), std::invalid_argument);
  EXPECT_THROW(issue(KeyAlgorithm::ecdsa_p384, sm2), std::invalid_argument);
  EXPECT_NO_THROW(issue(KeyAlgorithm::sm2, sm2));
  const auto other = ca::create_root(kNames, KeyAlgorithm::sm2, random, kIssuingTime);
  EXPECT_NO_THROW(cross(sm2, other));
}

TEST(Hierarchy, LetsNothingOutliveItsParent) {
  ca::SystemRandom random;
  const auto root = ca::create_root(kNames, KeyAlgorithm::ecdsa_p256, random, kIssuingTime);
  const auto late = ca::create_issuing_ca(kNames, KeyAlgorithm::ecdsa_p256, root, random,
                                          kIssuingTime + days(15 * 365));
  EXPECT_EQ(ca::view_certificate(late.der)->not_after, ca::view_certificate(root.der)->not_after);
}

}  // namespace
