#include "ca/crypto/encoding.h"

#include <gtest/gtest.h>

#include <array>

namespace ca {
namespace {

// RFC4648-10
TEST(Base64, MatchesTheVectorsOfTheStandard) {
  const struct {
    std::string plain, standard, url;
  } rows[] = {{"", "", ""},
              {"f", "Zg==", "Zg"},
              {"fo", "Zm8=", "Zm8"},
              {"foo", "Zm9v", "Zm9v"},
              {"foob", "Zm9vYg==", "Zm9vYg"},
              {"fooba", "Zm9vYmE=", "Zm9vYmE"},
              {"foobar", "Zm9vYmFy", "Zm9vYmFy"},
              {"\xfb\xff\xbf", "+/+/", "-_-_"}};
  for (const auto& row : rows) {
    SCOPED_TRACE(row.standard);
    EXPECT_EQ(base64(row.plain), row.standard);
    EXPECT_EQ(base64url(row.plain), row.url);
    EXPECT_EQ(from_base64url(row.url), row.plain);
  }
}

// RFC7515-2 RFC4648-3.5
TEST(Base64Url, HasOneSpellingPerValue) {
  for (const std::string_view text :
       {"Zg==", "Zm8=", "Zh", "Zn", "Zm9", "Zm8\n", " Zm8", "Zm 8", "A", "AAAAA", "+/+/",
        "Zm9v=", "Zm9v Zm9v", "Zm9v\r\nZm9v", "Z\xc3\xa9", "Zm8,", "="}) {
    SCOPED_TRACE(text);
    EXPECT_FALSE(from_base64url(text));
  }
  EXPECT_FALSE(from_base64url(std::string_view("Zg\0\0", 4)));
}

TEST(Base64Url, RoundTripsEveryOctetAtEveryPosition) {
  for (std::size_t length = 1; length <= 4; ++length) {
    for (unsigned octet = 0; octet < 256; ++octet) {
      const std::string bytes(length, static_cast<char>(octet));
      EXPECT_EQ(from_base64url(base64url(bytes)), bytes);
    }
  }
}

TEST(Base64Url, AcceptsExactlyTheLastCharactersWithoutSpareBits) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  int two = 0;
  int three = 0;
  for (const char last : kAlphabet) {
    two += from_base64url(std::string("A") + last).has_value() ? 1 : 0;
    three += from_base64url(std::string("AA") + last).has_value() ? 1 : 0;
  }
  EXPECT_EQ(two, 4);
  EXPECT_EQ(three, 16);
}

TEST(Hex, WritesLowerCaseAndReadsBoth) {
  EXPECT_EQ(hex(std::string("\x00\x7f\x80\xff", 4)), "007f80ff");
  EXPECT_EQ(from_hex("007F80fF"), std::string("\x00\x7f\x80\xff", 4));
  EXPECT_EQ(from_hex(""), "");
  for (const std::string_view text : {"0", "0g", "g0", "0x", " 0", "00 ", "0:0"}) {
    SCOPED_TRACE(text);
    EXPECT_FALSE(from_hex(text));
  }
}

// RFC7468-2
TEST(Pem, BreaksLinesAfter64Characters) {
  EXPECT_EQ(pem("X", std::string(48, '\0')),
            "-----BEGIN X-----\n" + std::string(64, 'A') + "\n-----END X-----\n");
  EXPECT_EQ(pem("X", std::string(49, '\0')),
            "-----BEGIN X-----\n" + std::string(64, 'A') + "\nAA==\n-----END X-----\n");
}

TEST(Pem, ReadsBlocksInOrder) {
  const std::string text =
      "\n" + pem("CERTIFICATE", "one") + "\r\n\t " + pem("CERTIFICATE", "two") + " ";
  const auto blocks = from_pem("CERTIFICATE", text);
  ASSERT_TRUE(blocks);
  EXPECT_EQ(*blocks, (std::vector<std::string>{"one", "two"}));
  EXPECT_EQ(from_pem("CERTIFICATE", " \n")->size(), 0U);
  for (std::size_t length = 1; length < 200; ++length) {
    const std::string der(length, '\x5a');
    EXPECT_EQ(from_pem("X", pem("X", der)).value().at(0), der);
  }
}

TEST(Pem, RefusesAnythingElse) {
  const std::string good = pem("CERTIFICATE", "one");
  for (const std::string& text : std::initializer_list<std::string>{
           "x" + good, good + "x", "subject=/CN=x\n" + good, pem("X509 CRL", "one"),
           good + pem("PRIVATE KEY", "one"), "-----BEGIN CERTIFICATE-----\nb25l\n",
           "-----BEGIN CERTIFICATE-----\nb25\n-----END CERTIFICATE-----\n",
           "-----BEGIN CERTIFICATE-----\nb2==\n-----END CERTIFICATE-----\n",
           "-----BEGIN CERTIFICATE-----\nb25!\n-----END CERTIFICATE-----\n",
           "-----BEGIN CERTIFICATE-----\nb===\n-----END CERTIFICATE-----\n",
           "-----BEGIN CERTIFICATE-----\nb25l\n-----END PRIVATE KEY-----\n",
           "-----BEGIN CERTIFICATE-----\nProc-Type: 4,ENCRYPTED\n\nb25l\n-----END "
           "CERTIFICATE-----\n",
           "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"}) {
    SCOPED_TRACE(text);
    EXPECT_FALSE(from_pem("CERTIFICATE", text));
  }
}

}  // namespace
}  // namespace ca
