#include "server/outbound/tls_prober.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/alpn_service.h"
#include "tests/support/fakes.h"
#include "tests/support/run.h"

namespace server {
namespace {

using acme::ProblemType;
using testing::HasSubstr;
using tests::AlpnService;

const tests::MadeCertificate& certificate() {
  static const tests::MadeCertificate made = tests::make_challenge_certificate(
      {.digest = std::string(32, 'd'),
       .names = {ca::der_general_name(ca::DnsName::parse("a.example").value())}});
  return made;
}

ca::Identifier ip(std::string_view text) {
  return ca::IpAddress::parse(text).value();
}

/// The address 127.0.0.1 in a laboratory, so that no name is looked up.
class Probe : public testing::Test {
 protected:
  acme::Result<acme::ProbedCertificate> probe(const AlpnService& service,
                                              const std::string& name = "a.example") {
    options.port = service.port();
    ValidationProber prober(dns, options);
    return tests::run(prober.probe(ip("127.0.0.1"), name));
  }
  void expect_refusal(const acme::Result<acme::ProbedCertificate>& result,
                      ProblemType type,
                      const std::string& part) {
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().type(), type) << result.error().detail();
    EXPECT_THAT(result.error().detail(), HasSubstr(part));
  }

  tests::FakeDns dns;  // a look-up fails the test
  ProbeOptions options{.special_addresses = SpecialAddresses::allow_in_lab};
};

// RFC8737-3 T-A6: what is right in the second certificate only is not looked at.
TEST_F(Probe, OffersAcmeTlsAloneAndReturnsTheFirstCertificate) {
  const auto second = tests::make_challenge_certificate({.digest = std::string(32, 'e')});
  const AlpnService service(certificate(), {.more = {second}});
  const auto probed = probe(service, "10.2.0.192.in-addr.arpa");
  ASSERT_TRUE(probed.has_value()) << probed.error().detail();
  EXPECT_EQ(probed->der, certificate().der());
  EXPECT_EQ(probed->hop, "127.0.0.1:" + std::to_string(service.port()) +
                             " (server_name 10.2.0.192.in-addr.arpa)");
  EXPECT_EQ(service.offered(),
            "\x0A"
            "acme-tls/1");
  EXPECT_EQ(service.server_names(), std::vector<std::string>{"10.2.0.192.in-addr.arpa"});
}

// T-A6
TEST_F(Probe, WorksWithTls12) {
  const AlpnService service(certificate(), {.newest_version = TLS1_2_VERSION});
  EXPECT_TRUE(probe(service).has_value());
}

// RFC8737-3 T-A6
TEST_F(Probe, RefusesOlderVersionsOfTls) {
  for (const int version : {TLS1_VERSION, TLS1_1_VERSION}) {
    const AlpnService service(certificate(), {.newest_version = version});
    expect_refusal(probe(service), ProblemType::tls, "failed the TLS handshake");
  }
}

// RFC8737-3 T-A6
TEST_F(Probe, RefusesAServerThatDoesNotChooseTheProtocol) {
  const AlpnService deaf(certificate(), {.protocol = ""});
  expect_refusal(probe(deaf), ProblemType::tls, "did not choose the protocol acme-tls/1");
  const AlpnService other(certificate(), {.protocol = "http/1.1"});
  expect_refusal(probe(other), ProblemType::tls, "127.0.0.1");
}

TEST_F(Probe, GivesUpAtItsDeadline) {
  const AlpnService service(certificate(), {.is_silent = true});
  options.timeout = std::chrono::milliseconds(200);
  expect_refusal(probe(service), ProblemType::tls, "took too long over the TLS handshake");
}

TEST_F(Probe, SaysThatTheConnectionWasRefused) {
  std::uint16_t closed = 0;
  {
    const AlpnService service(certificate(), {});
    closed = service.port();
  }
  options.port = closed;
  ValidationProber prober(dns, options);
  expect_refusal(tests::run(prober.probe(ip("127.0.0.1"), "a.example")), ProblemType::connection,
                 "refused the connection");
}

// S-SSRF: no packet is sent to an address that is not public.
TEST_F(Probe, DialsNoSpecialAddressOutsideALaboratory) {
  const AlpnService service(certificate(), {});
  options.special_addresses = SpecialAddresses::refuse;
  expect_refusal(probe(service), ProblemType::connection, "never dialled");
  EXPECT_EQ(service.connections(), 0);
  for (const char* address :
       {"10.0.0.1", "169.254.169.254", "::1", "fe80::1", "::ffff:127.0.0.1"}) {
    ValidationProber prober(dns, options);
    expect_refusal(tests::run(prober.probe(ip(address), "a.example")), ProblemType::connection,
                   "never dialled");
  }
}

}  // namespace
}  // namespace server
