#include "policy/letters/letter.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "ca/crypto/encoding.h"
#include "policy/documents/inspection.h"
#include "policy/letters/code_128.h"
#include "policy/letters/pdf_canvas.h"
#include "policy/templates/template.h"
#include "tests/support/temp_dir.h"

namespace policy {
namespace {

using namespace std::string_literals;

LetterFacts example() {
  return {.application = "app_AZrGxw0Xk2mPq7Rt9vYzBA",
          .revision = 3,
          .product = "Example OV",
          .facts = {{"/organization/legalName", "深圳市示例科技有限公司"},
                    {"/organization/address/city", "München"},
                    {"/adminContact/name", "O'Neil (Chief)"},
                    {"/identifiers/0", "example.com"},
                    {"/identifiers/1", "www.example.com"}}};
}

bool shows_latin(const std::string& pdf, std::string_view text) {
  return pdf.contains("<" + ca::hex(text) + "> Tj");
}

// ALO-29 TCO-06 TGM-08
TEST(Letters, AreFilledInInTwoLanguages) {
  for (const char* letter : {"confirmation_letter", "application_form"}) {
    for (const char* language : {"en", "zh", "zh-CN", "fr"}) {
      SCOPED_TRACE(std::string(letter) + language);
      const auto pdf = fill_letter(letter, language, example());
      ASSERT_TRUE(pdf);
      const Inspection inspection = inspect_document(DocumentFormat::pdf, *pdf);
      ASSERT_TRUE(inspection) << inspection.error();
      EXPECT_TRUE(shows_latin(*pdf, "example.com"));
      EXPECT_TRUE(shows_latin(*pdf, "www.example.com"));
      EXPECT_TRUE(shows_latin(*pdf, "M\xFCnchen"));
      EXPECT_TRUE(shows_latin(*pdf, letter_code(letter, example()) + "   1"));
      EXPECT_TRUE(pdf->contains("<6df157335e02793a4f8b79d1628067099650516c53f8> Tj"));
      EXPECT_TRUE(pdf->contains("/UniGB-UTF16-H"));
      EXPECT_EQ(fill_letter(letter, language, example()), pdf);  // the same octets again
    }
  }
  EXPECT_TRUE(fill_letter("confirmation_letter", "zh", {})->contains("8bc14e667533"));
  EXPECT_FALSE(fill_letter("confirmation_letter", "en", {})->contains("8bc14e667533"));
}

TEST(Letters, OfUnknownNamesAreNotThere) {
  EXPECT_EQ(fill_letter("nothing", "en", example()), std::nullopt);
  EXPECT_EQ(fill_letter("mail_confirm_address", "en", example()), std::nullopt);
}

// What a reviewer compares with the bar code: anything that is filled in changes it.
TEST(Letters, BearACodeOfEverythingFilledIn) {
  const std::string code = letter_code("confirmation_letter", example());
  EXPECT_EQ(code.substr(0, 29), "app_AZrGxw0Xk2mPq7Rt9vYzBA/3/");
  EXPECT_EQ(code.size(), 41U);
  EXPECT_NE(letter_code("application_form", example()), code);
  LetterFacts other = example();
  other.facts[0].second += " ";
  EXPECT_NE(letter_code("confirmation_letter", other), code);
  other = example();
  other.product = "Example EV";
  EXPECT_NE(letter_code("confirmation_letter", other), code);
  EXPECT_EQ(letter_code("confirmation_letter", {}), "confirmation_letter");
}

TEST(Letters, GoOnOntoFurtherPages) {
  LetterFacts facts = example();
  for (int i = 2; i < 90; ++i) {
    facts.facts.emplace_back("/identifiers/" + std::to_string(i),
                             "n" + std::to_string(i) + ".example.com");
  }
  const auto pdf = fill_letter("confirmation_letter", "en", facts);
  EXPECT_EQ(inspect_pdf(*pdf)->pages, 4U);
  EXPECT_TRUE(shows_latin(*pdf, letter_code("confirmation_letter", facts) + "   4"));
}

TEST(Letters, SayNothingThatBreaksOutOfThePage) {
  LetterFacts facts = example();
  facts.facts[0].second = ") Tj ET /JavaScript <<>> endstream \x01 \xFF\xFE % \\";
  const auto pdf = fill_letter("confirmation_letter", "en", facts);
  const Inspection inspection = inspect_pdf(*pdf);
  ASSERT_TRUE(inspection) << inspection.error();
  EXPECT_FALSE(pdf->contains("JavaScript"));
}

// Another program reads the same, where one is installed.
TEST(Letters, AreReadByOtherPrograms) {
  if (std::system("command -v pdftotext >/dev/null 2>&1") != 0) GTEST_SKIP() << "no pdftotext";
  const tests::TempDir dir;
  std::ofstream(dir / "letter.pdf", std::ios::binary)
      << *fill_letter("confirmation_letter", "zh", example());
  const std::string command = "pdftotext -layout '" + (dir / "letter.pdf").string() + "' '" +
                              (dir / "letter.txt").string() + "' 2>&1";
  ASSERT_EQ(std::system(command.c_str()), 0);
  std::ifstream in(dir / "letter.txt");
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  EXPECT_TRUE(text.contains("example.com"));
  EXPECT_TRUE(text.contains("app_AZrGxw0Xk2mPq7Rt9vYzBA/3/"));
  if (text.contains("确认"))
    EXPECT_TRUE(text.contains("深圳市示例科技有限公司"));  // needs poppler-data
}

// ISO/IEC 15417 Annex A: start, symbols, check symbol, stop.
TEST(Code128, IsWhatTheStandardSays) {
  EXPECT_EQ(code_128("A"), "211214"s + "111323" + "131123" + "2331112");
  EXPECT_EQ(code_128(""), "211214"s + "222122" + "2331112");
  EXPECT_EQ(code_128("\x7F"), std::nullopt);
  EXPECT_EQ(code_128("é"), std::nullopt);
}

TEST(PdfCanvas, BreaksLinesAtSpacesAndBetweenChineseCharacters) {
  using Lines = std::vector<std::string>;
  EXPECT_EQ(PdfCanvas::broken("", 10, 100), Lines{""});
  EXPECT_EQ(PdfCanvas::broken("one two three", 10, 40), (Lines{"one two", "three"}));
  EXPECT_EQ(PdfCanvas::broken("证书申请", 10, 25), (Lines{"证书", "申请"}));
  EXPECT_EQ(PdfCanvas::broken("iiiiiiiiii", 10, 12), (Lines{"iiiii", "iiiii"}));
  for (const std::string& line : PdfCanvas::broken(std::string(500, 'W') + " a \xFF", 10, 100))
    EXPECT_LE(PdfCanvas::width_of(line, 10), 100);
}

TEST(Templates, AreThereInEveryLanguage) {
  for (const Template& one : templates()) {
    SCOPED_TRACE(one.name);
    EXPECT_EQ(template_text(one.name, one.language), one.text);
    EXPECT_NE(template_text(one.name, "en"), template_text(one.name, "zh"));
  }
  EXPECT_EQ(template_text("nothing", "en"), std::nullopt);
}

TEST(Templates, AreFilledInOnce) {
  const TemplateValues values = [](std::string_view name) -> std::optional<std::string> {
    if (name == "name") return "{{other}}";
    return std::nullopt;
  };
  EXPECT_EQ(filled("a {{name}} b", values), "a {{other}} b");
  EXPECT_THROW(filled("{{unknown}}", values), std::invalid_argument);
  EXPECT_THROW(filled("{{name", values), std::invalid_argument);
}

}  // namespace
}  // namespace policy
