#include "ca/custody/pkcs11_uri.h"

#include <gtest/gtest.h>

namespace {

constexpr std::string_view kWhole =
    "pkcs11:token=My%20CA;object=issuing;id=%00%ff;type=private"
    "?module-path=/usr/lib/softhsm/libsofthsm2.so&pin-source=file:/etc/chancery/pin";

TEST(Pkcs11Uri, IsReadAsRfc7512WritesIt) {
  const auto uri = ca::parse_pkcs11_uri(kWhole);
  ASSERT_TRUE(uri) << uri.error();
  EXPECT_EQ(uri->token, "My CA");
  EXPECT_EQ(uri->object, "issuing");
  EXPECT_EQ(uri->id, std::string("\x00\xff", 2));
  EXPECT_EQ(uri->module_path, "/usr/lib/softhsm/libsofthsm2.so");
  EXPECT_EQ(uri->pin_source, "file:/etc/chancery/pin");
}

TEST(Pkcs11Uri, ReadsWhatItWrites) {
  for (const ca::Pkcs11Uri& uri :
       {ca::Pkcs11Uri{"/lib/m.so", "a;b?c&d=e/f%", "s", "ü", std::string("\x00/;", 3), "/p n"},
        ca::Pkcs11Uri{"/m", "t", "", "", "i", "credential:pin"},
        ca::Pkcs11Uri{"/m", "t", "", "o", "", "/pin"}}) {
    EXPECT_EQ(ca::parse_pkcs11_uri(ca::text_of(uri)), uri) << ca::text_of(uri);
  }
}

TEST(Pkcs11Uri, IsRefusedWithTheAttributeNamed) {
  constexpr std::string_view kQuery = "?module-path=/m&pin-source=/p";
  const struct {
    std::string text;
    std::string_view says;
  } rows[] = {
      {"", "begin with pkcs11:"},
      {"PKCS11:token=t;object=o" + std::string(kQuery), "begin with"},
      {"pkcs11:object=o" + std::string(kQuery), "no token"},
      {"pkcs11:token=t" + std::string(kQuery), "no key"},
      {"pkcs11:token=t;object=o?pin-source=/p", "module-path"},
      {"pkcs11:token=t;object=o?module-path=m.so&pin-source=/p", "module-path"},
      {"pkcs11:token=t;object=o?module-path=/m", "pin-source"},
      {"pkcs11:token=t;object=o" + std::string(kQuery) + "&pin-value=1234", "holds a PIN"},
      {"pkcs11:token=t;token=u;object=o" + std::string(kQuery), "repeats \"token\""},
      {"pkcs11:token=t;object=o;type=cert" + std::string(kQuery), "private"},
      {"pkcs11:token=t;object=o;library-version=3" + std::string(kQuery), "library-version"},
      {"pkcs11:token=t;object=o;pin-source=/p?module-path=/m", "pin-source"},
      {"pkcs11:token=t;object" + std::string(kQuery), "without a value"},
      {"pkcs11:token=t;object=" + std::string(kQuery), "\"object\""},
      {"pkcs11:token=t;object=o;" + std::string(kQuery), "separator"},
      {"pkcs11:token=t;object=%4" + std::string(kQuery), "\"object\""},
      {"pkcs11:token=t;object=%zz" + std::string(kQuery), "\"object\""},
      {"pkcs11:token=t;object=a%00b" + std::string(kQuery), "\"object\""},
      {"pkcs11:token=t;object=a b" + std::string(kQuery), "\"object\""},
      {"pkcs11:token=t;object=o" + std::string(kQuery) + "\n", "\"pin-source\""},
      {"pkcs11:" + std::string(5000, 'a'), "4096"},
  };
  for (const auto& row : rows) {
    const auto uri = ca::parse_pkcs11_uri(row.text);
    ASSERT_FALSE(uri) << row.text;
    EXPECT_NE(uri.error().find(row.says), std::string::npos) << row.text << ": " << uri.error();
  }
}

}  // namespace
