#include "ca/names/punycode.h"

#include <gtest/gtest.h>

namespace ca {
namespace {

// RFC3492-7.1
TEST(Punycode, GoesBothWaysForTheSamplesOfItsSpecification) {
  const struct {
    std::string_view sample;
    std::u32string label;
    std::string encoded;
  } rows[] = {
      {"A",
       U"\u0644\u064A\u0647\u0645\u0627\u0628\u062A\u0643\u0644\u0645\u0648\u0634\u0639\u0631\u0628"
       U"\u064A\u061F",
       "egbpdaj6bu4bxfgehfvwxn"},
      {"B", U"\u4ED6\u4EEC\u4E3A\u4EC0\u4E48\u4E0D\u8BF4\u4E2D\u6587", "ihqwcrb4cv8a8dqg056pqjye"},
      {"C", U"\u4ED6\u5011\u7232\u4EC0\u9EBD\u4E0D\u8AAA\u4E2D\u6587",
       "ihqwctvzc91f659drss3x8bo0yb"},
      {"D", U"Pro\u010Dprost\u011Bnemluv\u00ED\u010Desky", "Proprostnemluvesky-uyb24dma41a"},
      {"E",
       U"\u05DC\u05DE\u05D4\u05D4\u05DD\u05E4\u05E9\u05D5\u05D8\u05DC\u05D0\u05DE\u05D3\u05D1\u05E8"
       U"\u05D9\u05DD\u05E2\u05D1\u05E8\u05D9\u05EA",
       "4dbcagdahymbxekheh6e0a7fei0b"},
      {"F",
       U"\u092F\u0939\u0932\u094B\u0917\u0939\u093F\u0928\u094D\u0926\u0940\u0915\u094D\u092F\u094B"
       U"\u0902\u0928\u0939\u0940\u0902\u092C\u094B\u0932\u0938\u0915\u0924\u0947\u0939\u0948"
       U"\u0902",
       "i1baa7eci9glrd9b2ae1bj0hfcgg6iyaf8o0a1dig0cd"},
      {"G",
       U"\u306A\u305C\u307F\u3093\u306A\u65E5\u672C\u8A9E\u3092\u8A71\u3057\u3066\u304F\u308C\u306A"
       U"\u3044\u306E\u304B",
       "n8jok5ay5dzabd5bym9f0cm5685rrjetr6pdxa"},
      {"H",
       U"\uC138\uACC4\uC758\uBAA8\uB4E0\uC0AC\uB78C\uB4E4\uC774\uD55C\uAD6D\uC5B4\uB97C\uC774\uD574"
       U"\uD55C\uB2E4\uBA74\uC5BC\uB9C8\uB098\uC88B\uC744\uAE4C",
       "989aomsvi5e83db1d2a355cv1e0vak1dwrv93d5xbh15a0dt30a5jpsd879ccm6fea98c"},
      {"I",
       U"\u043F\u043E\u0447\u0435\u043C\u0443\u0436\u0435\u043E\u043D\u0438\u043D\u0435\u0433\u043E"
       U"\u0432\u043E\u0440\u044F\u0442\u043F\u043E\u0440\u0443\u0441\u0441\u043A\u0438",
       "b1abfaaepdrnnbgefbadotcwatmq2g4l"},
      {"J", U"Porqu\u00E9nopuedensimplementehablarenEspa\u00F1ol",
       "PorqunopuedensimplementehablarenEspaol-fmd56a"},
      {"K", U"T\u1EA1isaoh\u1ECDkh\u00F4ngth\u1EC3ch\u1EC9n\u00F3iti\u1EBFngVi\u1EC7t",
       "TisaohkhngthchnitingVit-kjcr8268qyxafd2f1b9g"},
      {"L", U"3\u5E74B\u7D44\u91D1\u516B\u5148\u751F", "3B-ww4c5e180e575a65lsy2b"},
      {"M", U"\u5B89\u5BA4\u5948\u7F8E\u6075-with-SUPER-MONKEYS",
       "-with-SUPER-MONKEYS-pc58ag80a8qai00g7n9n"},
      {"N", U"Hello-Another-Way-\u305D\u308C\u305E\u308C\u306E\u5834\u6240",
       "Hello-Another-Way--fc4qua05auwb3674vfr0b"},
      {"O", U"\u3072\u3068\u3064\u5C4B\u6839\u306E\u4E0B2", "2-u9tlzr9756bt3uc0v"},
      {"P", U"Maji\u3067Koi\u3059\u308B5\u79D2\u524D", "MajiKoi5-783gue6qz075azm5e"},
      {"Q", U"\u30D1\u30D5\u30A3\u30FCde\u30EB\u30F3\u30D0", "de-jg4avhby1noc0d"},
      {"R", U"\u305D\u306E\u30B9\u30D4\u30FC\u30C9\u3067", "d9juau41awczczp"},
      {"S", U"-> $1.00 <-", "-> $1.00 <--"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.sample);
    const auto label = decode_punycode(row.encoded);
    ASSERT_TRUE(label);
    EXPECT_TRUE(*label == row.label);
    EXPECT_EQ(encode_punycode(row.label), row.encoded);
  }
}

TEST(Punycode, ReachesTheFirstAndTheLastCodePoint) {
  const struct {
    char32_t point;
    std::string encoded;
  } rows[] = {{0x80, "a"},      {0x9F, "5a"},     {0xD7FF, "hb9b"},
              {0xE000, "0y0c"}, {0xFFFF, "1n7c"}, {0x10FFFF, "dn32g"}};
  for (const auto& row : rows) {
    SCOPED_TRACE(row.encoded);
    EXPECT_TRUE(decode_punycode(row.encoded) == std::u32string(1, row.point));
    EXPECT_EQ(encode_punycode(std::u32string(1, row.point)), row.encoded);
  }
}

TEST(Punycode, RefusesWhatNothingEncodesTo) {
  const struct {
    std::string_view name, encoded;
  } rows[] = {{"a number without its end", "0"},
              {"the same behind letters", "bcher-kv"},
              {"U+110000", "en32g"},
              {"the first surrogate", "ib9b"},
              {"the last surrogate", "zy0c"},
              {"a number of 2^32", "l0902716a"},
              {"a number of 2^64 + 3, which is 3 in 64 bits", "tp124498107776961m"},
              {"a number that never ends", "99999999999999999999999999999999999999999999999999"},
              {"a hyphen among the digits", "-kva"},
              {"an upper-case digit", "bcher-KVA"},
              {"an octet that is no digit", "bcher-k_a"},
              {"an octet that is not ASCII", "b\xfc-kva"}};
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_FALSE(decode_punycode(row.encoded));
  }
}

TEST(Punycode, HasOneEncodingOfEachLabel) {
  // Every string of up to four digits and delimiters: what decodes encodes back to itself.
  constexpr std::string_view kOctets = "abyz09-";
  std::size_t decoded = 0;
  for (std::size_t number = 0; number < 7 * 7 * 7 * 7; ++number) {
    std::string text;
    for (std::size_t rest = number; text.size() < 4; rest /= 7) text += kOctets[rest % 7];
    const auto label = decode_punycode(text);
    if (!label) continue;
    ++decoded;
    EXPECT_EQ(encode_punycode(*label), text);
  }
  EXPECT_GT(decoded, 500U);
}

}  // namespace
}  // namespace ca
