#include "ca/names/ip_address.h"

#include <gtest/gtest.h>

#include "ca/crypto/encoding.h"

namespace ca {
namespace {

// T-E6
TEST(IpAddress, ReadsDottedDecimalAndRfc4291Text) {
  const struct {
    std::string text, octets;
  } rows[] = {{"127.0.0.1", "7f000001"},
              {"0.0.0.0", "00000000"},
              {"255.255.255.255", "ffffffff"},
              {"192.0.2.7", "c0000207"},
              {"::", "00000000000000000000000000000000"},
              {"::1", "00000000000000000000000000000001"},
              {"2001:db8::1", "20010db8000000000000000000000001"},
              {"2001:DB8:0:0:0:0:0:1", "20010db8000000000000000000000001"},
              {"1:2:3:4:5:6:7:8", "00010002000300040005000600070008"},
              {"1:2:3:4:5:6:7::", "00010002000300040005000600070000"},
              {"::ffff:192.0.2.7", "00000000000000000000ffffc0000207"},
              {"64:ff9b::192.0.2.7", "0064ff9b0000000000000000c0000207"}};
  for (const auto& row : rows) {
    SCOPED_TRACE(row.text);
    const auto address = IpAddress::parse(row.text);
    ASSERT_TRUE(address) << address.error().detail();
    EXPECT_EQ(hex(address->octets()), row.octets);
    EXPECT_EQ(address->is_v4(), row.octets.size() == 8);
    EXPECT_EQ(IpAddress::from_octets(address->octets()), *address);
    EXPECT_EQ(IpAddress::parse(address->text()).value(), *address);
  }
}

// T-E6
TEST(IpAddress, RefusesOtherSpellings) {
  const std::string rows[] = {"",
                              "127.1",
                              "127.0.1",
                              "0x7f000001",
                              "0x7f.0.0.1",
                              "2130706433",
                              "017700000001",
                              "0177.0.0.1",
                              "127.0.0.01",
                              "00.0.0.0",
                              "256.0.0.1",
                              "1.2.3.4.5",
                              "1.2.3.",
                              ".1.2.3",
                              "1..2.3",
                              "1.2.3.4 ",
                              " 1.2.3.4",
                              "1.2.3.-4",
                              "1.2.3.4/32",
                              "1.2.3.4\n",
                              std::string("1.2.3.4\0", 8),
                              std::string("1.2.3.4\0.example", 16),
                              "example.com",
                              ":",
                              ":::",
                              ":1",
                              "1:",
                              "::1::",
                              "1::2::3",
                              "1:2:3:4:5:6:7",
                              "1:2:3:4:5:6:7:8:9",
                              "1:2:3:4:5:6:7:8::",
                              "::1:2:3:4:5:6:7:8",
                              "12345::",
                              "g::",
                              "[::1]",
                              "[::ffff:127.0.0.1]",
                              "fe80::1%eth0",
                              "fe80::1%25eth0",
                              "::1/128",
                              "::ffff:127.1",
                              "::ffff:0127.0.0.1",
                              "::127.0.0.1:1",
                              "1:2:3:4:5:6:7:1.2.3.4",
                              std::string("::1\0", 4),
                              "0000:0000:0000:0000:0000:0000:0000:0000:0000:0000"};
  for (const std::string& text : rows) {
    SCOPED_TRACE(text);
    const auto address = IpAddress::parse(text);
    ASSERT_FALSE(address.has_value());
    EXPECT_EQ(address.error().kind(), RejectionKind::malformed_name);
  }
  for (const std::size_t length : {0U, 1U, 3U, 5U, 8U, 15U, 17U, 32U}) {
    EXPECT_FALSE(IpAddress::from_octets(std::string(length, '\1'))) << length;
  }
}

// RFC5952-4
TEST(IpAddress, WritesRfc5952Text) {
  const struct {
    std::string text, canonical;
  } rows[] = {
      {"2001:0DB8::0001", "2001:db8::1"},
      {"2001:db8:0:0:0:0:2:1", "2001:db8::2:1"},
      {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
      {"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},
      {"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
      {"0:0:0:0:0:0:0:0", "::"},
      {"0:0:0:0:0:0:0:1", "::1"},
      {"1:0:0:0:0:0:0:0", "1::"},
      {"0:1:2:3:4:5:6:7", "0:1:2:3:4:5:6:7"},
      {"1:2:3:4:5:6:0:0", "1:2:3:4:5:6::"},
      {"0:0:1:2:3:4:0:0", "::1:2:3:4:0:0"},
      {"ABCD:EF01:2345:6789:ABCD:EF01:2345:6789", "abcd:ef01:2345:6789:abcd:ef01:2345:6789"},
      {"::ffff:c000:207", "::ffff:192.0.2.7"},
      {"::c000:207", "::c000:207"},
      {"64:ff9b::192.0.2.7", "64:ff9b::c000:207"},
      {"192.0.2.7", "192.0.2.7"}};
  for (const auto& row : rows) EXPECT_EQ(IpAddress::parse(row.text).value().text(), row.canonical);
}

std::string block(const std::string& text) {
  const auto name = special_purpose_block(IpAddress::parse(text).value());
  return name ? std::string(name->substr(0, name->find(' '))) : "public";
}

// V-61 BR4.2.2: first and last address of every block, and the neighbours on both sides
TEST(SpecialPurpose, BeginsAndEndsWhereTheRegistrySays) {
  const struct {
    std::string before, first, last, after, name;
    std::string block_before = "public", block_after = "public";
  } rows[] = {
      {"", "0.0.0.0", "0.255.255.255", "1.0.0.0", "0.0.0.0/8"},
      {"9.255.255.255", "10.0.0.0", "10.255.255.255", "11.0.0.0", "10.0.0.0/8"},
      {"100.63.255.255", "100.64.0.0", "100.127.255.255", "100.128.0.0", "100.64.0.0/10"},
      {"126.255.255.255", "127.0.0.0", "127.255.255.255", "128.0.0.0", "127.0.0.0/8"},
      {"169.253.255.255", "169.254.0.0", "169.254.255.255", "169.255.0.0", "169.254.0.0/16"},
      {"172.15.255.255", "172.16.0.0", "172.31.255.255", "172.32.0.0", "172.16.0.0/12"},
      {"191.255.255.255", "192.0.0.0", "192.0.0.255", "192.0.1.0", "192.0.0.0/24"},
      {"192.0.1.255", "192.0.2.0", "192.0.2.255", "192.0.3.0", "192.0.2.0/24"},
      {"192.31.195.255", "192.31.196.0", "192.31.196.255", "192.31.197.0", "192.31.196.0/24"},
      {"192.52.192.255", "192.52.193.0", "192.52.193.255", "192.52.194.0", "192.52.193.0/24"},
      {"192.88.98.255", "192.88.99.0", "192.88.99.255", "192.88.100.0", "192.88.99.0/24"},
      {"192.167.255.255", "192.168.0.0", "192.168.255.255", "192.169.0.0", "192.168.0.0/16"},
      {"192.175.47.255", "192.175.48.0", "192.175.48.255", "192.175.49.0", "192.175.48.0/24"},
      {"198.17.255.255", "198.18.0.0", "198.19.255.255", "198.20.0.0", "198.18.0.0/15"},
      {"198.51.99.255", "198.51.100.0", "198.51.100.255", "198.51.101.0", "198.51.100.0/24"},
      {"203.0.112.255", "203.0.113.0", "203.0.113.255", "203.0.114.0", "203.0.113.0/24"},
      {"223.255.255.255", "224.0.0.0", "239.255.255.255", "240.0.0.0", "224.0.0.0/4", "public",
       "240.0.0.0/4"},
      {"239.255.255.255", "240.0.0.0", "255.255.255.255", "", "240.0.0.0/4", "224.0.0.0/4"},
      {"", "::", "::", "::1", "::/128", "", "::1/128"},
      {"::", "::1", "::1", "::2", "::1/128", "::/128", "outside"},
      {"::fffe:ffff:ffff", "::ffff:0:0", "::ffff:255.255.255.255", "::1:0:0:0", "::ffff:0:0/96",
       "outside", "outside"},
      {"64:ff9a:ffff:ffff:ffff:ffff:ffff:ffff", "64:ff9b::", "64:ff9b::ffff:ffff", "64:ff9b::1:0:0",
       "64:ff9b::/96", "outside", "outside"},
      {"64:ff9b:0:ffff:ffff:ffff:ffff:ffff", "64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff",
       "64:ff9b:2::", "64:ff9b:1::/48", "outside", "outside"},
      {"ff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "100::", "100::ffff:ffff:ffff:ffff",
       "100:0:0:1::", "100::/64", "outside", "100:0:0:1::/64"},
      {"100::ffff:ffff:ffff:ffff", "100:0:0:1::", "100:0:0:1:ffff:ffff:ffff:ffff",
       "100:0:0:2::", "100:0:0:1::/64", "100::/64", "outside"},
      {"2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
       "2001::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", "2001:200::", "2001::/23"},
      {"2001:db7:ffff:ffff:ffff:ffff:ffff:ffff",
       "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db9::", "2001:db8::/32"},
      {"2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
       "2002::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2003::", "2002::/16"},
      {"2620:4f:7fff:ffff:ffff:ffff:ffff:ffff", "2620:4f:8000::",
       "2620:4f:8000:ffff:ffff:ffff:ffff:ffff", "2620:4f:8001::", "2620:4f:8000::/48"},
      {"3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
       "3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff", "3fff:1000::", "3fff::/20"},
      {"5eff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "5f00::",
       "5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "5f01::", "5f00::/16", "outside", "outside"},
      {"fbff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "fc00::",
       "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "fe00::", "fc00::/7", "outside", "outside"},
      {"fe7f:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "fe80::",
       "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "fec0::", "fe80::/10", "outside", "outside"},
      {"feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
       "ff00::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "", "ff00::/8", "outside"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(block(row.first), row.name);
    EXPECT_EQ(block(row.last), row.name);
    if (!row.before.empty()) EXPECT_EQ(block(row.before), row.block_before);
    if (!row.after.empty()) EXPECT_EQ(block(row.after), row.block_after);
  }
}

// V-61: everything outside 2000::/3
TEST(SpecialPurpose, AcceptsOnlyGlobalUnicastOfVersion6) {
  EXPECT_EQ(block("1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"), "outside");
  EXPECT_EQ(block("2000::"), "public");
  EXPECT_EQ(block("3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"), "public");
  EXPECT_EQ(block("4000::"), "outside");
  EXPECT_EQ(block("::ffff:8.8.8.8"), "::ffff:0:0/96");
  EXPECT_EQ(block("8.8.8.8"), "public");
  EXPECT_EQ(block("2606:4700:4700::1111"), "public");
}

}  // namespace
}  // namespace ca
