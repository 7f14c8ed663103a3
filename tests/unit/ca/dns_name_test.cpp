#include "ca/names/dns_name.h"

#include <gtest/gtest.h>

namespace ca {
namespace {

std::string of_length(std::size_t octets) {
  // Labels of 62 and a dot, cut to size; the last label is letters and never empty.
  std::string name;
  while (name.size() + 63 < octets) name += std::string(62, 'a') + ".";
  name += std::string(octets - name.size(), 'b');
  return name;
}

// T-E6 P-20 BR7.1.2.7.12
TEST(DnsName, AcceptsHostNamesAndFoldsTheirCase) {
  const struct {
    std::string text, folded;
  } rows[] = {{"example.com", "example.com"},
              {"EXAMPLE.Com", "example.com"},
              {"a.b", "a.b"},
              {"a.b.c.d.e.f.g.h", "a.b.c.d.e.f.g.h"},
              {"1.example.com", "1.example.com"},
              {"127.0.0.1.example.com", "127.0.0.1.example.com"},
              {"example.c0m", "example.c0m"},
              {"example.0a", "example.0a"},
              {"3com.com", "3com.com"},
              {"foo-bar.example.com", "foo-bar.example.com"},
              {"a--b.example.com", "a--b.example.com"},
              {"abc--d.example.com", "abc--d.example.com"},
              {"xn--nxasmq6b.example.com", "xn--nxasmq6b.example.com"},
              {"XN--NXASMQ6B.example.com", "xn--nxasmq6b.example.com"},
              {"example.xn--p1ai", "example.xn--p1ai"},
              {"xn--bcher-kva.example", "xn--bcher-kva.example"},
              {"XN--BCHER-KVA.example", "xn--bcher-kva.example"},
              {"www.xn--80ak6aa92e.com", "www.xn--80ak6aa92e.com"},
              {"xn--fiqs8s.xn--mgbh0fb", "xn--fiqs8s.xn--mgbh0fb"},
              {"*.xn--n8jok5ay5dzabd5bym9f0cm5685rrjetr6pdxa.example",
               "*.xn--n8jok5ay5dzabd5bym9f0cm5685rrjetr6pdxa.example"},
              {"*.example.com", "*.example.com"},
              {"*.EXAMPLE.com", "*.example.com"},
              {"*.xn--nxasmq6b.com", "*.xn--nxasmq6b.com"},
              {std::string(63, 'a') + ".com", std::string(63, 'a') + ".com"},
              {of_length(253), of_length(253)},
              {"*." + of_length(251), "*." + of_length(251)}};
  for (const auto& row : rows) {
    SCOPED_TRACE(row.text);
    const auto name = DnsName::parse(row.text);
    ASSERT_TRUE(name) << name.error().detail();
    EXPECT_EQ(name->text(), row.folded);
    EXPECT_EQ(DnsName::parse(name->text()).value(), *name);
  }
}

// T-E6 P-20
TEST(DnsName, RefusesEverythingElse) {
  const struct {
    std::string text, fault;
  } rows[] = {{"", "is empty"},
              {".", "empty label"},
              {"..", "empty label"},
              {"com", "single label"},
              {"localhost", "single label"},
              {"example.com.", "empty label"},
              {".example.com", "empty label"},
              {"example..com", "empty label"},
              {"*", "whole first label"},
              {"*.", "empty label"},
              {"*.com", "single label"},
              {"*.*", "whole first label"},
              {"*.*.example.com", "whole first label"},
              {"**.example.com", "whole first label"},
              {"a.*.b", "whole first label"},
              {"a.*.example.com", "whole first label"},
              {"f*o.example.com", "whole first label"},
              {"*oo.example.com", "whole first label"},
              {"foo*.example.com", "whole first label"},
              {"example.*", "whole first label"},
              {"*..com", "empty label"},
              {"foo_bar.example.com", "letters, digits and hyphens"},
              {"_acme-challenge.example.com", "letters, digits and hyphens"},
              {"foo bar.example.com", "letters, digits and hyphens"},
              {" example.com", "letters, digits and hyphens"},
              {"example.com ", "letters, digits and hyphens"},
              {"example.com\n", "letters, digits and hyphens"},
              {"exam\nple.com", "letters, digits and hyphens"},
              {"example.com\r\nx", "letters, digits and hyphens"},
              {std::string("example.com\0", 12), "letters, digits and hyphens"},
              {std::string("example.com\0.evil.example", 25), "letters, digits and hyphens"},
              {std::string("\0", 1), "letters, digits and hyphens"},
              {"b\xc3\xbc"
               "cher.example",
               "letters, digits and hyphens"},
              {"b\xfc"
               "cher.example",
               "letters, digits and hyphens"},
              {"example\xe3\x80\x82"
               "com",
               "letters, digits and hyphens"},
              {"example.c\xe2\x84\xaa", "letters, digits and hyphens"},
              {"\x7f.example.com", "letters, digits and hyphens"},
              {"exa%6dple.com", "letters, digits and hyphens"},
              {"example.com/", "letters, digits and hyphens"},
              {"example.com:443", "letters, digits and hyphens"},
              {"user@example.com", "letters, digits and hyphens"},
              {"https://example.com", "letters, digits and hyphens"},
              {"example.com,example.net", "letters, digits and hyphens"},
              {"example.com\"", "letters, digits and hyphens"},
              {"\\*.example.com", "whole first label"},
              {"-foo.example.com", "begins or ends with a hyphen"},
              {"foo-.example.com", "begins or ends with a hyphen"},
              {"-.example.com", "begins or ends with a hyphen"},
              {"example.-com", "begins or ends with a hyphen"},
              {"example.com-", "begins or ends with a hyphen"},
              {"xn--.example.com", "begins or ends with a hyphen"},
              {"ab--cd.example.com", "third and fourth place"},
              {"AB--cd.example.com", "third and fourth place"},
              {"example.ab--cd", "third and fourth place"},
              {"*.ab--cd.com", "third and fourth place"},
              {"xm--nxasmq6b.com", "third and fourth place"},
              {std::string(64, 'a') + ".com", "more than 63"},
              {"example." + std::string(64, 'a'), "more than 63"},
              {of_length(254), "longer than 253"},
              {"*." + of_length(252), "longer than 253"},
              {std::string(100000, 'a'), "longer than 253"},
              {"127.0.0.1", "ends in a number"},
              {"1.2", "ends in a number"},
              {"example.1", "ends in a number"},
              {"example.com.007", "ends in a number"},
              {"*.0.0.1", "ends in a number"},
              {"2130706433", "single label"},
              {"0x7f000001", "single label"},
              {"::1", "letters, digits and hyphens"},
              {"[::1]", "letters, digits and hyphens"},
              {"2001:db8::1.example.com", "letters, digits and hyphens"}};
  for (const auto& row : rows) {
    SCOPED_TRACE(row.text);
    const auto name = DnsName::parse(row.text);
    ASSERT_FALSE(name.has_value());
    EXPECT_EQ(name.error().kind(), RejectionKind::malformed_name);
    EXPECT_NE(name.error().detail().find(row.fault), std::string::npos) << name.error().detail();
  }
}

// RFC8555-7.1.4 P-20: what looks like an A-label is one
TEST(DnsName, RefusesLabelsThatAreNoPunycode) {
  const struct {
    std::string_view name;
    std::string label;
  } rows[] = {{"the control U+0080", "xn--a"},
              {"the control U+009F after letters", "xn--bcher-mfa"},
              {"a number that goes on", "xn--0"},
              {"a number that goes on for long", "xn--" + std::string(50, 'z')},
              {"a number of more than 32 bits", "xn--l0902716a"},
              {"the code point U+110000", "xn--en32g"},
              {"a surrogate", "xn--ib9b"},
              {"a code point of private use", "xn--0y0c"},
              {"a noncharacter", "xn--1n7c"},
              {"letters after a number", "xn--bcher-kvaa0"},
              {"no letters before the delimiter", "xn---kva"}};
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    for (const std::string& name : {row.label + ".example", "example." + row.label}) {
      const auto refused = DnsName::parse(name);
      ASSERT_FALSE(refused.has_value());
      EXPECT_EQ(refused.error().kind(), RejectionKind::malformed_name);
      EXPECT_NE(refused.error().detail().find("Punycode"), std::string::npos)
          << refused.error().detail();
    }
  }
}

TEST(DnsName, RefusesEveryOctetOutsideLettersDigitsHyphenAndDot) {
  for (int octet = 0; octet < 256; ++octet) {
    const char c = static_cast<char>(octet);
    const bool ldh = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     c == '-' || c == '.';
    const std::string text = std::string("a") + c + "b.example";
    EXPECT_EQ(DnsName::parse(text).has_value(), ldh) << octet;
  }
}

TEST(DnsName, QuotesWhatItRefusesWithoutPassingItOn) {
  const auto name = DnsName::parse(std::string("a\"\n\x01\xff\\.com\0", 11));
  ASSERT_FALSE(name);
  EXPECT_TRUE(
      name.error().detail().starts_with("The name \"a\\x22\\x0a\\x01\\xff\\x5c.com\\x00\" has"))
      << name.error().detail();
  EXPECT_LT(DnsName::parse(std::string(100000, '\xff')).error().detail().size(), 600U);
}

// RFC8555-7.1.4
TEST(DnsName, ShowsTheBaseOfAWildcard) {
  const DnsName wildcard = DnsName::parse("*.example.com").value();
  const DnsName plain = DnsName::parse("example.com").value();
  EXPECT_TRUE(wildcard.is_wildcard());
  EXPECT_FALSE(plain.is_wildcard());
  EXPECT_EQ(wildcard.without_wildcard(), plain);
  EXPECT_EQ(plain.without_wildcard(), plain);
  EXPECT_NE(wildcard, plain);
}

}  // namespace
}  // namespace ca
