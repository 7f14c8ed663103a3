#include "policy/network.h"

#include <gtest/gtest.h>

namespace policy {
namespace {

ca::IpAddress address(std::string_view text) {
  return ca::IpAddress::parse(text).value();
}

TEST(Network, IsAnAddressOrABlock) {
  for (const char* text : {"192.0.2.0/24", "192.0.2.7", "2001:db8::/32", "2001:db8::1", "0.0.0.0/0",
                           "::/0", "10.128.0.0/9"}) {
    const auto network = Network::parse(text);
    ASSERT_TRUE(network.has_value()) << text;
    EXPECT_EQ(network->text(), text);
  }
  EXPECT_EQ(Network::parse("192.0.2.7/32").value().text(), "192.0.2.7");
  for (const char* text :
       {"", "/24", "192.0.2.0/", "192.0.2.0/33", "192.0.2.1/24", "2001:db8::/129", "192.0.2.0/024",
        "192.0.2.0/+24", "192.0.2.0/2x", "a.example/24"}) {
    EXPECT_FALSE(Network::parse(text).has_value()) << text;
  }
}

TEST(Network, ContainsWhatBeginsWithItsBits) {
  const Network nine = Network::parse("10.128.0.0/9").value();
  EXPECT_TRUE(nine.contains(address("10.128.0.0")));
  EXPECT_TRUE(nine.contains(address("10.255.255.255")));
  EXPECT_FALSE(nine.contains(address("10.127.255.255")));
  EXPECT_FALSE(Network::parse("0.0.0.0/0").value().contains(address("::1")));
  EXPECT_TRUE(Network::parse("0.0.0.0/0").value().contains(address("192.0.2.1")));
}

TEST(Network, OfAnAddressCutsWhatIsBehind) {
  EXPECT_EQ(Network(address("2001:db8:1:2:3::4"), 48).text(), "2001:db8:1::/48");
  EXPECT_EQ(Network(address("192.0.2.7"), 32).text(), "192.0.2.7");
}

}  // namespace
}  // namespace policy
