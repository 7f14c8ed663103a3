// JPEG (ITU-T T.81 Annex B): segments from SOI to EOI, with entropy-coded data behind each SOS.
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "policy/documents/exif_orientation.h"
#include "policy/documents/inspection.h"
#include "policy/documents/octet_reader.h"

namespace policy {
namespace {

using namespace std::string_view_literals;

// Table B.1.
constexpr unsigned kSof0 = 0xC0, kSof1 = 0xC1, kSof2 = 0xC2;
constexpr unsigned kDht = 0xC4;
constexpr unsigned kRst0 = 0xD0, kRst7 = 0xD7;
constexpr unsigned kEoi = 0xD9, kSos = 0xDA, kDqt = 0xDB, kDri = 0xDD;
constexpr unsigned kApp0 = 0xE0, kApp1 = 0xE1, kApp14 = 0xEE, kApp15 = 0xEF;
constexpr unsigned kCom = 0xFE;

constexpr unsigned kMostScans = 128;  // progressive pictures have about ten

using Fault = std::optional<std::string>;

std::string octet_text(unsigned value) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  return {kDigits[value >> 4U & 0x0FU], kDigits[value & 0x0FU]};
}

/// One walk over the segments of one picture.
class Walk {
 public:
  explicit Walk(std::string_view bytes) : reader_(bytes) { out_.reserve(bytes.size() + 64); }

  Inspection run() {
    reader_.take(2);
    out_ = "\xFF\xD8"sv;
    while (!ended_) {
      if (Fault fault = segment()) return std::unexpected(*std::move(fault));
    }
    if (!reader_.at_end()) return std::unexpected("goes on behind its end marker");
    if (components_ == 0) return std::unexpected("lacks its picture");
    for (unsigned i = 0; i < components_; ++i) {
      if (!seen_[i]) return std::unexpected("lacks some of its colours");
    }
    return InspectedDocument{.bytes = std::move(out_), .width = width_, .height = height_};
  }

 private:
  Fault segment() {
    const std::size_t begin = reader_.position();
    if (reader_.octet() != 0xFF || reader_.failed()) {
      return reader_.failed() ? "ends without its end marker"
                              : "has no marker at octet " + std::to_string(begin);
    }
    unsigned marker = reader_.octet();
    while (marker == 0xFF) marker = reader_.octet();  // B.1.1.2: fill octets
    if (marker == kEoi) {
      ended_ = true;
      out_ += "\xFF\xD9"sv;
      return std::nullopt;
    }
    const std::size_t length = reader_.big16();
    const std::string_view body = reader_.take(length < 2 ? reader_.left() + 1 : length - 2);
    if (reader_.failed()) return "ends in the middle of a segment";
    return take(marker, body);
  }

  Fault take(unsigned marker, std::string_view body) {
    switch (marker) {
      case kSof0:
      case kSof1:
      case kSof2:
        return frame(marker, body);
      case kDht:
        return huffman_tables(body);
      case kDqt:
        return quantization_tables(body);
      case kDri:
        if (body.size() != 2) return "has a restart interval of the wrong size";
        restarts_ = body != "\0\0"sv;
        return keep(marker, body);
      case kSos:
        return scan(body);
      case kApp0:
      case kApp1:
      case kApp14:
        return application(marker, body);
      default:
        break;
    }
    if (marker == kCom || (marker > kApp0 && marker <= kApp15)) return std::nullopt;
    return "has a segment " + octet_text(marker) + " that pictures of this kind do not have";
  }

  /// Keeps what says how the picture looks: that it is JFIF, Adobe's colour transform, and how to
  /// turn it.
  Fault application(unsigned marker, std::string_view body) {
    if (marker == kApp0 && body.starts_with("JFIF\0"sv) && body.size() >= 14 && !has_jfif_) {
      has_jfif_ = true;
      return keep(marker, std::string(body.substr(0, 12)) + std::string(2, '\0'));  // no thumbnail
    }
    if (marker == kApp14 && body.starts_with("Adobe"sv) && body.size() == 12)
      return keep(marker, body);
    if (marker == kApp1 && !has_orientation_) {
      const unsigned orientation = exif_orientation(body);
      has_orientation_ = orientation != 1;
      if (has_orientation_) out_ += orientation_segment(orientation);
    }
    return std::nullopt;
  }

  Fault frame(unsigned marker, std::string_view body) {
    if (components_ != 0) return "has a second picture";
    OctetReader reader(body);
    const unsigned precision = reader.octet();
    height_ = reader.big16();
    width_ = reader.big16();
    const unsigned count = reader.octet();
    if (precision != 8 && (precision != 12 || marker == kSof0))
      return "has colours of " + std::to_string(precision) + " bits, expected 8";
    if (width_ == 0 || height_ == 0 || std::uint64_t{width_} * height_ > kMostPixels)
      return "says it has " + std::to_string(width_) + " by " + std::to_string(height_) +
             " pixels, expected 1 to " + std::to_string(kMostPixels) + " in all";
    if (count != 1 && count != 3 && count != 4) return "has a number of colours that means nothing";
    for (unsigned i = 0; i < count; ++i) {
      ids_[i] = reader.octet();
      const unsigned sampling = reader.octet();
      const unsigned table = reader.octet();
      const bool fits = sampling >> 4U >= 1 && sampling >> 4U <= 4 && (sampling & 0x0FU) >= 1 &&
                        (sampling & 0x0FU) <= 4 && table <= 3;
      if (!fits && !reader.failed()) return "has colours that mean nothing";
      for (unsigned before = 0; before < i; ++before) {
        if (ids_[before] == ids_[i]) return "has one colour twice";
      }
    }
    if (reader.failed() || !reader.at_end()) return "has a frame header of the wrong size";
    components_ = count;
    progressive_ = marker == kSof2;
    return keep(marker, body);
  }

  Fault quantization_tables(std::string_view body) {
    OctetReader reader(body);
    while (!reader.at_end() && !reader.failed()) {
      const unsigned head = reader.octet();
      if (head >> 4U > 1 || (head & 0x0FU) > 3) return "has a table that means nothing";
      reader.take(head >> 4U == 0 ? 64 : 128);
    }
    if (reader.failed() || body.empty()) return "has a table of the wrong size";
    has_quantization_ = true;
    return keep(kDqt, body);
  }

  Fault huffman_tables(std::string_view body) {
    OctetReader reader(body);
    while (!reader.at_end() && !reader.failed()) {
      const unsigned head = reader.octet();
      if (head >> 4U > 1 || (head & 0x0FU) > 3) return "has a table that means nothing";
      std::size_t codes = 0;
      std::size_t room = 1;  // C.2: how many codes of this length are free
      for (int length = 1; length <= 16; ++length) {
        const std::size_t count = reader.octet();
        room *= 2;
        if (count > room) return "has a table that means nothing";
        room -= count;
        codes += count;
      }
      if (codes > 256) return "has a table that means nothing";
      reader.take(codes);
    }
    if (reader.failed() || body.empty()) return "has a table of the wrong size";
    has_huffman_ = true;
    return keep(kDht, body);
  }

  Fault scan(std::string_view body) {
    if (components_ == 0 || !has_quantization_ || !has_huffman_)
      return "has picture data before what explains it";
    if (++scans_ > kMostScans) return "has more than " + std::to_string(kMostScans) + " scans";
    OctetReader reader(body);
    const unsigned count = reader.octet();
    if (count < 1 || count > components_) return "has a scan of the wrong size";
    for (unsigned i = 0; i < count; ++i) {
      const unsigned id = reader.octet();
      const unsigned tables = reader.octet();
      if (tables >> 4U > 3 || (tables & 0x0FU) > 3) return "has a scan that means nothing";
      unsigned which = 0;
      while (which < components_ && ids_[which] != id) ++which;
      if (which == components_) return "has a scan of a colour that it does not have";
      seen_[which] = true;
    }
    const unsigned first = reader.octet();
    const unsigned last = reader.octet();
    const unsigned bits = reader.octet();
    if (reader.failed() || !reader.at_end()) return "has a scan of the wrong size";
    const bool fits = progressive_
                          ? first <= last && last <= 63 && bits >> 4U <= 13 && (bits & 0x0FU) <= 13
                          : first == 0 && last == 63 && bits == 0;
    if (!fits) return "has a scan that means nothing";
    keep(kSos, body);
    return entropy_coded();
  }

  /// B.1.1.5: up to the next marker; FF is followed by a zero, or begins a restart marker.
  Fault entropy_coded() {
    const std::string_view rest = reader_.rest();
    std::size_t at = 0;
    while (true) {
      at = rest.find('\xFF', at);
      if (at == std::string_view::npos || at + 1 == rest.size())
        return "ends in the middle of its picture";
      const unsigned next = static_cast<std::uint8_t>(rest[at + 1]);
      const bool restarts = next >= kRst0 && next <= kRst7;
      if (restarts && !restarts_) return "restarts where it says it does not";
      if (next != 0 && !restarts) break;
      at += 2;
    }
    if (at == 0) return "has a scan without data";
    out_ += reader_.take(at);
    return std::nullopt;
  }

  Fault keep(unsigned marker, std::string_view body) {
    const std::size_t length = body.size() + 2;
    out_ += '\xFF';
    out_ += static_cast<char>(marker);
    out_ += static_cast<char>(length >> 8U);
    out_ += static_cast<char>(length & 0xFFU);
    out_ += body;
    return std::nullopt;
  }

  OctetReader reader_;
  std::string out_;
  std::uint32_t width_ = 0, height_ = 0;
  unsigned components_ = 0, scans_ = 0;
  std::array<unsigned, 4> ids_{};
  std::array<bool, 4> seen_{};
  bool progressive_ = false, restarts_ = false;
  bool has_quantization_ = false, has_huffman_ = false;
  bool has_jfif_ = false, has_orientation_ = false;
  bool ended_ = false;
};

}  // namespace

Inspection inspect_jpeg(std::string_view bytes) {
  if (format_by_signature(bytes) != DocumentFormat::jpeg)
    return std::unexpected("does not begin like a JPEG picture");
  return Walk(bytes).run();
}

}  // namespace policy
