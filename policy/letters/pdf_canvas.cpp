#include "policy/letters/pdf_canvas.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>

#include "ca/crypto/encoding.h"

namespace policy {
namespace {

// Adobe's metrics of Helvetica from space to tilde, in thousandths of the size.
constexpr std::array<unsigned, 95> kHelvetica{
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333,  278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667,  611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278,  556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500,  500, 334, 260, 334, 584,
};
constexpr unsigned kAccented = 556;  // of the upper half of Latin-1, near enough to break lines
constexpr unsigned kFullWidth = 1000;
constexpr std::uint32_t kReplacement = 0xFFFD;

/// The first character of `text`, which loses it. Anything but UTF-8 becomes U+FFFD.
std::uint32_t take_character(std::string_view& text) {
  const auto lead = static_cast<std::uint8_t>(text.front());
  text.remove_prefix(1);
  if (lead < 0x80) return lead;
  const std::size_t more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC0 ? 1 : 0;
  if (more == 0 || text.size() < more) return kReplacement;
  std::uint32_t character = lead & (0x3FU >> more);
  for (const char c : text.substr(0, more)) {
    character = character << 6U | (static_cast<std::uint8_t>(c) & 0x3FU);
  }
  text.remove_prefix(more);
  return character;
}

bool is_latin(std::uint32_t character) {
  return (character >= 0x20 && character < 0x7F) || (character >= 0xA0 && character <= 0xFF);
}

unsigned width_of_character(std::uint32_t character) {
  if (character >= 0x20 && character < 0x7F) return kHelvetica.at(character - 0x20);
  return is_latin(character) ? kAccented : kFullWidth;
}

/// Two decimals, always with a point, whatever the locale says.
std::string number(double value) {
  const auto hundredths = static_cast<long>(value * 100 + (value < 0 ? -0.5 : 0.5));
  std::array<char, 32> buffer{};
  const long whole = hundredths / 100;
  const long rest = hundredths % 100;
  const int size =
      std::snprintf(buffer.data(), buffer.size(), "%s%ld.%02ld",
                    hundredths < 0 && whole == 0 ? "-" : "", whole, rest < 0 ? -rest : rest);
  return {buffer.data(), static_cast<std::size_t>(size)};
}

std::string numbers(std::initializer_list<double> values) {
  std::string out;
  for (const double value : values) out += number(value) + " ";
  return out;
}

/// 9.7.5.2: two octets for each unit of UTF-16.
void append_utf16(std::string& out, std::uint32_t character) {
  const auto unit = [&](std::uint32_t value) {
    out += static_cast<char>(value >> 8U);
    out += static_cast<char>(value & 0xFFU);
  };
  if (character < 0x10000) {
    unit(character);
  } else {
    unit(0xD800 + ((character - 0x10000) >> 10U));
    unit(0xDC00 + ((character - 0x10000) & 0x3FFU));
  }
}

/// One run in one typeface, as the operators that show it.
std::string shown(const std::string& run, bool latin, PdfCanvas::Weight weight, double size) {
  if (run.empty()) return "";
  const bool bold = weight == PdfCanvas::Weight::bold;
  const std::string font = latin ? (bold ? "/Latin-Bold " : "/Latin ") : "/Chinese ";
  return font + number(size) + " Tf <" + ca::hex(run) + "> Tj ";
}

std::string object(std::size_t number, const std::string& value) {
  return std::to_string(number) + " 0 obj\n" + value + "\nendobj\n";
}

/// 7.9.2.2: text of the information dictionary.
std::string text_string(std::string_view utf8) {
  std::string out = "\xFE\xFF";
  while (!utf8.empty()) append_utf16(out, take_character(utf8));
  return "<" + ca::hex(out) + ">";
}

// The objects before the pages.
enum Object : std::size_t {
  kCatalog = 1,
  kPages,
  kInformation,
  kLatin,
  kLatinBold,
  kChinese,
  kCidFont,
  kDescriptor,
  kFirstPage
};

}  // namespace

void PdfCanvas::text(double x, double y, double size, std::string_view utf8, Weight weight) {
  std::string& page = pages_.back();
  page += "BT " + numbers({x, y}) + "Td ";
  std::string run;
  bool latin = true;
  while (!utf8.empty()) {
    const std::uint32_t character = take_character(utf8);
    if (is_latin(character) != latin) {
      page += shown(run, latin, weight, size);
      run.clear();
      latin = !latin;
    }
    if (latin) {
      run += static_cast<char>(character);
    } else {
      append_utf16(run, character);
    }
  }
  page += shown(run, latin, weight, size) + "ET\n";
}

void PdfCanvas::line(double x1, double y1, double x2, double y2) {
  pages_.back() += "0.5 w " + numbers({x1, y1}) + "m " + numbers({x2, y2}) + "l S\n";
}

void PdfCanvas::bar(double x, double y, double width, double height) {
  pages_.back() += numbers({x, y, width, height}) + "re f\n";
}

void PdfCanvas::frame(double x, double y, double width, double height) {
  pages_.back() += "0.5 w " + numbers({x, y, width, height}) + "re S\n";
}

double PdfCanvas::width_of(std::string_view utf8, double size) {
  double thousandths = 0;
  while (!utf8.empty()) thousandths += width_of_character(take_character(utf8));
  return thousandths * size / 1000;
}

std::vector<std::string> PdfCanvas::broken(std::string_view utf8, double size, double width) {
  std::vector<std::string> lines;
  std::string line;
  double used = 0;
  std::optional<std::size_t> space;  // where the line could end
  while (!utf8.empty()) {
    const std::string_view before = utf8;
    const std::uint32_t character = take_character(utf8);
    const std::string_view octets = before.substr(0, before.size() - utf8.size());
    const double wide = width_of_character(character) * size / 1000;
    if (used + wide > width && !line.empty()) {
      std::string rest;
      if (is_latin(character) && character != ' ' && space) {
        rest = line.substr(*space + 1);
        line.resize(*space);
      }
      lines.push_back(std::move(line));
      line = std::move(rest);
      used = width_of(line, size);
      space.reset();
    }
    if (character == ' ' && line.empty() && !lines.empty()) continue;
    if (character == ' ') space = line.size();
    line += octets;
    used += wide;
  }
  lines.push_back(std::move(line));
  return lines;
}

std::string PdfCanvas::document(std::string_view title) const {
  std::string out = "%PDF-1.5\n%\xE2\xE3\xCF\xD3\n";
  std::vector<std::size_t> offsets;
  const auto add = [&](const std::string& value) {
    offsets.push_back(out.size());
    out += object(offsets.size(), value);
  };
  std::string kids;
  for (std::size_t i = 0; i < pages_.size(); ++i) {
    kids += (i == 0 ? "" : " ") + std::to_string(kFirstPage + 2 * i) + " 0 R";
  }
  add("<</Type/Catalog/Pages 2 0 R>>");
  add("<</Type/Pages/Kids[" + kids + "]/Count " + std::to_string(pages_.size()) + ">>");
  add("<</Title " + text_string(title) + "/Producer(Chancery)>>");
  add("<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>");
  add("<</Type/Font/Subtype/Type1/BaseFont/Helvetica-Bold/Encoding/WinAnsiEncoding>>");
  add("<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UTF16-H"
      "/DescendantFonts[7 0 R]>>");
  add("<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/FontDescriptor 8 0 R/DW 1000"
      "/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 4>>>>");
  add("<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/FontBBox[-25 -254 1000 880]"
      "/ItalicAngle 0/Ascent 880/Descent -120/CapHeight 880/StemV 93>>");
  for (std::size_t i = 0; i < pages_.size(); ++i) {
    add("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents " +
        std::to_string(kFirstPage + 2 * i + 1) +
        " 0 R/Resources<</Font<</Latin 4 0 R/Latin-Bold 5 0 R/Chinese 6 0 R>>>>>>");
    add("<</Length " + std::to_string(pages_[i].size()) + ">>\nstream\n" + pages_[i] +
        "\nendstream");
  }
  const std::string count = std::to_string(offsets.size() + 1);
  const std::size_t start = out.size();
  out += "xref\n0 " + count + "\n0000000000 65535 f \n";
  for (const std::size_t offset : offsets) {
    const std::string digits = std::to_string(offset);
    out += std::string(10 - digits.size(), '0') + digits + " 00000 n \n";
  }
  return out + "trailer\n<</Size " + count + "/Root 1 0 R/Info 3 0 R>>\nstartxref\n" +
         std::to_string(start) + "\n%%EOF\n";
}

}  // namespace policy
