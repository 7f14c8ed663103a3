// GIF 87a and 89a: a screen, then blocks up to the trailer.
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "policy/documents/inspection.h"
#include "policy/documents/octet_reader.h"

namespace policy {
namespace {

constexpr unsigned kExtension = 0x21;
constexpr unsigned kImage = 0x2C;
constexpr unsigned kTrailer = 0x3B;
constexpr unsigned kPlainText = 0x01;
constexpr unsigned kGraphicControl = 0xF9;

using Fault = std::optional<std::string>;

/// Octets of the colour table that the flags announce (18.c.iv, 20.c.ix).
std::size_t table_octets(unsigned flags) {
  return (flags & 0x80U) != 0 ? std::size_t{3} << ((flags & 0x07U) + 1U) : 0;
}

/// One walk over the blocks of one picture.
class Walk {
 public:
  explicit Walk(std::string_view bytes) : bytes_(bytes), reader_(bytes) {
    out_.reserve(bytes.size());
  }

  Inspection run() {
    if (Fault fault = screen()) return std::unexpected(*std::move(fault));
    while (true) {
      const std::size_t begin = reader_.position();
      const unsigned kind = reader_.octet();
      if (reader_.failed()) return std::unexpected("ends without its trailer");
      if (kind == kTrailer) break;
      Fault fault;
      if (kind == kImage) {
        fault = image(begin);
      } else if (kind == kExtension) {
        fault = extension(begin);
      } else {
        fault = "has a block at octet " + std::to_string(begin) + " that the format does not have";
      }
      if (fault) return std::unexpected(*std::move(fault));
    }
    if (!reader_.at_end()) return std::unexpected("goes on behind its trailer");
    if (!has_image_) return std::unexpected("lacks its picture");
    out_ += static_cast<char>(kTrailer);
    return InspectedDocument{.bytes = std::move(out_), .width = width_, .height = height_};
  }

 private:
  Fault screen() {
    reader_.take(6);
    width_ = reader_.little16();
    height_ = reader_.little16();
    const unsigned flags = reader_.octet();
    reader_.take(2);
    reader_.take(table_octets(flags));
    if (reader_.failed()) return "ends in the middle of its header";
    if (width_ == 0 || height_ == 0 || std::uint64_t{width_} * height_ > kMostPixels)
      return "says it has " + std::to_string(width_) + " by " + std::to_string(height_) +
             " pixels, expected 1 to " + std::to_string(kMostPixels) + " in all";
    out_ = bytes_.substr(0, reader_.position());
    return std::nullopt;
  }

  Fault image(std::size_t begin) {
    // A second picture could show the reviewer something else than the first.
    if (std::exchange(has_image_, true)) return "moves, expected one still picture";
    const std::uint32_t left = reader_.little16();
    const std::uint32_t top = reader_.little16();
    const std::uint32_t width = reader_.little16();
    const std::uint32_t height = reader_.little16();
    const unsigned flags = reader_.octet();
    reader_.take(table_octets(flags));
    const unsigned code_size = reader_.octet();
    if (!reader_.failed() &&
        (width == 0 || height == 0 || left + width > width_ || top + height > height_))
      return "has a picture that reaches over its edges";
    if (!reader_.failed() && (code_size < 2 || code_size > 8))
      return "has a code size of " + std::to_string(code_size) + ", expected 2 to 8";
    if (data_blocks() == 0 && !reader_.failed()) return "lacks its picture";
    return keep_from(begin);
  }

  Fault extension(std::size_t begin) {
    const unsigned label = reader_.octet();
    const std::size_t data = data_blocks();
    if (label == kPlainText) return "has text beside its picture";
    if (label == kGraphicControl && data == 4) return keep_from(begin);
    if (label == kGraphicControl && !reader_.failed())
      return "has a control block of the wrong size";
    if (reader_.failed()) return "ends in the middle of a block";
    return std::nullopt;  // comments and what applications add are left out
  }

  /// Skips sub-blocks up to the empty one (15). Returns the octets in them.
  std::size_t data_blocks() {
    std::size_t octets = 0;
    while (const std::size_t size = reader_.octet()) octets += reader_.take(size).size();
    return octets;
  }

  Fault keep_from(std::size_t begin) {
    if (reader_.failed()) return "ends in the middle of a block";
    out_ += bytes_.substr(begin, reader_.position() - begin);
    return std::nullopt;
  }

  std::string_view bytes_;
  OctetReader reader_;
  std::string out_;
  std::uint32_t width_ = 0, height_ = 0;
  bool has_image_ = false;
};

}  // namespace

Inspection inspect_gif(std::string_view bytes) {
  if (format_by_signature(bytes) != DocumentFormat::gif)
    return std::unexpected("does not begin like a GIF picture");
  return Walk(bytes).run();
}

}  // namespace policy
