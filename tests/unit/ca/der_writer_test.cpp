#include "ca/der/writer.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "ca/crypto/encoding.h"

namespace ca::der {
namespace {

TEST(DerWriter, UsesTheShortestLengthForm) {
  const struct {
    std::size_t length;
    std::string header;
  } rows[] = {{0, "0400"},     {1, "0401"},       {127, "047f"},       {128, "048180"},
              {255, "0481ff"}, {256, "04820100"}, {65535, "0482ffff"}, {65536, "0483010000"}};
  for (const auto& row : rows) {
    SCOPED_TRACE(row.length);
    const std::string encoded = element(Tag::octet_string, std::string(row.length, 'x'));
    EXPECT_EQ(hex(encoded.substr(0, row.header.size() / 2)), row.header);
    EXPECT_EQ(encoded.size(), row.length + row.header.size() / 2);
  }
}

TEST(DerWriter, EncodesObjectIdentifiers) {
  const struct {
    std::string dotted, encoded;
  } rows[] = {{"0.0", "060100"},
              {"0.39", "060127"},
              {"1.39", "06014f"},
              {"2.5.4.3", "0603550403"},
              {"2.999.3", "0603883703"},
              {"1.2.840.113549", "06062a864886f70d"},
              {"2.23.140.1.2.1", "060667810c010201"},
              {"1.3.6.1.4.1.11129.2.4.2", "060a2b06010401d679020402"},
              {"1.2.4294967295", "06062a8fffffff7f"}};
  for (const auto& row : rows) {
    SCOPED_TRACE(row.dotted);
    EXPECT_EQ(hex(object_identifier(row.dotted)), row.encoded);
  }
}

TEST(DerWriter, RefusesTextThatIsNoObjectIdentifier) {
  for (const std::string text :
       {"", "1", "3.1", "0.40", "1.40", "1..2", ".1.2", "1.2.", "1.2.x", "1.-2", "1.2 "}) {
    SCOPED_TRACE(text);
    EXPECT_THROW(object_identifier(text), std::logic_error);
  }
}

TEST(DerWriter, WritesIntegersMinimallyAndPositive) {
  EXPECT_EQ(hex(unsigned_integer("")), "020100");
  EXPECT_EQ(hex(unsigned_integer(std::string("\0\0", 2))), "020100");
  EXPECT_EQ(hex(unsigned_integer("\x7f")), "02017f");
  EXPECT_EQ(hex(unsigned_integer("\x80")), "02020080");
  EXPECT_EQ(hex(unsigned_integer(std::string("\0\0\x01\x02", 4))), "02020102");
  EXPECT_EQ(hex(small_integer(0)), "020100");
  EXPECT_EQ(hex(small_integer(127)), "02017f");
  EXPECT_EQ(hex(small_integer(128)), "02020080");
  EXPECT_EQ(hex(small_integer(UINT64_MAX)), "020900ffffffffffffffff");
}

TEST(DerWriter, DropsTrailingZeroBitsOfNamedBits) {
  EXPECT_EQ(hex(named_bits({})), "030100");
  EXPECT_EQ(hex(named_bits({0})), "03020780");     // digitalSignature
  EXPECT_EQ(hex(named_bits({0, 2})), "030205a0");  // and keyEncipherment
  EXPECT_EQ(hex(named_bits({6, 5})), "03020106");  // keyCertSign, cRLSign
  EXPECT_EQ(hex(named_bits({7})), "03020001");
  EXPECT_EQ(hex(named_bits({8})), "0303070080");
}

// X.690 11.6
TEST(DerWriter, SortsSetsByTheirEncoding) {
  const std::string small = element(Tag::utf8_string, "a");
  const std::string long_one = element(Tag::utf8_string, "aa");
  const std::string high = element(context(1), "");
  EXPECT_EQ(hex(set_of({high, long_one, small})),
            "31090c01610c026161"
            "8100");
}

TEST(DerWriter, LeavesTheDefaultCriticalityOut) {
  EXPECT_EQ(hex(extension("2.5.29.19", Criticality::non_critical, sequence({""}))),
            "30090603551d1304023000");
  EXPECT_EQ(hex(extension("2.5.29.19", Criticality::critical, sequence({""}))),
            "300c0603551d130101ff04023000");
}

TEST(DerWriter, ComposesSequencesFromListsAndVectors) {
  EXPECT_EQ(hex(sequence({boolean_true(), bit_string("\xaa")})), "30070101ff030200aa");
  EXPECT_EQ(hex(sequence(std::vector<std::string>{boolean_true(), small_integer(5)})),
            "30060101ff020105");
  EXPECT_EQ(hex(sequence(std::vector<std::string>{})), "3000");
}

}  // namespace
}  // namespace ca::der
