// Documents made for tests: the smallest that are right, filled up to a size where that matters.
#pragma once

#include <zlib.h>

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tests {

inline std::string big16(std::size_t value) {
  return {static_cast<char>(value >> 8U), static_cast<char>(value)};
}
inline std::string big32(std::size_t value) {
  return big16(value >> 16U & 0xFFFFU) + big16(value & 0xFFFFU);
}

inline std::string png_chunk(const std::string& type, const std::string& data) {
  const std::string summed = type + data;
  const auto sum =
      ::crc32(0, reinterpret_cast<const Bytef*>(summed.data()), static_cast<uInt>(summed.size()));
  return big32(data.size()) + summed + big32(sum);
}

inline constexpr std::string_view kPngSignature = "\x89PNG\r\n\x1A\n";

inline std::string png_header(std::size_t width, std::size_t height) {
  return png_chunk("IHDR", big32(width) + big32(height) + std::string("\x08\0\0\0\0", 5));
}

/// One grey pixel. With `size`, exactly that many octets (57 at least).
inline std::string png_picture(std::size_t size = 0) {
  std::string data("\x78\x9C\x63\x60\x00\x00\x00\x02\x00\x01", 10);
  constexpr std::size_t kRest = 8 + 25 + 12 + 12;
  if (size > kRest + data.size()) data.resize(size - kRest, '\0');
  return std::string(kPngSignature) + png_header(1, 1) + png_chunk("IDAT", data) +
         png_chunk("IEND", "");
}

inline std::string jpeg_segment(unsigned marker, const std::string& body) {
  return std::string{'\xFF', static_cast<char>(marker)} + big16(body.size() + 2) + body;
}

/// The segments of a grey picture of eight by eight pixels up to its data.
inline std::string jpeg_head() {
  using namespace std::string_literals;
  const std::string table = "\0"s + std::string(64, '\x01');
  const std::string codes = "\x01"s + std::string(15, '\0') + "\0"s;
  return "\xFF\xD8"s + jpeg_segment(0xE0, "JFIF\0\x01\x01\0\0\x01\0\x01\0\0"s) +
         jpeg_segment(0xDB, table) + jpeg_segment(0xC0, "\x08\0\x08\0\x08\x01\x01\x11\0"s) +
         jpeg_segment(0xC4, "\0"s + codes + "\x10"s + codes) +
         jpeg_segment(0xDA, "\x01\x01\0\0\x3F\0"s);
}

/// A grey picture. With `size`, exactly that many octets.
inline std::string jpeg_picture(std::size_t size = 0) {
  std::string out = jpeg_head() + '\x2A';
  if (size > out.size() + 2) out.resize(size - 2, '\x2A');
  return out + "\xFF\xD9";
}

/// One pixel. With `size`, exactly that many octets (if a whole number of blocks can fill it).
inline std::string gif_picture(std::size_t size = 0) {
  using namespace std::string_literals;
  std::string out = "GIF89a\x01\0\x01\0\x80\0\0\xFF\xFF\xFF\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02"s;
  std::string block = "\x02\x4C\x01"s;
  std::string blocks = block;
  while (out.size() + blocks.size() + 2 < size) {
    const std::size_t left = size - out.size() - blocks.size() - 2;
    if (left == 1) throw std::invalid_argument("no block has one octet");
    std::size_t data = left > 256 ? 255 : left - 1;
    if (left == 257) data = 200;  // leave more than one octet for the last
    blocks += static_cast<char>(data) + std::string(data, '\0');
  }
  return out + blocks + "\0;"s;
}

/// Puts objects together, numbered from 1 on, with a table and a trailer. The first is the catalog.
inline std::string pdf_of(const std::vector<std::string>& objects,
                          const std::string& trailer_extra = {}) {
  std::string out = "%PDF-1.4\n%\xE2\xE3\xCF\xD3\n";
  std::string table = "0000000000 65535 f \n";
  for (std::size_t i = 0; i < objects.size(); ++i) {
    const std::string at = std::to_string(out.size());
    table += std::string(10 - at.size(), '0') + at + " 00000 n \n";
    out += std::to_string(i + 1) + " 0 obj\n" + objects[i] + "\nendobj\n";
  }
  const std::string count = std::to_string(objects.size() + 1);
  const std::string start = std::to_string(out.size());
  return out + "xref\n0 " + count + "\n" + table + "trailer\n<</Size " + count + "/Root 1 0 R" +
         trailer_extra + ">>\nstartxref\n" + start + "\n%%EOF\n";
}

inline std::string pdf_stream(const std::string& data, const std::string& entries = {}) {
  return "<</Length " + std::to_string(data.size()) + entries + ">>\nstream\n" + data +
         "\nendstream";
}

/// The objects of a document of one page; `catalog` and `page` are added to those dictionaries.
inline std::vector<std::string> pdf_objects(const std::string& catalog = {},
                                            const std::string& page = {},
                                            const std::string& content = "0 0 m") {
  return {"<</Type/Catalog/Pages 2 0 R" + catalog + ">>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
          "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R" + page + ">>",
          pdf_stream(content)};
}

/// One page. With `size`, exactly that many octets.
inline std::string pdf_document(std::size_t size = 0) {
  std::string out = pdf_of(pdf_objects());
  // The stream's length and the offsets grow by digits, so the size is approached.
  for (std::size_t fill = size; size > out.size() || out.size() > size;) {
    if (size == 0) break;
    out = pdf_of(pdf_objects({}, {}, std::string(fill, ' ')));
    if (out.size() == size) break;
    fill = fill + size - out.size();
  }
  return out;
}

/// zlib's packing of `data`.
inline std::string packed(const std::string& data) {
  uLongf size = compressBound(static_cast<uLong>(data.size()));
  std::string out(size, '\0');
  if (compress(reinterpret_cast<Bytef*>(out.data()), &size,
               reinterpret_cast<const Bytef*>(data.data()),
               static_cast<uLong>(data.size())) != Z_OK)
    throw std::runtime_error("compress failed");
  out.resize(size);
  return out;
}

}  // namespace tests
