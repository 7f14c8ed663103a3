#include <gtest/gtest.h>

#include "policy/documents/inspection.h"
#include "policy/documents/pdf_values.h"
#include "tests/support/documents.h"

namespace policy {
namespace {

using namespace std::string_literals;
using tests::packed;
using tests::pdf_objects;
using tests::pdf_of;
using tests::pdf_stream;

constexpr std::string_view kActive =
    "holds a script, an action, an attachment, a form that is sent, or is encrypted";
constexpr std::string_view kOpens = "does something by itself when it is opened";

std::string fault(const std::string& bytes) {
  const Inspection inspection = inspect_document(DocumentFormat::pdf, bytes);
  return inspection ? "" : inspection.error();
}

// T-I1
TEST(Pdf, ThatActsByItselfIsRefused) {
  const std::string catalogs[] = {
      "/Names<</JavaScript 5 0 R>>",
      "/AA<</WC 5 0 R>>",
      "/Names<</EmbeddedFiles 5 0 R>>",
      "/Collection<<>>",
      "/AcroForm<</XFA 5 0 R>>",
      "/X[[[<</S/Launch>>]]]",
      "/X<</S/JavaScript/JS(app.alert\\(1\\))>>",
      "/X<</S/SubmitForm>>",
      "/X<</S/ImportData>>",
      "/X<</S/GoToR/F(other.pdf)>>",
      "/X<</S/GoToE>>",
      "/X<</S/Rendition>>",
      "/X<</Subtype/FileAttachment>>",
      "/X<</Subtype/RichMedia>>",
      "/X<</Subtype/Movie>>",
      "/X<</Subtype/Sound>>",
      "/X<</Subtype/3D>>",
      "/X<</Type/EmbeddedFile>>",
  };
  for (const std::string& catalog : catalogs)
    EXPECT_EQ(fault(pdf_of(pdf_objects(catalog))), kActive) << catalog;
  EXPECT_EQ(fault(pdf_of(pdf_objects(), "/Encrypt 5 0 R")), kActive);
  EXPECT_EQ(fault(pdf_of(pdf_objects({}, "/Annots[<</A<</S/JavaScript>>>>]"))), kActive);
}

TEST(Pdf, MayOpenAtAPageAndDoNothingElse) {
  EXPECT_EQ(fault(pdf_of(pdf_objects("/OpenAction[3 0 R/XYZ null null 0]"))), "");
  EXPECT_EQ(fault(pdf_of(pdf_objects("/OpenAction<</S/GoTo/D[3 0 R/Fit]>>"))), "");
  EXPECT_EQ(fault(pdf_of(pdf_objects("/OpenAction<</S/GoTo/Next 5 0 R>>"))), kOpens);
  EXPECT_EQ(fault(pdf_of(pdf_objects("/OpenAction<</S/Named>>"))), kOpens);
  EXPECT_EQ(fault(pdf_of(pdf_objects("/OpenAction(x)"))), kOpens);
  EXPECT_EQ(fault(pdf_of(pdf_objects("/X<</OpenAction[]>>"))), kOpens);
  auto objects = pdf_objects("/OpenAction 5 0 R");
  EXPECT_EQ(fault(pdf_of(objects)), kOpens);  // there is no such object
  objects.emplace_back("<</S/GoTo/D[3 0 R/Fit]>>");
  EXPECT_EQ(fault(pdf_of(objects)), "");
  objects.back() = "<</S/URI/URI(http://ca.test)>>";
  EXPECT_EQ(fault(pdf_of(objects)), kOpens);
}

TEST(Pdf, HidesNothingBehindEscapesInNames) {
  EXPECT_NE(fault(pdf_of(pdf_objects("/#4AS(x)"))), "");
  EXPECT_NE(fault(pdf_of(pdf_objects("/Java#53cript(x)"))), "");
  EXPECT_NE(fault(pdf_of(pdf_objects("/Open#41ction(x)"))), "");
  EXPECT_NE(fault(pdf_of(pdf_objects("/X#"))), "");
  EXPECT_NE(fault(pdf_of(pdf_objects("/X#00"))), "");
  EXPECT_EQ(fault(pdf_of(pdf_objects("/Arial#2CBold(x)"))), "");
}

TEST(Pdf, HasNothingBetweenItsObjects) {
  const std::string right = pdf_of(pdf_objects());
  ASSERT_EQ(fault(right), "");
  const std::size_t middle = right.find("3 0 obj");
  for (const std::string& more :
       {"<html>"s, "PK\3\4"s, "\x89PNG"s, "% "s + std::string(300, 'x') + "\n"}) {
    // The table would point beside the objects behind; the text alone is what is at fault here.
    EXPECT_NE(fault(std::string(right).insert(middle, more)), "") << more;
    EXPECT_NE(fault(std::string(right).insert(right.find("xref\n0"), more)), "") << more;
  }
}

TEST(Pdf, IsWhereItsTableSays) {
  const std::string right = pdf_of(pdf_objects());
  const std::size_t entry = right.find("00000 n");
  for (const char digit : {'1', '9'}) {
    std::string wrong = right;
    wrong[entry - 2] = digit;
    if (wrong != right) EXPECT_NE(fault(wrong), "");
  }
  std::string circle = pdf_of(pdf_objects(), "/Prev " + std::to_string(right.find("xref\n0")));
  EXPECT_EQ(fault(circle), "has tables of objects that lead in a circle");
  EXPECT_NE(fault(pdf_of(pdf_objects(), "/Prev 99999")), "");
}

TEST(Pdf, StreamsEndWhereTheySay) {
  auto objects = pdf_objects();
  for (const std::string& length : {"4"s, "7"s, "99999"s, "-1"s, "(x)"s, "7 0 R"s}) {
    objects[3] = "<</Length " + length + ">>\nstream\n0 0 m\nendstream";
    EXPECT_NE(fault(pdf_of(objects)), "") << length;
  }
  objects[3] = "<</Length 5/F(other)>>\nstream\n0 0 m\nendstream";
  EXPECT_EQ(fault(pdf_of(objects)), "has a stream in another file");
  objects[3] = "<</Length 5 0 R>>\nstream\n0 0 m\nendstream";
  objects.emplace_back("5");
  EXPECT_EQ(fault(pdf_of(objects)), "");
}

/// A document whose catalog and page tree are packed into object stream 5; table 6 is a stream too.
std::string with_object_stream(const std::string& catalog, const std::string& extra = {}) {
  const std::string first = "<</Type/Catalog/Pages 2 0 R" + catalog + ">>";
  const std::string second = "<</Type/Pages/Kids[3 0 R]/Count 1>>";
  const std::string heads = "1 0 2 " + std::to_string(first.size() + 1) + " ";
  const std::string held = packed(heads + first + " " + second + extra);
  std::string out = "%PDF-1.5\n";
  std::vector<std::size_t> at(7);
  const auto add = [&](std::size_t number, const std::string& value) {
    at[number] = out.size();
    out += std::to_string(number) + " 0 obj " + value + " endobj\n";
  };
  add(3, "<</Type/Page/Parent 2 0 R>>");
  add(5, pdf_stream(held,
                    "/Type/ObjStm/N 2/Filter/FlateDecode/First " + std::to_string(heads.size())));
  at[6] = out.size();
  std::string rows;
  const auto row = [&](int kind, std::size_t place, int index) {
    rows += static_cast<char>(kind) + tests::big16(place) + static_cast<char>(index);
  };
  row(0, 0, 0);
  row(2, 5, 0);
  row(2, 5, 1);
  row(1, at[3], 0);
  row(0, 0, 0);
  row(1, at[5], 0);
  row(1, at[6], 0);
  add(6, pdf_stream(packed(rows), "/Type/XRef/W[1 2 1]/Size 7/Root 1 0 R/Filter[/FlateDecode]"));
  return out + "startxref\n" + std::to_string(at[6]) + "\n%%EOF";
}

TEST(Pdf, IsReadInsidePackedObjects) {
  EXPECT_EQ(fault(with_object_stream("")), "");
  EXPECT_EQ(fault(with_object_stream("/X<</S/JavaScript>>")), kActive);
  EXPECT_EQ(fault(with_object_stream("/OpenAction 9 0 R")), kOpens);
  EXPECT_EQ(fault(with_object_stream("", " <</S/Launch>>")), "has a damaged stream of objects");
}

// T-I3
TEST(Pdf, ThatUnpacksWithoutEndIsRefused) {
  EXPECT_EQ(fault(with_object_stream("", std::string(std::size_t{8} << 20, ' '))),
            "unpacks to more than any letter needs");
  EXPECT_EQ(fault(with_object_stream("", std::string(std::size_t{1} << 20, ' '))), "");
  EXPECT_NE(fault(pdf_of(pdf_objects("/X" + std::string(5'000, '[') + std::string(5'000, ']')))),
            "");
}

TEST(Pdf, ThatIsDamagedInItsTablesIsRefused) {
  const std::string right = with_object_stream("");
  // Turning any bit may be harmless (in a name, say), but is never more than a refusal.
  std::size_t refused = 0;
  for (std::size_t i = 0; i < right.size() * 8; ++i) {
    std::string wrong = right;
    wrong[i / 8] = static_cast<char>(wrong[i / 8] ^ (1 << (i % 8)));
    if (!fault(wrong).empty()) ++refused;
  }
  EXPECT_GT(refused, right.size() * 7);
}

TEST(Pdf, SaysHowManyPagesItHas) {
  auto objects = pdf_objects();
  for (const std::string& count : {"0"s, "101"s, "-1"s, "(1)"s}) {
    objects[1] = "<</Type/Pages/Kids[3 0 R]/Count " + count + ">>";
    EXPECT_EQ(fault(pdf_of(objects)), "does not say how many pages it has, expected 1 to 100");
  }
  objects[1] = "<</Type/Pages/Kids[3 0 R]/Count 100>>";
  EXPECT_EQ(inspect_pdf(pdf_of(objects))->pages, 100U);
}

TEST(Pdf, HasAKnownVersion) {
  for (const char* version : {"1.0", "1.7", "2.0"}) {
    EXPECT_EQ(fault(pdf_of(pdf_objects()).replace(5, 3, version)), "") << version;
  }
  for (const char* version : {"1.8", "2.1", "0.9", "x.y"}) {
    EXPECT_NE(fault(pdf_of(pdf_objects()).replace(5, 3, version)), "") << version;
  }
}

TEST(PdfValues, AreReadByTheGrammar) {
  using Kind = PdfValue::Kind;
  struct Row {
    std::string_view text;
    std::optional<Kind> kind;
  };
  const Row rows[] = {
      {"null", Kind::null},       {"true", Kind::boolean},
      {"nullx", std::nullopt},    {"-12", Kind::integer},
      {"+.5", Kind::real},        {"1.2.3", std::nullopt},
      {"12x", std::nullopt},      {"12 0 R", Kind::reference},
      {"12 0 Rx", Kind::integer}, {"(a(b)\\)c)", Kind::string},
      {"(a", std::nullopt},       {"(a\\", std::nullopt},
      {"<0a 1>", Kind::string},   {"<0g>", std::nullopt},
      {"/A", Kind::name},         {"[1 (x) /y]", Kind::array},
      {"[1", std::nullopt},       {"<</A 1>>", Kind::dictionary},
      {"<</A>>", std::nullopt},   {"<<1 2>>", std::nullopt},
      {"", std::nullopt},         {"99999999999999999999", std::nullopt},
  };
  for (const Row& row : rows) {
    const auto value = PdfCursor(row.text, 0).value();
    ASSERT_EQ(value.has_value(), row.kind.has_value()) << row.text;
    if (value) EXPECT_EQ(value->kind, *row.kind) << row.text;
  }
}

TEST(PdfValues, OfAKeyThatStandsTwiceTheLastCounts) {
  const auto dictionary = PdfCursor("<</A 1/B<</A 3>>/A 2>>", 0).value();
  EXPECT_EQ(pdf_integer(*dictionary, "A"), 2);
  EXPECT_EQ(pdf_integer(*dictionary, "C"), std::nullopt);
}

}  // namespace
}  // namespace policy
