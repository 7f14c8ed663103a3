#include "ca/certificate_request.h"

#include <gtest/gtest.h>

#include "ca/crypto/encoding.h"
#include "ca/crypto/signer.h"
#include "ca/der/writer.h"
#include "tests/support/csr.h"
#include "tests/unit/ca/names_its_rule.h"
#include "tests/unit/ca/request_vectors.h"

namespace ca {
namespace {

using der::Tag;
using tests::alt_name_extension;
using tests::common_name;
using tests::CsrParts;
using tests::dns_general_name;
using tests::extension_request;
using tests::organization_name;

/// `text` is base64 with padding, as the openssl command writes it.
std::string decoded(std::string_view text) {
  const std::string block = "-----BEGIN X-----\n" + std::string(text) + "\n-----END X-----\n";
  return from_pem("X", block).value().at(0);
}

std::vector<std::string> values(const CertificateRequest& request) {
  std::vector<std::string> list;
  for (const Identifier& identifier : request.identifiers) list.push_back(value_of(identifier));
  return list;
}

Signer& signer() {
  static const std::unique_ptr<Signer> key = generate_signer(KeyAlgorithm::ecdsa_p256);
  return *key;
}

std::string names_attribute() {
  return extension_request({alt_name_extension({dns_general_name("example.com")})});
}

CsrParts good_parts() {
  CsrParts parts;
  parts.attributes = {names_attribute()};
  return parts;
}

void expect_refused(std::string_view der, RejectionKind kind, std::string_view detail) {
  const auto request = parse_certificate_request(der);
  ASSERT_FALSE(request.has_value()) << "accepted";
  EXPECT_EQ(request.error().kind(), kind);
  EXPECT_NE(request.error().detail().find(detail), std::string::npos) << request.error().detail();
  EXPECT_TRUE(tests::names_its_rule(request.error().detail())) << request.error().detail();
}

// RFC2986-4 T-E8
TEST(CertificateRequest, AcceptsWhatOpenSslMakes) {
  for (const tests::AcceptedRequest& row : tests::kAcceptedRequests) {
    SCOPED_TRACE(row.name);
    const auto request = parse_certificate_request(decoded(row.base64));
    ASSERT_TRUE(request) << request.error().detail();
    EXPECT_EQ(values(*request),
              (std::vector<std::string>{"*.example.com", "example.com", "192.0.2.7"}));
  }
}

// T-E3 T-E4 T-E8
TEST(CertificateRequest, RefusesWhatOpenSslLetsThrough) {
  for (const tests::RefusedRequest& row : tests::kRefusedRequests) {
    SCOPED_TRACE(row.name);
    expect_refused(decoded(row.base64), row.kind, row.detail);
  }
}

TEST(CertificateRequest, GivesTheKeyItWasMadeWith) {
  for (const KeyAlgorithm algorithm :
       {KeyAlgorithm::ecdsa_p256, KeyAlgorithm::ecdsa_p384, KeyAlgorithm::rsa_2048}) {
    SCOPED_TRACE(text_of(algorithm));
    const auto key = generate_signer(algorithm);
    const auto request =
        parse_certificate_request(tests::make_csr(*key, {"b.example", "a.example"}));
    ASSERT_TRUE(request) << request.error().detail();
    EXPECT_EQ(request->public_key, key->public_key());
    EXPECT_EQ(values(*request), (std::vector<std::string>{"a.example", "b.example"}));
  }
}

// RFC8555-7.4: names may stand in the common name, in the subjectAltName, or in both
TEST(CertificateRequest, TakesTheUnionOfCommonNameAndAltNames) {
  const auto names_of = [](const std::string& subject, const std::vector<std::string>& attributes) {
    CsrParts parts;
    parts.subject = subject;
    parts.attributes = attributes;
    const auto request = parse_certificate_request(sign_csr(signer(), parts));
    return request ? values(*request) : std::vector<std::string>{request.error().detail()};
  };
  using Names = std::vector<std::string>;
  const std::string organization = der::set_of({der::sequence(
      {der::object_identifier("2.5.4.10"), der::element(Tag::utf8_string, "Example Trust")})});
  EXPECT_EQ(names_of(der::sequence({common_name("Example.com")}), {}), Names{"example.com"});
  EXPECT_EQ(names_of(der::sequence({common_name("example.com")}), {names_attribute()}),
            Names{"example.com"});
  EXPECT_EQ(names_of(der::sequence({common_name("other.example")}), {names_attribute()}),
            (Names{"example.com", "other.example"}));
  EXPECT_EQ(
      names_of(der::sequence({organization, common_name("*.example.com", Tag::printable_string)}),
               {}),
      Names{"*.example.com"});
  EXPECT_EQ(names_of(der::sequence({common_name("example.com", Tag::ia5_string)}), {}),
            Names{"example.com"});
  EXPECT_EQ(names_of(der::sequence({common_name("example.com", static_cast<Tag>(0x14))}), {}),
            Names{"example.com"});
  EXPECT_EQ(names_of(der::sequence({common_name("192.0.2.7")}), {}), Names{"192.0.2.7"});
  EXPECT_EQ(names_of(der::sequence({common_name("2001:DB8::1")}), {}), Names{"2001:db8::1"});
  EXPECT_EQ(names_of(der::sequence({common_name("")}), {names_attribute()}), Names{"example.com"});
  EXPECT_EQ(names_of(der::sequence({organization}), {names_attribute()}), Names{"example.com"});
}

// RFC8555-7.4
TEST(CertificateRequest, RefusesCommonNamesThatAreNoNames) {
  const struct {
    std::string subject;
    std::string_view detail;
  } rows[] = {
      {der::sequence({common_name("My Web Server")}), "\"My Web Server\""},
      {der::sequence({common_name("localhost")}), "\"localhost\""},
      {der::sequence({common_name("example.com.")}), "\"example.com.\""},
      {der::sequence({common_name(std::string("example.com\0", 12))}), "\\x00"},
      {der::sequence({common_name(std::string("\0e\0x\0.\0d\0e", 10), static_cast<Tag>(0x1E))}),
       "neither"},
      {der::sequence({common_name("example.com", Tag::octet_string)}), "neither"},
      {der::sequence({common_name("example.com"), common_name("example.com")}), "2 common names"},
      {der::sequence({common_name("a.example"), common_name("b.example")}), "2 common names"},
      {der::sequence({common_name(""), common_name("b.example")}), "2 common names"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.detail);
    for (const auto& attributes : {std::vector<std::string>{}, std::vector{names_attribute()}}) {
      CsrParts parts;
      parts.subject = row.subject;
      parts.attributes = attributes;
      expect_refused(sign_csr(signer(), parts), RejectionKind::bad_csr, row.detail);
    }
  }
}

// T-E7: a duplicate is refused, and the common name does not take its place
TEST(CertificateRequest, RefusesAnythingTwice) {
  const std::string san = alt_name_extension({dns_general_name("example.com")});
  const std::string other_san = alt_name_extension({dns_general_name("other.example")});
  const std::string key_usage =
      der::extension("2.5.29.15", der::Criticality::critical, der::named_bits({0}));
  const std::string password = der::sequence({der::object_identifier("1.2.840.113549.1.9.7"),
                                              der::set_of({der::element(Tag::utf8_string, "x")})});
  const std::string two_values =
      der::sequence({der::object_identifier("1.2.840.113549.1.9.14"),
                     der::set_of({der::sequence({san}), der::sequence({other_san})})});
  const struct {
    std::vector<std::string> attributes;
    std::string_view detail;
  } rows[] = {{{extension_request({san, other_san})}, "2.5.29.17 occurs twice"},
              {{extension_request({san, san})}, "2.5.29.17 occurs twice"},
              {{extension_request({key_usage, san, key_usage})}, "2.5.29.15 occurs twice"},
              {{extension_request({san}), extension_request({other_san})},
               "1.2.840.113549.1.9.14 occurs twice"},
              {{extension_request({san}), password, password}, "1.2.840.113549.1.9.7 occurs twice"},
              {{two_values}, "exactly one value"}};
  for (const auto& row : rows) {
    SCOPED_TRACE(row.detail);
    CsrParts parts;
    parts.subject = der::sequence({common_name("example.com")});
    parts.attributes = row.attributes;
    expect_refused(sign_csr(signer(), parts), RejectionKind::bad_csr, row.detail);
  }
}

// BR-7.1.2.7.4: for comparison with the organization that was looked at.
TEST(CertificateRequest, TellsTheOrganizationsOfItsSubject) {
  CsrParts parts = good_parts();
  parts.subject = der::sequence({organization_name("Example Ltd"), common_name("example.com"),
                                 organization_name("Beispiel Gm\xc3\xbc"
                                                   "H")});
  const auto request = parse_certificate_request(sign_csr(signer(), parts));
  ASSERT_TRUE(request);
  EXPECT_EQ(request->organizations, (std::vector<std::string>{"Example Ltd",
                                                              "Beispiel Gm\xc3\xbc"
                                                              "H"}));
  EXPECT_TRUE(parse_certificate_request(sign_csr(signer(), good_parts()))->organizations.empty());
}

// Duplicates are found by comparing with all before, so the numbers have to be small.
TEST(CertificateRequest, TakesAtMost16AttributesAnd32Extensions) {
  const auto with_attributes = [](unsigned others) {
    CsrParts parts = good_parts();
    for (unsigned i = 0; i < others; ++i) {
      parts.attributes.push_back(
          der::sequence({der::object_identifier("1.2.3." + std::to_string(i)),
                         der::set_of({der::small_integer(1)})}));
    }
    return sign_csr(signer(), parts);
  };
  const auto with_extensions = [](unsigned others) {
    std::vector<std::string> list{alt_name_extension({dns_general_name("example.com")})};
    for (unsigned i = 0; i < others; ++i) {
      list.push_back(
          der::extension("1.2.3." + std::to_string(i), der::Criticality::non_critical, "x"));
    }
    CsrParts parts;
    parts.attributes = {extension_request(list)};
    return sign_csr(signer(), parts);
  };
  EXPECT_TRUE(parse_certificate_request(with_attributes(15)));
  EXPECT_TRUE(parse_certificate_request(with_extensions(31)));
  for (const unsigned others : {0U, 3000U}) {
    expect_refused(with_attributes(16 + others), RejectionKind::bad_csr, "more than 16 attributes");
    expect_refused(with_extensions(32 + others), RejectionKind::bad_csr, "more than 32 extensions");
  }
}

// RFC2986-4.1
TEST(CertificateRequest, IgnoresOtherAttributes) {
  CsrParts parts = good_parts();
  parts.attributes.push_back(
      der::sequence({der::object_identifier("1.2.840.113549.1.9.7"),
                     der::set_of({der::element(Tag::printable_string, "secret")})}));
  parts.attributes.push_back(
      der::sequence({der::object_identifier("1.3.6.1.4.1.311.13.2.3"),
                     der::set_of({der::element(Tag::ia5_string, "10.0.1.2")})}));
  const auto request = parse_certificate_request(sign_csr(signer(), parts));
  ASSERT_TRUE(request) << request.error().detail();
  EXPECT_EQ(values(*request), std::vector<std::string>{"example.com"});
}

TEST(CertificateRequest, RefusesBrokenAttributes) {
  const std::string oid = der::object_identifier("1.2.840.113549.1.9.14");
  const std::string san = alt_name_extension({dns_general_name("example.com")});
  const auto raw_extension = [](std::string_view fields) {
    return der::element(Tag::sequence, fields);
  };
  const std::string san_oid = der::object_identifier("2.5.29.17");
  const std::string san_value =
      der::element(Tag::octet_string, der::sequence({dns_general_name("example.com")}));
  const struct {
    std::string_view name;
    std::string attribute;
    std::string_view detail;
  } rows[] = {
      {"no values", der::sequence({oid, der::set_of({})}), "a type and a set of values"},
      {"no set", der::sequence({oid, der::sequence({san})}), "a type and a set of values"},
      {"no type", der::sequence({der::set_of({san})}), "a type and a set of values"},
      {"empty", der::sequence({""}), "a type and a set of values"},
      {"three fields", der::sequence({oid, der::set_of({der::sequence({san})}), oid}),
       "a type and a set of values"},
      {"not a sequence", der::small_integer(1), "a type and a set of values"},
      {"empty extensions", extension_request({}), "at least one extension"},
      {"value of another type", der::sequence({oid, der::set_of({der::small_integer(1)})}),
       "exactly one value"},
      {"extension without a value", extension_request({raw_extension(san_oid)}), "Extension 1"},
      {"extension without a type", extension_request({raw_extension(san_value)}), "Extension 1"},
      {"second extension empty", extension_request({san, raw_extension("")}), "Extension 2"},
      {"FALSE spelled out",
       extension_request({raw_extension(san_oid + std::string("\x01\x01\0", 3) + san_value)}),
       "Extension 1"},
      {"fields behind", extension_request({raw_extension(san_oid + san_value + san_value)}),
       "Extension 1"},
      {"empty alt name", extension_request({alt_name_extension({})}), "subjectAltName is empty"},
      {"alt name that is no sequence",
       extension_request({der::extension("2.5.29.17", der::Criticality::non_critical,
                                         dns_general_name("example.com"))}),
       "not one DER sequence"},
      {"octets behind the alt name",
       extension_request({der::extension("2.5.29.17", der::Criticality::non_critical,
                                         der::sequence({dns_general_name("example.com")}) + "x")}),
       "not one DER sequence"},
      {"NUL in a name",
       extension_request(
           {alt_name_extension({dns_general_name(std::string("example.com\0.org", 16))})}),
       "\\x00"},
      {"wildcard in the middle",
       extension_request({alt_name_extension({dns_general_name("a.*.example.com")})}),
       "a.*.example.com"},
      {"name with an address in it",
       extension_request({alt_name_extension({dns_general_name("192.0.2.7")})}), "192.0.2.7"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    CsrParts parts;
    parts.subject = der::sequence({common_name("example.com")});
    parts.attributes = {row.attribute};
    expect_refused(sign_csr(signer(), parts), RejectionKind::bad_csr, row.detail);
  }
}

// RFC2986-4.1 for Ruby's acme-client, which wrote this version for years
TEST(CertificateRequest, TakesVersionTwoAsVersionZero) {
  CsrParts parts = good_parts();
  parts.version = der::small_integer(2);
  const auto request = parse_certificate_request(sign_csr(signer(), parts));
  ASSERT_TRUE(request) << request.error().detail();
  EXPECT_EQ(request->public_key.spki(), signer().public_key().spki());
}

// T-E5
TEST(CertificateRequest, RefusesOtherStructures) {
  const std::string good = sign_csr(signer(), good_parts());
  ASSERT_TRUE(parse_certificate_request(good));
  const auto with = [](auto change) {
    CsrParts parts = good_parts();
    change(parts);
    return sign_csr(signer(), parts);
  };
  const struct {
    std::string_view name;
    std::string der;
    std::string_view detail;
  } rows[] = {
      {"nothing", "", "canonical"},
      {"an empty sequence", der::sequence({""}), "CertificationRequest"},
      {"empty sequences",
       der::sequence({der::sequence({""}), der::sequence({""}), der::bit_string("")}),
       "CertificationRequestInfo"},
      {"an octet behind", good + std::string(1, '\0'), "canonical"},
      {"a line break behind", good + "\n", "canonical"},
      {"itself twice", good + good, "canonical"},
      {"PEM", pem("CERTIFICATE REQUEST", good), "canonical"},
      {"non-minimal length", std::string("\x30\x83\0", 3) + good.substr(2), "canonical"},
      {"indefinite length", "\x30\x80" + good.substr(3) + std::string(2, '\0'), "canonical"},
      {"version 1", with([](CsrParts& p) { p.version = der::small_integer(1); }),
       "version other than 0"},
      {"version 3", with([](CsrParts& p) { p.version = der::small_integer(3); }),
       "version other than 0"},
      {"version -1", with([](CsrParts& p) { p.version = "\x02\x01\xff"; }), "version other than 0"},
      {"no version", with([](CsrParts& p) { p.version = ""; }), "CertificationRequestInfo"},
      {"no subject", with([](CsrParts& p) { p.subject = ""; }), "CertificationRequestInfo"},
      {"subject of sequences",
       with([](CsrParts& p) { p.subject = der::sequence({der::sequence({""})}); }), "Name"},
      {"empty RDN", with([](CsrParts& p) { p.subject = der::sequence({der::set_of({})}); }),
       "Name"},
      {"empty attribute in the subject",
       with([](CsrParts& p) { p.subject = der::sequence({der::set_of({der::sequence({""})})}); }),
       "Name"},
      {"no names", with([](CsrParts& p) { p.attributes = {}; }), "no name"},
      {"larger than allowed", der::element(Tag::sequence, std::string(200000, '\0')),
       "at most 131072"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    expect_refused(row.der, RejectionKind::bad_csr, row.detail);
  }
}

// RFC2986-4.1: attributes is not optional; X.690 11.6: and it is in order
TEST(CertificateRequest, WantsItsAttributesInDerOrder) {
  const std::string a =
      der::sequence({der::object_identifier("1.2.3"), der::set_of({der::small_integer(1)})});
  const auto request = [&](std::string_view attributes) {
    const std::string info =
        der::sequence({der::small_integer(0), der::sequence({common_name("example.com")}),
                       signer().public_key().spki(), attributes});
    return der::sequence({info, der_algorithm_identifier(signer().algorithm()),
                          der::bit_string(signer().sign(info))});
  };
  const std::string b = names_attribute();
  ASSERT_LT(a, b);
  EXPECT_TRUE(parse_certificate_request(request(der::element(der::context_constructed(0), a + b))));
  expect_refused(request(der::element(der::context_constructed(0), b + a)), RejectionKind::bad_csr,
                 "DER order");
  expect_refused(request(""), RejectionKind::bad_csr, "CertificationRequestInfo");
  expect_refused(request(der::element(der::context_constructed(1), b)), RejectionKind::bad_csr,
                 "CertificationRequestInfo");
}

// K-7
TEST(CertificateRequest, RefusesSignaturesThatDoNotFit) {
  CsrParts other_key = good_parts();
  other_key.spki = generate_signer(KeyAlgorithm::ecdsa_p256)->public_key().spki();
  expect_refused(sign_csr(signer(), other_key), RejectionKind::bad_csr, "does not verify");

  CsrParts other_hash = good_parts();
  other_hash.signature_algorithm = der_algorithm_identifier(SignatureAlgorithm::ecdsa_sha384);
  expect_refused(sign_csr(signer(), other_hash), RejectionKind::bad_csr, "does not verify");

  for (const SignatureAlgorithm algorithm :
       {SignatureAlgorithm::rsa_pkcs1_sha256, SignatureAlgorithm::ed25519}) {
    CsrParts other_family = good_parts();
    other_family.signature_algorithm = der_algorithm_identifier(algorithm);
    expect_refused(sign_csr(signer(), other_family), RejectionKind::bad_csr,
                   "does not fit the key");
  }

  CsrParts with_null = good_parts();
  with_null.signature_algorithm =
      der::sequence({der::object_identifier("1.2.840.10045.4.3.2"), std::string("\x05\0", 2)});
  expect_refused(sign_csr(signer(), with_null), RejectionKind::bad_csr,
                 "1.2.840.10045.4.3.2 or parameters");

  CsrParts unreadable = good_parts();
  unreadable.signature_algorithm = der::sequence({""});
  expect_refused(sign_csr(signer(), unreadable), RejectionKind::bad_csr, "cannot be read");
}

TEST(CertificateRequest, RefusesBadKeysAsBadKeys) {
  CsrParts parts = good_parts();
  const std::string e1 = der::sequence(
      {der::unsigned_integer(std::string(255, '\xc5') + '\x01'), der::small_integer(1)});
  parts.spki =
      der::sequence({from_hex("300d06092a864886f70d0101010500").value(), der::bit_string(e1)});
  expect_refused(sign_csr(signer(), parts), RejectionKind::bad_public_key, "exponent is 1;");
}

// T-E5 ALO-23: every octet of a request counts
TEST(CertificateRequest, SurvivesAndRefusesEverySingleChangedOctet) {
  CsrParts parts = good_parts();
  parts.subject = der::sequence({common_name("example.com")});
  const std::string good = sign_csr(signer(), parts);
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (const unsigned flip : {0x01U, 0x80U, 0xFFU, 0x20U}) {
      std::string changed = good;
      changed[at] = static_cast<char>(static_cast<unsigned char>(changed[at]) ^ flip);
      EXPECT_FALSE(parse_certificate_request(changed)) << "octet " << at << " flipped by " << flip;
    }
  }
  for (std::size_t length = 0; length < good.size(); ++length) {
    EXPECT_FALSE(parse_certificate_request(std::string_view(good).substr(0, length))) << length;
  }
}

}  // namespace
}  // namespace ca
