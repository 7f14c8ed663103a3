#include "ca/names/identifier.h"

#include <gtest/gtest.h>

#include "ca/crypto/encoding.h"
#include "ca/der/writer.h"
#include "ca/names/general_names.h"
#include "ca/names/quoted.h"

namespace ca {
namespace {

Identifier dns(std::string_view text) {
  return DnsName::parse(text).value();
}
Identifier ip(std::string_view text) {
  return IpAddress::parse(text).value();
}

// RFC8555-9.7.7
TEST(Identifier, HasTypeAndValueOfTheProtocol) {
  EXPECT_EQ(type_of(dns("Example.com")), "dns");
  EXPECT_EQ(value_of(dns("Example.com")), "example.com");
  EXPECT_EQ(type_of(ip("2001:DB8::1")), "ip");
  EXPECT_EQ(value_of(ip("2001:DB8::1")), "2001:db8::1");
}

TEST(Identifier, ComparesAsASet) {
  const std::vector<Identifier> once =
      as_set({ip("192.0.2.7"), dns("b.example"), dns("a.example"), dns("B.example")});
  EXPECT_EQ(once, (std::vector<Identifier>{dns("a.example"), dns("b.example"), ip("192.0.2.7")}));
  EXPECT_EQ(once, as_set({dns("b.example"), ip("192.0.2.7"), dns("a.example")}));
  EXPECT_NE(once, as_set({dns("b.example"), dns("a.example")}));
  EXPECT_TRUE(as_set({}).empty());
}

// RFC5280-4.2.1.6
TEST(Identifier, EncodesGeneralNames) {
  EXPECT_EQ(hex(der_general_name(dns("a.example"))), "8209612e6578616d706c65");
  EXPECT_EQ(hex(der_general_name(ip("192.0.2.7"))), "8704c0000207");
  EXPECT_EQ(hex(der_general_name(ip("2001:db8::1"))), "871020010db8000000000000000000000001");
}

TEST(GeneralNames, ReadsBackWhatWasWritten) {
  const std::vector<Identifier> names = {dns("b.example"), ip("192.0.2.7"), dns("*.a.example"),
                                         ip("2001:db8::1")};
  std::vector<std::string> encoded;
  for (const Identifier& name : names) encoded.push_back(der_general_name(name));
  EXPECT_EQ(read_general_names(der::sequence(encoded)), names);
}

// P-20 T-E8
TEST(GeneralNames, RefusesEveryOtherType) {
  const std::string good = der_general_name(dns("a.example"));
  const struct {
    std::string entry, fault;
  } rows[] = {{der::element(der::context_constructed(0), ""), "otherName"},
              {der::element(der::context(1), "a@a.example"), "rfc822Name"},
              {der::element(der::context_constructed(3), ""), "x400Address"},
              {der::element(der::context_constructed(4), ""), "directoryName"},
              {der::element(der::context_constructed(5), ""), "ediPartyName"},
              {der::element(der::context(6), "http://a.example"), "URI"},
              {der::element(der::context(8), "*"), "registeredID"},
              {der::element(der::context(9), "x"), "unknown type"},
              {der::element(der::context_constructed(2), good), "dNSName"},
              {der::element(der::Tag::ia5_string, "a.example"), "unknown type"},
              {der::element(der::context(2), "a_b.example"), "a_b.example"},
              {der::element(der::context(2), ""), "empty"},
              {der::element(der::context(7), "12345"), "5 octets"},
              {der::element(der::context(7), ""), "0 octets"},
              {std::string("\x82\x7f", 2), "well-formed"}};
  for (const auto& row : rows) {
    SCOPED_TRACE(row.fault);
    for (const auto& list : {der::sequence({row.entry}), der::sequence({good, row.entry})}) {
      const auto names = read_general_names(list);
      ASSERT_FALSE(names.has_value());
      EXPECT_NE(names.error().find(row.fault), std::string::npos) << names.error();
    }
  }
  for (const std::string& list :
       {std::string(), std::string("\x30\0", 2), good, der::sequence({good}) + "x"}) {
    EXPECT_FALSE(read_general_names(list));
  }
}

TEST(Quoted, ShowsPlainTextAndSpellsTheRest) {
  EXPECT_EQ(quoted(std::string("a b~!")), "\"a b~!\"");
  EXPECT_EQ(quoted(std::string("\0\x1f\x7f\x80\"\\", 6)), "\"\\x00\\x1f\\x7f\\x80\\x22\\x5c\"");
  EXPECT_EQ(quoted(std::string(100, 'a')), '"' + std::string(100, 'a') + '"');
  EXPECT_EQ(quoted(std::string(101, 'a')), '"' + std::string(100, 'a') + "\"...");
}

}  // namespace
}  // namespace ca
