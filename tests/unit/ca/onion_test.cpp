// Names of onion services and the requests they sign (BR Appendix B, RFC 9799).
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "ca/crypto/encoding.h"
#include "ca/names/onion_service.h"
#include "ca/onion_request.h"
#include "tests/support/onion_key.h"

namespace ca {
namespace {

DnsName name(std::string_view text) {
  return DnsName::parse(text).value();
}

std::string address_with_version(char version) {
  return base32(std::string(34, 'k') + version) + ".onion";
}

// V-73 RFC9799-2
TEST(OnionService, IsReadFromTheNamesOfServicesThatExist) {
  for (const std::string_view address :
       {"bbcweb3hytmzhn5d532owbu6oqadra5z3ar726vq5kgwwn6aucdccrad.onion",
        "2gzyxa5ihm7nsggfxnu52rck2vv4rvmdlkiu3zzui5du4xyclen53wid.onion",
        "5anebu2glyc235wbbop3m2ukzlaptpkq333vdtdvcjpigyb7x2i2m2qd.onion"}) {
    for (const std::string_view prefix : {"", "www.", "*.", "*.a.b."}) {
      const DnsName full = name(std::string(prefix) + std::string(address));
      const auto service = onion_service(full);
      ASSERT_TRUE(service.has_value()) << service.error().detail();
      EXPECT_EQ(service->address, address);
      EXPECT_EQ(service->key.kind(), KeyKind::ed25519);
      EXPECT_TRUE(is_onion(full));
      const std::string spki = service->key.spki();
      EXPECT_EQ(onion_address(spki.substr(spki.size() - 32)), address);
    }
  }
}

TEST(OnionService, IsRefusedWithTheReason) {
  const tests::OnionKey key('k');
  std::string wrong_checksum = key.address();
  // The checksum are the bits 256 to 271: characters 51 to 54.
  wrong_checksum[52] = wrong_checksum[52] == 'a' ? 'b' : 'a';
  const std::pair<std::string, std::string_view> rows[] = {
      {"expyuzz4wqqyqhjn.onion", "version 2"},
      {"short.onion", "56 characters"},
      {key.address().substr(1), "56 characters"},
      {"a" + key.address(), "56 characters"},
      {std::string(56, '1') + ".onion", "56 characters"},
      {wrong_checksum, "checksum"},
      {address_with_version('\2'), "another version"},
      {address_with_version('\4'), "another version"},
      {onion_address(std::string(32, '\0')), "small order"},
      {"www.example.com", "does not end"},
      {key.address() + ".example", "does not end"},
      {"notonion.example", "does not end"},
  };
  for (const auto& [text, reason] : rows) {
    SCOPED_TRACE(text);
    const auto service = onion_service(name(text));
    ASSERT_FALSE(service.has_value());
    EXPECT_EQ(service.error().kind(), RejectionKind::malformed_name);
    EXPECT_NE(service.error().detail().find(reason), std::string::npos) << service.error().detail();
  }
  EXPECT_FALSE(is_onion(name("onion.example")));
  EXPECT_FALSE(is_onion(name("a.notonion")));
}

TEST(Base32, HasOneSpellingOfWholeGroups) {
  EXPECT_EQ(base32("hello"), "nbswy3dp");
  EXPECT_EQ(from_base32("nbswy3dp"), "hello");
  EXPECT_EQ(base32(""), "");
  for (const std::string_view text : {"NBSWY3DP", "nbswy3d", "nbswy3dp=", "nbswy3d1", "nbswy3d8"}) {
    EXPECT_FALSE(from_base32(text)) << text;
  }
  EXPECT_THROW((void)base32("four"), std::logic_error);
}

// BR-AppendixB V-73 RFC9799-3.2
TEST(OnionRequest, SaysItsKeyAndBothNonces) {
  tests::OnionKey key('k');
  const auto request = parse_onion_request(tests::onion_request(key, "nonce of the CA"));
  ASSERT_TRUE(request.has_value()) << request.error().detail();
  EXPECT_EQ(request->key, key.public_key());
  EXPECT_EQ(request->ca_nonce, "nonce of the CA");
  EXPECT_EQ(request->applicant_nonce, tests::kApplicantNonce);
}

// RFC 9799 §3.2: the subject need not mean anything, and a request may ask for other things too.
TEST(OnionRequest, MayHaveAnySubjectAndOtherAttributes) {
  tests::OnionKey key('k');
  tests::CsrParts parts;
  parts.subject = der::sequence({tests::common_name("not a name at all")});
  parts.attributes = {tests::attribute("2.23.140.41", tests::octet_string("12345678")),
                      tests::attribute("2.23.140.42", tests::octet_string("87654321")),
                      tests::extension_request({})};
  EXPECT_TRUE(parse_onion_request(tests::sign_csr(key, parts)).has_value());
}

TEST(OnionRequest, IsRefusedWithTheReason) {
  tests::OnionKey key('k');
  const std::string ours = tests::attribute("2.23.140.41", tests::octet_string("12345678"));
  const std::string theirs = tests::attribute("2.23.140.42", tests::octet_string("87654321"));
  const std::string two_values =
      der::sequence({der::object_identifier("2.23.140.41"),
                     der::set_of({tests::octet_string("1"), tests::octet_string("2")})});
  const std::string text =
      tests::attribute("2.23.140.41", der::element(der::Tag::utf8_string, "12345678"));
  const std::pair<std::vector<std::string>, std::string_view> rows[] = {
      {{theirs}, "no attribute caSigningNonce"}, {{ours}, "no attribute applicantSigningNonce"},
      {{}, "no attribute caSigningNonce"},       {{two_values, theirs}, "not one OCTET STRING"},
      {{text, theirs}, "not one OCTET STRING"},  {{ours, ours, theirs}, "twice"},
  };
  for (const auto& [attributes, reason] : rows) {
    tests::CsrParts parts;
    parts.attributes = attributes;
    const auto request = parse_onion_request(tests::sign_csr(key, parts));
    ASSERT_FALSE(request.has_value()) << reason;
    EXPECT_NE(request.error().detail().find(reason), std::string::npos) << request.error().detail();
  }
  const std::string good = tests::onion_request(key, "12345678");
  std::string altered = good;
  altered[altered.find("12345678")] = '0';
  const auto forged = parse_onion_request(altered);
  ASSERT_FALSE(forged.has_value());
  EXPECT_NE(forged.error().detail().find("does not verify"), std::string::npos);
  EXPECT_FALSE(parse_onion_request(good + '\0').has_value());
  EXPECT_FALSE(parse_onion_request(good.substr(1)).has_value());
  EXPECT_FALSE(parse_onion_request("").has_value());
  const auto ecdsa = generate_signer(KeyAlgorithm::ecdsa_p256);
  const auto other_kind = parse_onion_request(tests::onion_request(*ecdsa, "12345678"));
  ASSERT_FALSE(other_kind.has_value());
  EXPECT_NE(other_kind.error().detail().find("Ed25519"), std::string::npos);
}

}  // namespace
}  // namespace ca
