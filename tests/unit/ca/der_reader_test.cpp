#include "ca/der/reader.h"

#include <gtest/gtest.h>

#include "ca/crypto/encoding.h"
#include "ca/der/canonical.h"

namespace ca::der {
namespace {

std::string bytes(std::string_view digits) {
  return from_hex(digits).value();
}

std::optional<Element> read(const std::string& input) {
  return Reader(input).next();
}

// T-E5 T-D3
TEST(DerReader, RefusesEverythingButMinimalDefiniteLengths) {
  const struct {
    std::string_view name, input;
  } rows[] = {{"nothing", ""},
              {"tag only", "30"},
              {"length beyond the end", "3001"},
              {"long length beyond the end", "0482000100"},
              {"length octets cut off", "048201"},
              {"indefinite length", "30800000"},
              {"long form of a short length", "04810161"},
              {"leading zero in the length", "0482007f"},
              {"reserved length octet", "04ff"},
              {"five length octets", "0485000000000161"},
              {"4 GiB that are not there", "0484ffffffff00"},
              {"high tag number", "1f8101 0161"},
              {"high tag number, context", "bf210130"},
              {"end of contents", "0000"}};
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    std::string digits(row.input);
    std::erase(digits, ' ');
    const std::string input = bytes(digits);
    Reader reader(input);
    EXPECT_FALSE(reader.next());
    EXPECT_EQ(reader.at_end(), input.empty()) << "a refusal must not move the cursor";
  }
}

TEST(DerReader, ReadsElementsInARow) {
  const std::string input = bytes("0201053000810161");
  Reader reader(input);
  ASSERT_EQ(reader.peek(), Tag::integer);
  EXPECT_FALSE(reader.next(Tag::sequence)) << "another tag";
  const auto first = reader.next(Tag::integer);
  ASSERT_TRUE(first);
  EXPECT_EQ(hex(first->content), "05");
  EXPECT_EQ(hex(first->whole), "020105");
  const auto second = reader.next(Tag::sequence);
  ASSERT_TRUE(second);
  EXPECT_TRUE(second->content.empty());
  EXPECT_TRUE(Reader(second->content).at_end());
  EXPECT_FALSE(Reader(second->content).peek());
  EXPECT_FALSE(Reader(second->content).next());
  EXPECT_TRUE(reader.next(context(1)));
  EXPECT_TRUE(reader.at_end());
}

TEST(DerReader, ReadsLongContent) {
  for (const std::size_t length : {127U, 128U, 255U, 256U, 65536U}) {
    SCOPED_TRACE(length);
    const std::string input = element(Tag::octet_string, std::string(length, 'x'));
    const auto found = only(input, Tag::octet_string);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->content.size(), length);
    EXPECT_FALSE(only(input + '\0', Tag::octet_string)) << "something behind it";
    EXPECT_FALSE(only(input, Tag::sequence));
    EXPECT_FALSE(only(std::string_view(input).substr(0, input.size() - 1), Tag::octet_string));
  }
}

TEST(DerReader, ReadsUnsignedIntegersStrictly) {
  const struct {
    std::string_view input;
    std::optional<std::string> octets;
  } rows[] = {{"020100", "00"},     {"02017f", "7f"}, {"02020080", "80"}, {"020200ff", "ff"},
              {"02020100", "0100"}, {"0200", {}},     {"020180", {}},     {"0202007f", {}},
              {"02020000", {}},     {"0202ff80", {}}, {"0a0105", {}}};
  for (const auto& row : rows) {
    SCOPED_TRACE(row.input);
    const std::string input = bytes(row.input);
    const auto number = unsigned_integer(read(input).value());
    EXPECT_EQ(number.has_value(), row.octets.has_value());
    if (number && row.octets) EXPECT_EQ(hex(*number), *row.octets);
  }
}

TEST(DerReader, ReadsObjectIdentifiersStrictly) {
  const struct {
    std::string_view input;
    std::optional<std::string> dotted;
  } rows[] = {{"0603550403", "2.5.4.3"},
              {"060100", "0.0"},
              {"06014f", "1.39"},
              {"060150", "2.0"},
              {"0603883703", "2.999.3"},
              {"06062a864886f70d", "1.2.840.113549"},
              {"06062a9080808000", "1.2.4294967296"},
              {"06062a9080808001", {}},  // above 2^32
              {"060c2a818080808080808080800100", {}},
              {"0600", {}},
              {"060355 8004", {}},  // leading zero group
              {"06025580", {}},     // ends inside a group
              {"020155", {}},
              {"06142a0101010101010101010101010101010101010101", {}}};
  for (const auto& row : rows) {
    SCOPED_TRACE(row.input);
    std::string digits(row.input);
    std::erase(digits, ' ');
    const std::string input = bytes(digits);
    const auto found = read(input);
    if (!found) {
      EXPECT_FALSE(row.dotted);
      continue;
    }
    EXPECT_EQ(object_identifier(*found), row.dotted);
  }
}

TEST(DerReader, AcceptsAtMostTwentyArcs) {
  std::string dotted = "1.2";
  for (int arcs = 2; arcs < 20; ++arcs) dotted += ".1";
  const std::string twenty = object_identifier(dotted);
  EXPECT_EQ(object_identifier(read(twenty).value()), dotted);
  const std::string twenty_one = object_identifier(dotted + ".1");
  EXPECT_FALSE(object_identifier(read(twenty_one).value()));
}

TEST(DerReader, ReadsBooleansAndBitStringsStrictly) {
  const std::string yes = bytes("0101ff"), no = bytes("010100"), one = bytes("010101"),
                    two = bytes("0102ffff"), none = bytes("0100");
  EXPECT_EQ(boolean(read(yes).value()), true);
  EXPECT_EQ(boolean(read(no).value()), false);
  EXPECT_FALSE(boolean(read(one).value()));
  EXPECT_FALSE(boolean(read(two).value()));
  EXPECT_FALSE(boolean(read(none).value()));

  const std::string whole = bytes("030300abcd"), empty = bytes("030100"),
                    unused = bytes("03020780"), nothing = bytes("0300"),
                    wrong = bytes("040300abcd");
  EXPECT_EQ(hex(octets_of_bit_string(read(whole).value()).value()), "abcd");
  EXPECT_EQ(octets_of_bit_string(read(empty).value()).value(), "");
  EXPECT_FALSE(octets_of_bit_string(read(unused).value()));
  EXPECT_FALSE(octets_of_bit_string(read(nothing).value()));
  EXPECT_FALSE(octets_of_bit_string(read(wrong).value()));
}

// RFC5280-4.1.2.5
TEST(DerReader, ReadsTimesOfOneFormOnly) {
  const struct {
    Tag tag;
    std::string_view text;
    std::optional<std::int64_t> seconds;
  } rows[] = {{Tag::utc_time, "700101000000Z", 0},
              {Tag::utc_time, "500101000000Z", -631152000},
              {Tag::utc_time, "491231235959Z", 2524607999},
              {Tag::utc_time, "000229120000Z", 951825600},
              {Tag::utc_time, "380119031408Z", 2147483648},
              {Tag::generalized_time, "20500101000000Z", 2524608000},
              {Tag::generalized_time, "99991231235959Z", 253402300799},
              {Tag::utc_time, "7001010000Z", {}},
              {Tag::utc_time, "700101000000", {}},
              {Tag::utc_time, "700101000000+0000", {}},
              {Tag::utc_time, "700101000000z", {}},
              {Tag::utc_time, "701301000000Z", {}},
              {Tag::utc_time, "700001000000Z", {}},
              {Tag::utc_time, "700100000000Z", {}},
              {Tag::utc_time, "700230000000Z", {}},
              {Tag::utc_time, "010229000000Z", {}},
              {Tag::utc_time, "700101240000Z", {}},
              {Tag::utc_time, "700101006000Z", {}},
              {Tag::utc_time, "700101000060Z", {}},
              {Tag::utc_time, "7001010000-1Z", {}},
              {Tag::utc_time, "70 101000000Z", {}},
              {Tag::utc_time, "", {}},
              {Tag::utc_time, "20500101000000Z", {}},
              {Tag::generalized_time, "500101000000Z", {}},
              {Tag::generalized_time, "20500101000000.5Z", {}},
              {Tag::generalized_time, "21000229000000Z", {}},
              {Tag::utf8_string, "700101000000Z", {}}};
  for (const auto& row : rows) {
    SCOPED_TRACE(row.text);
    const std::string input = element(row.tag, row.text);
    EXPECT_EQ(time(read(input).value()), row.seconds);
  }
}

// T-E5
TEST(CanonicalDer, RefusesSecondSpellingsAtAnyDepth) {
  const struct {
    std::string_view name, inner;
  } rows[] = {{"BOOLEAN 01", "010101"},
              {"padded INTEGER", "02020001"},
              {"padded negative INTEGER", "0202ff80"},
              {"empty INTEGER", "0200"},
              {"padded ENUMERATED", "0a020001"},
              {"NULL with content", "050100"},
              {"OID with a leading zero group", "06025580"},
              {"spare bits that are not zero", "03020781"},
              {"eight unused bits", "03020800"},
              {"unused bits of nothing", "030101"},
              {"empty BIT STRING", "0300"},
              {"OCTET STRING in pieces", "2403040161"},
              {"UTF8String in pieces", "2c030c0161"},
              {"primitive SEQUENCE", "1000"},
              {"primitive SET", "1100"},
              {"SET out of order", "31060c01620c0161"},
              {"time without seconds", "170b373030313031303030305a"},
              {"broken element inside a context tag", "a0020c05"},
              {"indefinite length", "30800000"}};
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    const std::string inner = bytes(row.inner);
    EXPECT_FALSE(is_canonical(inner));
    EXPECT_FALSE(is_canonical(sequence({inner})));
    EXPECT_FALSE(is_canonical(element(context_constructed(3), sequence({boolean_true(), inner}))));
  }
}

TEST(CanonicalDer, AcceptsWhatIsCanonical) {
  for (const std::string_view row :
       {"3000", "3100", "0500", "0101ff", "0201ff", "02020080", "0202ff7f", "030100", "03020780",
        "31060c01610c0161", "31060c01610c0162", "a000", "8002ffff", "a0030101ff",
        "170d3730303130313030303030305a", "0403020000"}) {
    SCOPED_TRACE(row);
    EXPECT_TRUE(is_canonical(bytes(row)));
    EXPECT_FALSE(is_canonical(bytes(row) + "x")) << "something behind it";
  }
  EXPECT_FALSE(is_canonical(""));
}

TEST(CanonicalDer, LimitsTheDepth) {
  std::string nested;
  for (int depth = 0; depth < 16; ++depth) nested = sequence({nested});
  EXPECT_TRUE(is_canonical(nested));
  EXPECT_FALSE(is_canonical(sequence({nested})));
  for (int depth = 0; depth < 20000; ++depth) nested = "\x30\x80" + nested;
  EXPECT_FALSE(is_canonical(nested));
}

}  // namespace
}  // namespace ca::der
