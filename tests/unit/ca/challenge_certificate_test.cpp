#include "ca/challenge_certificate.h"

#include <gtest/gtest.h>

#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "tests/support/challenge_certificate.h"

namespace ca {
namespace {

using SignedBy = tests::ChallengeCertificate::SignedBy;

const std::string kDigest = sha256("token.thumbprint");

Identifier dns(std::string_view name) {
  return DnsName::parse(name).value();
}
Identifier ip(std::string_view address) {
  return IpAddress::parse(address).value();
}
std::string dns_entry(std::string_view text) {
  return der::element(der::context(2), text);
}

tests::ChallengeCertificate right_for(const Identifier& identifier) {
  return {.digest = kDigest, .names = {der_general_name(identifier)}};
}

std::expected<void, std::string> judged(const tests::ChallengeCertificate& wanted,
                                        const Identifier& identifier) {
  return check_challenge_certificate(tests::make_challenge_certificate(wanted).der(), identifier,
                                     kDigest);
}

// RFC8737-3 RFC8738-6
TEST(ChallengeCertificate, IsAcceptedForExactlyItsIdentifier) {
  for (const Identifier& each : {dns("a.example"), ip("192.0.2.1"), ip("2001:db8::1")}) {
    const auto result = judged(right_for(each), each);
    EXPECT_TRUE(result.has_value()) << value_of(each) << " " << result.error();
  }
}

// RFC8737-3: names are compared without case (RFC 4343).
TEST(ChallengeCertificate, MayWriteItsNameInCapitals) {
  tests::ChallengeCertificate wanted = right_for(dns("a.example"));
  wanted.names = {dns_entry("A.EXAMPLE")};
  EXPECT_TRUE(judged(wanted, dns("a.example")).has_value());
}

struct Wrong {
  const char* what;
  void (*spoil)(tests::ChallengeCertificate&);
  const char* fault;
};

// V-40 T-A6
TEST(ChallengeCertificate, IsRefusedForEveryDeparture) {
  const Wrong rows[] = {
      {"no subjectAltName", [](auto& c) { c.names.clear(); }, "has no subjectAltName"},
      {"another name", [](auto& c) { c.names = {dns_entry("b.example")}; }, "\"b.example\""},
      {"a name below", [](auto& c) { c.names = {dns_entry("x.a.example")}; }, "\"x.a.example\""},
      {"a wildcard", [](auto& c) { c.names = {dns_entry("*.a.example")}; }, "expected exactly"},
      {"two names", [](auto& c) { c.names.push_back(dns_entry("b.example")); }, "\"b.example\""},
      {"its name twice", [](auto& c) { c.names.push_back(c.names.front()); }, "expected exactly"},
      {"an address added", [](auto& c) { c.names.push_back(der_general_name(ip("192.0.2.1"))); },
       "\"192.0.2.1\""},
      {"an address instead", [](auto& c) { c.names = {der_general_name(ip("192.0.2.1"))}; },
       "\"192.0.2.1\""},
      {"a mail address added",
       [](auto& c) { c.names.push_back(der::element(der::context(1), "a@a.example")); },
       "cannot be read"},
      {"a NUL in the name",
       [](auto& c) { c.names = {dns_entry(std::string("a.example\0.b.example", 20))}; },
       "cannot be read"},
      {"no acmeIdentifier", [](auto& c) { c.acme_identifiers = 0; }, "no acmeIdentifier"},
      {"the identifier of a draft", [](auto& c) { c.acme_identifier_oid = "1.3.6.1.5.5.7.1.30.1"; },
       "no acmeIdentifier"},
      {"not critical", [](auto& c) { c.is_critical = false; }, "not critical"},
      {"twice", [](auto& c) { c.acme_identifiers = 2; }, "cannot be read"},
      {"another digest", [](auto& c) { c.digest = sha256("other"); }, "has the digest"},
      {"31 octets", [](auto& c) { c.digest = kDigest.substr(1); }, "32 octets"},
      {"33 octets", [](auto& c) { c.digest = kDigest + "x"; }, "32 octets"},
      {"no OCTET STRING inside", [](auto& c) { c.acme_identifier_value = kDigest; }, "32 octets"},
      {"something behind it",
       [](auto& c) {
         c.acme_identifier_value =
             der::element(der::Tag::octet_string, kDigest) + std::string("\x05\x00", 2);
       },
       "32 octets"},
      {"hexadecimal", [](auto& c) { c.digest = hex(kDigest); }, "32 octets"},
      {"signed by another key", [](auto& c) { c.signed_by = SignedBy::another_key; },
       "not signed with its own key"},
      {"issued by another name", [](auto& c) { c.signed_by = SignedBy::another_issuer; },
       "not signed with its own key"},
  };
  for (const Wrong& row : rows) {
    SCOPED_TRACE(row.what);
    tests::ChallengeCertificate wanted = right_for(dns("a.example"));
    row.spoil(wanted);
    const auto result = judged(wanted, dns("a.example"));
    ASSERT_FALSE(result.has_value());
    EXPECT_NE(result.error().find(row.fault), std::string::npos) << result.error();
  }
}

TEST(ChallengeCertificate, IsOneDerStructure) {
  const std::string der = tests::make_challenge_certificate(right_for(dns("a.example"))).der();
  for (const std::string& each :
       {std::string(), std::string("x"), der + "x", der.substr(0, der.size() - 1)}) {
    EXPECT_FALSE(check_challenge_certificate(each, dns("a.example"), kDigest).has_value());
  }
  ASSERT_TRUE(check_challenge_certificate(der, dns("a.example"), kDigest).has_value());
  // A flipped bit in the signature.
  std::string spoilt = der;
  spoilt.back() = static_cast<char>(spoilt.back() ^ 1);
  EXPECT_FALSE(check_challenge_certificate(spoilt, dns("a.example"), kDigest).has_value());
}

}  // namespace
}  // namespace ca
