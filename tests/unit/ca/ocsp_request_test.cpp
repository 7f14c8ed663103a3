#include "ca/ocsp/request.h"

#include <gtest/gtest.h>

#include <string>

#include "ca/der/writer.h"
#include "tests/unit/ca/planted_tbs.h"

namespace {

using tests::tlv;
using tests::unhex;

const std::string kSha1 = unhex("300906052b0e03021a0500");
const std::string kSha256 = unhex("300d06096086480165030402010500");

/// An OCSPRequest in parts, all of them elements.
struct Planted {
  std::string algorithm = kSha1;
  std::string name = tlv("04", std::string(20, 'n'));
  std::string key = tlv("04", std::string(20, 'k'));
  std::string serial = tlv("02", std::string(20, '\x5A'));
  std::string after_serial, single_extensions, after_request, version, requestor, extensions,
      after_list, signature, tail;

  [[nodiscard]] std::string der() const {
    const std::string id = tlv("30", algorithm + name + key + serial + after_serial);
    const std::string request = tlv("30", id + single_extensions);
    const std::string tbs = tlv(
        "30", version + requestor + tlv("30", request + after_request) + extensions + after_list);
    return tlv("30", tbs + signature) + tail;
  }
};

std::string extension(std::string_view oid, std::string_view critical, std::string_view value) {
  return tlv("a2", tlv("30", tests::raw_extension(oid, critical, value)));
}
std::string nonce(std::string_view octets) {
  return extension("1.3.6.1.5.5.7.48.1.2", "", tlv("04", octets));
}

// RFC6960-4.1.1
TEST(OcspRequest, IsReadWithAllThatMayStandInIt) {
  Planted planted;
  const auto plain = ca::ocsp::parse_request(planted.der()).value();
  EXPECT_EQ(plain.certificate.serial, std::string(20, '\x5A'));
  EXPECT_EQ(plain.certificate.issuer_name_hash, std::string(20, 'n'));
  EXPECT_EQ(plain.certificate.issuer_key_hash, std::string(20, 'k'));
  EXPECT_EQ(plain.certificate.digest, ca::ocsp::NameDigest::sha1);
  EXPECT_FALSE(plain.nonce);

  planted.algorithm = unhex("300706052b0e03021a");  // parameters absent
  planted.requestor = tlv("a1", tlv("82", "client.example"));
  planted.single_extensions =
      tlv("a0", tlv("30", tests::raw_extension("1.3.6.1.5.5.7.48.1.7", "", unhex("3000"))));
  planted.extensions = nonce("x");
  planted.signature = tlv("a0", tlv("30", kSha1));
  const auto full = ca::ocsp::parse_request(planted.der()).value();
  EXPECT_EQ(full.nonce, "x");
  EXPECT_NE(full.certificate.der, plain.certificate.der);

  planted.algorithm = kSha256;
  planted.name = planted.key = tlv("04", std::string(32, 'h'));
  planted.extensions = nonce(std::string(128, 'x'));
  EXPECT_EQ(ca::ocsp::parse_request(planted.der()).value().certificate.digest,
            ca::ocsp::NameDigest::sha256);
  planted.serial = unhex("02020080");
  EXPECT_EQ(ca::ocsp::parse_request(planted.der()).value().certificate.serial, "\x80");
}

struct Fault {
  const char* name;
  void (*plant)(Planted&);
};

const Fault kFaults[] = {
    {"TrailingOctet", [](Planted& p) { p.tail = std::string(1, '\0'); }},
    {"VersionWritten", [](Planted& p) { p.version = unhex("a003020100"); }},
    {"Version2", [](Planted& p) { p.version = unhex("a003020101"); }},
    {"TwoCertificates",
     [](Planted& p) {
       p.after_request = tlv("30", tlv("30", p.algorithm + p.name + p.key + p.serial));
     }},
    {"NoCertId", [](Planted& p) { p.algorithm = p.name = p.key = p.serial = ""; }},
    {"Md5", [](Planted& p) { p.algorithm = unhex("300c06082a864886f70d02050500"); }},
    {"Sha1WithOddParameters", [](Planted& p) { p.algorithm = unhex("300a06052b0e03021a020101"); }},
    {"MoreBehindTheParameters",
     [](Planted& p) { p.algorithm = unhex("300b06052b0e03021a05000500"); }},
    {"ShortNameHash", [](Planted& p) { p.name = tlv("04", std::string(19, 'n')); }},
    {"Sha1LengthsForSha256", [](Planted& p) { p.algorithm = kSha256; }},
    {"HashesOfTwoLengths", [](Planted& p) { p.key = tlv("04", std::string(32, 'k')); }},
    {"NegativeSerial", [](Planted& p) { p.serial = unhex("020180"); }},
    {"ZeroSerial", [](Planted& p) { p.serial = unhex("020100"); }},
    {"LongSerial", [](Planted& p) { p.serial = tlv("02", std::string(21, '\x5A')); }},
    {"PaddedSerial", [](Planted& p) { p.serial = unhex("0202005a"); }},
    {"SerialIsNoInteger", [](Planted& p) { p.serial = tlv("04", "x"); }},
    {"MoreBehindTheSerial", [](Planted& p) { p.after_serial = unhex("0500"); }},
    {"EmptyNonce", [](Planted& p) { p.extensions = nonce(""); }},
    {"LongNonce", [](Planted& p) { p.extensions = nonce(std::string(129, 'x')); }},
    {"BareNonce",
     [](Planted& p) { p.extensions = extension("1.3.6.1.5.5.7.48.1.2", "", "0123456789"); }},
    {"UnknownCriticalExtension",
     [](Planted& p) { p.extensions = extension("1.2.3.4", "ff", unhex("0500")); }},
    {"UnknownCriticalSingleExtension",
     [](Planted& p) {
       p.single_extensions =
           tlv("a0", tlv("30", tests::raw_extension("1.2.3", "ff", unhex("0500"))));
     }},
    {"EmptyExtensions", [](Planted& p) { p.extensions = tlv("a2", tlv("30", "")); }},
    {"MoreBehindTheList", [](Planted& p) { p.after_list = unhex("0500"); }},
    {"SomethingElseForASignature", [](Planted& p) { p.signature = unhex("0500"); }},
    {"LongerThanIsRead",
     [](Planted& p) { p.requestor = tlv("a1", tlv("82", std::string(4096, 'x'))); }},
};

class OcspRequestFault : public testing::TestWithParam<Fault> {};

TEST_P(OcspRequestFault, IsRefusedWithASentence) {
  Planted planted;
  GetParam().plant(planted);
  const auto judged = ca::ocsp::parse_request(planted.der());
  ASSERT_FALSE(judged.has_value());
  EXPECT_NE(judged.error(), "");
}

INSTANTIATE_TEST_SUITE_P(All, OcspRequestFault, testing::ValuesIn(kFaults), [](const auto& each) {
  return std::string(each.param.name);
});

TEST(OcspRequest, IsNothingIfItIsCutAnywhere) {
  const std::string der = Planted{}.der();
  for (std::size_t size = 0; size < der.size(); ++size) {
    EXPECT_FALSE(ca::ocsp::parse_request(der.substr(0, size)).has_value()) << size;
  }
}

}  // namespace
