#include "acme/validation/tls_alpn_01.h"

#include <gtest/gtest.h>

#include "ca/crypto/hash.h"
#include "tests/support/challenge_certificate.h"
#include "tests/support/fakes.h"
#include "tests/support/run.h"

namespace {

using acme::ProblemType;

ca::Identifier ip(std::string_view text) {
  return ca::IpAddress::parse(text).value();
}
ca::Identifier dns(std::string_view text) {
  return ca::DnsName::parse(text).value();
}

// RFC8738-6
TEST(TlsAlpnServerName, IsTheNameOrTheReverseNameOfAnAddress) {
  EXPECT_EQ(acme::tls_alpn_server_name(dns("a.example")), "a.example");
  EXPECT_EQ(acme::tls_alpn_server_name(ip("192.0.2.10")), "10.2.0.192.in-addr.arpa");
  EXPECT_EQ(acme::tls_alpn_server_name(ip("2001:db8::567:89ab")),
            "b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa");
}

/// What an attempt finds at a host that shows a certificate with the digest of `authorization`.
acme::ValidationOutcome attempt(const ca::Identifier& identifier,
                                const std::string& authorization) {
  tests::FakeProber prober;
  const auto made = tests::make_challenge_certificate(
      {.digest = ca::sha256(authorization), .names = {ca::der_general_name(identifier)}});
  prober.prepare(acme::tls_alpn_server_name(identifier),
                 [der = made.der()] { return acme::ProbedCertificate{der, "192.0.2.1:443"}; });
  return tests::run(acme::validate_tls_alpn_01(prober, identifier, "token", "thumbprint"));
}

// RFC8737-3 RFC8738-6
TEST(TlsAlpn01, AcceptsTheDigestOfTheKeyAuthorization) {
  for (const ca::Identifier& each : {dns("a.example"), ip("192.0.2.1"), ip("2001:db8::1")}) {
    const auto outcome = attempt(each, "token.thumbprint");
    EXPECT_FALSE(outcome.problem.has_value()) << outcome.problem->detail();
    EXPECT_EQ(outcome.hops, std::vector<std::string>{"192.0.2.1:443"});
  }
}

TEST(TlsAlpn01, RefusesTheDigestOfAnythingElse) {
  for (const char* authorization : {"token", "token.other", "other.thumbprint", ""}) {
    const auto outcome = attempt(dns("a.example"), authorization);
    ASSERT_TRUE(outcome.problem.has_value()) << authorization;
    EXPECT_EQ(outcome.problem->type(), ProblemType::incorrect_response);
    EXPECT_NE(outcome.problem->detail().find("the certificate at 192.0.2.1:443 has the digest"),
              std::string::npos)
        << outcome.problem->detail();
  }
}

TEST(TlsAlpn01, PassesOnWhatTheProberRefuses) {
  tests::FakeProber prober;
  prober.prepare("a.example", []() -> acme::Result<acme::ProbedCertificate> {
    return acme::refuse(ProblemType::tls, "did not choose acme-tls/1");
  });
  const auto outcome =
      tests::run(acme::validate_tls_alpn_01(prober, dns("a.example"), "token", "thumbprint"));
  EXPECT_EQ(outcome.problem.value().type(), ProblemType::tls);
  EXPECT_EQ(outcome.problem->detail(), "did not choose acme-tls/1");
}

}  // namespace
