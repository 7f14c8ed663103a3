#include <gtest/gtest.h>

#include "policy/documents/exif_orientation.h"
#include "policy/documents/inspection.h"
#include "tests/support/documents.h"

namespace policy {
namespace {

using namespace std::string_literals;
using tests::gif_picture;
using tests::jpeg_picture;
using tests::jpeg_segment;
using tests::png_chunk;
using tests::png_picture;

std::string fault(DocumentFormat format, const std::string& bytes) {
  const Inspection inspection = inspect_document(format, bytes);
  return inspection ? "" : inspection.error();
}

/// `bytes` with `more` put in before the last `from_end` octets.
std::string with(const std::string& bytes, std::size_t from_end, const std::string& more) {
  return bytes.substr(0, bytes.size() - from_end) + more + bytes.substr(bytes.size() - from_end);
}

struct Sample {
  DocumentFormat format;
  std::string bytes;
};

std::vector<Sample> samples() {
  return {{DocumentFormat::jpeg, jpeg_picture(900)},
          {DocumentFormat::png, png_picture(900)},
          {DocumentFormat::gif, gif_picture(900)},
          {DocumentFormat::pdf, tests::pdf_document(900)}};
}

TEST(Documents, OfEveryFormatAreKeptAsTheyAre) {
  for (const Sample& sample : samples()) {
    SCOPED_TRACE(text_of(sample.format));
    EXPECT_EQ(sample.bytes.size(), 900U);
    EXPECT_EQ(format_by_signature(sample.bytes), sample.format);
    const Inspection inspection = inspect_document(sample.format, sample.bytes);
    ASSERT_TRUE(inspection) << inspection.error();
    EXPECT_EQ(inspection->bytes, sample.bytes);
    EXPECT_EQ(inspection->pages, 1U);
  }
}

// T-I1: cut off anywhere, continued with anything, or called something else.
TEST(Documents, AreRefusedWhenCutAnywhere) {
  for (const Sample& sample : samples()) {
    SCOPED_TRACE(text_of(sample.format));
    for (std::size_t size = 0; size < sample.bytes.size(); ++size) {
      // The last line end of a PDF may be missing.
      if (sample.format == DocumentFormat::pdf && size + 1 == sample.bytes.size()) continue;
      EXPECT_NE(fault(sample.format, sample.bytes.substr(0, size)), "") << size;
    }
  }
}

TEST(Documents, AreRefusedWithAnythingBehindTheEnd) {
  const std::vector<std::string> tails = {
      "\0"s,
      "x",
      "<html><script>alert(1)</script></html>",
      "PK\x03\x04 an archive PK\x05\x06" + std::string(18, '\0'),
      "%PDF-1.4\n",
      png_picture(),
      jpeg_picture(),
      gif_picture(),
      tests::pdf_document(),
  };
  for (const Sample& sample : samples()) {
    for (const std::string& tail : tails) {
      SCOPED_TRACE(std::string(text_of(sample.format)) + " " + tail.substr(0, 8));
      EXPECT_NE(fault(sample.format, sample.bytes + tail), "");
      EXPECT_NE(fault(sample.format, tail + sample.bytes), "");
    }
  }
}

TEST(Documents, AreRefusedUnderTheNameOfAnotherFormat) {
  for (const Sample& sample : samples()) {
    for (const FormatFacts& facts : document_formats()) {
      if (facts.format == sample.format) continue;
      EXPECT_NE(fault(facts.format, sample.bytes), "");
    }
  }
}

TEST(Documents, ThatEndLikeArchivesAreRefused) {
  const std::string end = "PK\x05\x06" + std::string(18, '\0');
  const std::string hidden = with(png_picture(), 12, png_chunk("teXt", end));
  EXPECT_EQ(fault(DocumentFormat::png, hidden), "ends like a ZIP archive");
  EXPECT_FALSE(ends_like_an_archive(end + std::string(70'000, 'x')));
}

// T-I6 (EXIF): where and with what a picture was taken does not reach a reviewer's disk.
TEST(Pictures, LoseWhatDoesNotBelongToThem) {
  const std::string secret = "52.5163 N 13.3777 E <script>";
  const std::string png =
      with(png_picture(), 12, png_chunk("tEXt", secret) + png_chunk("eXIf", secret));
  EXPECT_EQ(inspect_png(png)->bytes, png_picture());
  std::string jpeg = jpeg_picture();
  jpeg.insert(2, jpeg_segment(0xFE, secret) + jpeg_segment(0xE1, "Exif\0\0"s + secret) +
                     jpeg_segment(0xE2, "ICC_PROFILE\0"s + secret) + jpeg_segment(0xED, secret));
  EXPECT_EQ(inspect_jpeg(jpeg)->bytes, jpeg_picture());
  const std::string comment = "!\xFE\x05hello\0"s;
  const std::string application = "!\xFF\x0BNETSCAPE2.0\x03\x01\0\0\0"s;
  EXPECT_EQ(inspect_gif(with(gif_picture(), 1, comment + application))->bytes, gif_picture());
}

// A photo of a sealed letter must not lie on its side.
TEST(Pictures, KeepHowTheyAreToBeTurned) {
  for (unsigned orientation = 2; orientation <= 8; ++orientation) {
    const std::string little = "Exif\0\0II\x2A\0\x08\0\0\0\x02\0"s +
                               "\x0F\x01\x02\0\x04\0\0\0Cam\0"s + "\x12\x01\x03\0\x01\0\0\0"s +
                               static_cast<char>(orientation) + "\0\0\0"s + "\0\0\0\0"s;
    EXPECT_EQ(exif_orientation(little), orientation);
    std::string jpeg = jpeg_picture();
    jpeg.insert(2, jpeg_segment(0xE1, little));
    const Inspection inspection = inspect_jpeg(jpeg);
    ASSERT_TRUE(inspection) << inspection.error();
    const std::string kept = orientation_segment(orientation);
    EXPECT_EQ(exif_orientation(std::string_view(kept).substr(4)), orientation);
    EXPECT_EQ(inspection->bytes.substr(2, kept.size()), kept);
    EXPECT_EQ(inspect_jpeg(inspection->bytes)->bytes, inspection->bytes);
  }
}

TEST(Pictures, SayNothingAboutTurningInNotesThatCannotBeRead) {
  const std::string_view notes[] = {"", "Exif", "Exif\0\0", "Exif\0\0MM",
                                    "Exif\0\0MM\0\x2A\xFF\xFF\xFF\xFF"};
  for (const std::string_view text : notes) EXPECT_EQ(exif_orientation(text), 1U);
}

TEST(Png, EveryChangedBitIsSeen) {
  const std::string right = png_picture();
  for (std::size_t i = 0; i < right.size() * 8; ++i) {
    std::string wrong = right;
    wrong[i / 8] = static_cast<char>(wrong[i / 8] ^ (1 << (i % 8)));
    EXPECT_NE(fault(DocumentFormat::png, wrong), "") << i;
  }
}

std::string png_of(const std::string& chunks) {
  return std::string(tests::kPngSignature) + chunks;
}

TEST(Png, ChunksThatDoNotFitAreRefused) {
  const std::string header = tests::png_header(1, 1);
  const std::string data = png_chunk("IDAT", "\x78\x9C\x63\x60\x00\x00\x00\x02\x00\x01"s);
  const std::string end = png_chunk("IEND", "");
  ASSERT_EQ(fault(DocumentFormat::png, png_of(header + data + end)), "");
  const std::string wrong[] = {
      data + end,                                                 // no header
      header + end,                                               // no picture
      header + header + data + end,                               // two headers
      header + data + png_chunk("gAMA", "\0\0\0\1"s) + end,       // behind the picture
      header + data + png_chunk("tIME", "1234567") + data + end,  // the picture in two places
      header + png_chunk("PLTE", "abc") + data + end,             // a palette for grey
      header + png_chunk("tRNS", std::string(300, 'x')) + data + end,
      header + png_chunk("ABCD", "critical") + data + end,
      header + png_chunk("tE\1t", "x") + data + end,
      header + data + png_chunk("IEND", "x"),
      header + png_chunk("IDAT", "not zlib") + end,
      header + png_chunk("IDAT", "") + end,
      png_chunk("IHDR", tests::big32(1) + tests::big32(1) + "\x08\x02\0\0"s) + data + end,
      png_chunk("IHDR", tests::big32(1) + tests::big32(1) + "\x03\x00\0\0\0"s) + data + end,
      png_chunk("IHDR", tests::big32(1) + tests::big32(1) + "\x08\x00\0\0\2"s) + data + end,
      png_chunk("IHDR", tests::big32(0) + tests::big32(1) + "\x08\x00\0\0\0"s) + data + end,
      png_chunk("IHDR", tests::big32(1) + tests::big32(1) + "\x08\x03\0\0\0"s) + data + end,
  };
  for (const std::string& chunks : wrong) EXPECT_NE(fault(DocumentFormat::png, png_of(chunks)), "");
}

// T-I3: neither a picture of 900 million pixels nor one that promises more than its octets can
// hold.
TEST(Pictures, ThatAreBombsAreRefused) {
  const std::string data = png_chunk("IDAT", "\x78\x9C"s + std::string(40'000, '\0'));
  const std::string end = png_chunk("IEND", "");
  EXPECT_NE(fault(DocumentFormat::png, png_of(tests::png_header(30'000, 30'000) + data + end)), "");
  EXPECT_EQ(fault(DocumentFormat::png, png_of(tests::png_header(5'000, 8'000) + data + end)), "");
  EXPECT_EQ(fault(DocumentFormat::png, png_of(tests::png_header(6'000, 8'000) + data + end)),
            "has less data than its size needs");
  std::string jpeg = jpeg_picture();
  const std::size_t frame = jpeg.find("\xFF\xC0"s);
  jpeg.replace(frame + 5, 4, "\xFF\xFF\xFF\xFF"s);
  EXPECT_NE(fault(DocumentFormat::jpeg, jpeg), "");
  std::string gif = gif_picture();
  gif.replace(6, 4, "\xFF\xFF\xFF\xFF"s);
  EXPECT_NE(fault(DocumentFormat::gif, gif), "");
}

TEST(Jpeg, SegmentsThatDoNotFitAreRefused) {
  const std::string right = jpeg_picture();
  const auto at_start = [&](const std::string& more) { return std::string(right).insert(2, more); };
  const std::string frame = jpeg_segment(0xC0, "\x08\0\x08\0\x08\x01\x01\x11\0"s);
  const std::string wrong[] = {
      at_start("x"),                                                  // no marker
      at_start(frame),                                                // two frames
      at_start("\xFF\xD8"s),                                          // a picture in it
      at_start(jpeg_segment(0xC3, "lossless")),                       //
      at_start(jpeg_segment(0xC9, "arithmetic")),                     //
      at_start(jpeg_segment(0xDB, "\0short"s)),                       //
      at_start(jpeg_segment(0xDB, "\x24"s + std::string(64, '\1'))),  //
      at_start(jpeg_segment(0xC4, "\0"s + std::string(16, '\xFF'))),  // more codes than there are
      at_start(jpeg_segment(0xDD, "123")),                            //
      at_start("\xFF\xFE\0\1"s),                                      // a length that is none
      with(right, 2, "\xFF\xD0\x2A"s),                                // restarts unannounced
      with(right, 2, "\xFF\xDC\0\4\0\x08"s),                          //
      right.substr(0, right.size() - 3) + "\xFF\xD9",                 // no data
      right.substr(0, 2) + "\xFF\xD9",                                //
      tests::jpeg_head() + "\x2A" + jpeg_segment(0xDA, "\x01\x07\0\0\x3F\0"s) + "\x2A\xFF\xD9",
  };
  for (const std::string& bytes : wrong) EXPECT_NE(fault(DocumentFormat::jpeg, bytes), "");
}

TEST(Jpeg, FillAndStuffedOctetsAndAnnouncedRestartsAreTaken) {
  std::string right = jpeg_picture();
  right.insert(2, "\xFF\xFF"s);
  EXPECT_EQ(inspect_jpeg(right)->bytes, jpeg_picture());
  EXPECT_EQ(fault(DocumentFormat::jpeg, with(jpeg_picture(), 2, "\xFF\0\x2A"s)), "");
  const std::string restarts = std::string(jpeg_picture()).insert(2, jpeg_segment(0xDD, "\0\1"s));
  EXPECT_EQ(fault(DocumentFormat::jpeg, with(restarts, 2, "\xFF\xD0\x2A\xFF\xD1\x2A"s)), "");
}

TEST(Gif, BlocksThatDoNotFitAreRefused) {
  const std::string right = gif_picture();
  const std::string image = right.substr(19, right.size() - 20);
  std::string outside = right;
  outside[20] = 1;  // the picture begins one pixel to the right of the left edge
  std::string no_pixels = right;
  no_pixels[24] = 0;
  std::string code = right;
  code[29] = 12;
  const std::string wrong[] = {
      with(right, 1, image),              // moves
      with(right, 1, "!\x01\x01x\0"s),    // text
      with(right, 1, "!\xF9\x03xyz\0"s),  // a control block of three octets
      with(right, 1, "?"),                //
      right.substr(0, 19) + ";",          // no picture
      outside,
      no_pixels,
      code,
  };
  for (const std::string& bytes : wrong) EXPECT_NE(fault(DocumentFormat::gif, bytes), "");
}

TEST(Formats, AreNamedByMediaTypesInAnyCase) {
  EXPECT_EQ(format_of_media_type("image/JPEG"), DocumentFormat::jpeg);
  EXPECT_EQ(format_of_media_type("image/jpg"), DocumentFormat::jpeg);
  EXPECT_EQ(format_of_media_type("application/pdf ; x=y"), DocumentFormat::pdf);
  EXPECT_EQ(format_of_media_type("image/svg+xml"), std::nullopt);
}

}  // namespace
}  // namespace policy
