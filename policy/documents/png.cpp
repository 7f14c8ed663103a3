// PNG (ISO/IEC 15948): a signature, then chunks of length, type, data and checksum.
#include <zlib.h>

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "policy/documents/inspection.h"
#include "policy/documents/octet_reader.h"

namespace policy {
namespace {

std::uint32_t checksum(std::string_view bytes) {
  const auto* const data = reinterpret_cast<const Bytef*>(bytes.data());
  return static_cast<std::uint32_t>(::crc32(0, data, static_cast<uInt>(bytes.size())));
}

enum class Part { header, palette, data, end, shown, dropped, unknown };

/// Chunks that say how the picture looks, with the size each must have (0: see palette).
struct Shown {
  std::string_view type;
  std::size_t least, most;
};
constexpr std::array kShown{Shown{"tRNS", 1, 256}, Shown{"gAMA", 4, 4}, Shown{"cHRM", 32, 32},
                            Shown{"sRGB", 1, 1}, Shown{"pHYs", 9, 9}};

const Shown* shown(std::string_view type) {
  for (const Shown& one : kShown) {
    if (one.type == type) return &one;
  }
  return nullptr;
}

Part part_of(std::string_view type) {
  if (type == "IHDR") return Part::header;
  if (type == "PLTE") return Part::palette;
  if (type == "IDAT") return Part::data;
  if (type == "IEND") return Part::end;
  if (shown(type) != nullptr) return Part::shown;
  const bool is_ancillary = (static_cast<unsigned char>(type.front()) & 0x20U) != 0;
  return is_ancillary ? Part::dropped : Part::unknown;
}

bool is_type(std::string_view type) {
  for (const char c : type) {
    if ((c < 'A' || c > 'Z') && (c < 'a' || c > 'z')) return false;
  }
  return true;
}

using Fault = std::optional<std::string>;

/// One walk over the chunks of one picture.
class Walk {
 public:
  explicit Walk(std::string_view bytes) : reader_(bytes) { out_.reserve(bytes.size()); }

  Inspection run() {
    out_ = reader_.take(8);
    while (!ended_) {
      if (Fault fault = chunk()) return std::unexpected(*std::move(fault));
    }
    if (!reader_.at_end()) return std::unexpected("goes on behind its end chunk");
    if (Fault fault = too_little_data()) return std::unexpected(*std::move(fault));
    return InspectedDocument{.bytes = std::move(out_), .width = width_, .height = height_};
  }

 private:
  Fault chunk() {
    const std::size_t begin = reader_.position();
    const std::string_view whole = reader_.rest();
    const std::uint32_t length = reader_.big32();
    const std::string_view type = reader_.take(4);
    const std::string_view data = reader_.take(length);
    const std::uint32_t sum = reader_.big32();
    if (reader_.failed()) return "ends in the middle of a chunk";
    if (!is_type(type)) return "has a chunk at octet " + std::to_string(begin) + " without a name";
    if (checksum(whole.substr(4, 4 + std::size_t{length})) != sum)
      return "has a wrong checksum in its chunk " + std::string(type);
    const Part part = part_of(type);
    if ((part == Part::header) != (begin == 8)) return "has its header in the wrong place";
    if (Fault fault = take(part, type, data)) return fault;
    if (part != Part::dropped) out_ += whole.substr(0, std::size_t{length} + 12);
    previous_ = part;
    return std::nullopt;
  }

  Fault take(Part part, std::string_view type, std::string_view data) {
    switch (part) {
      case Part::header:
        return header(data);
      case Part::palette:
        if (palette_ != 0 || data_ != 0 || data.empty() || data.size() % 3 != 0 ||
            data.size() > 768 || color_ == 0 || color_ == 4)
          return "has a palette that does not fit";
        palette_ = data.size() / 3;
        return std::nullopt;
      case Part::data:
        return picture_data(data);
      case Part::end:
        if (!data.empty() || data_ == 0) return "ends without a picture";
        ended_ = true;
        return std::nullopt;
      case Part::shown:
        if (data.size() < shown(type)->least || data.size() > shown(type)->most || data_ != 0)
          return "has a chunk " + std::string(type) + " that does not fit";
        return std::nullopt;
      case Part::dropped:
        return std::nullopt;
      case Part::unknown:
        break;
    }
    return "has a chunk " + std::string(type) + " that no reader knows";
  }

  Fault header(std::string_view data) {
    OctetReader reader(data);
    width_ = reader.big32();
    height_ = reader.big32();
    depth_ = reader.octet();
    color_ = reader.octet();
    const unsigned compression = reader.octet();
    const unsigned filter = reader.octet();
    const unsigned interlace = reader.octet();
    if (reader.failed() || !reader.at_end()) return "has a header of the wrong size";
    if (compression != 0 || filter != 0 || interlace > 1) return "has a header that means nothing";
    if (channels() == 0) return "has colours that the format does not have";
    if (width_ == 0 || height_ == 0 || std::uint64_t{width_} * height_ > kMostPixels)
      return "says it has " + std::to_string(width_) + " by " + std::to_string(height_) +
             " pixels, expected 1 to " + std::to_string(kMostPixels) + " in all";
    return std::nullopt;
  }

  Fault picture_data(std::string_view data) {
    if (data_ != 0 && previous_ != Part::data) return "has its picture in several places";
    if (color_ == 3 && palette_ == 0) return "lacks its palette";
    if (head_.size() < 2) head_ += data.substr(0, 2 - head_.size());
    data_ += data.size();
    return std::nullopt;
  }

  /// Table 11.1: which depths go with which colours. Zero if these do not.
  [[nodiscard]] unsigned channels() const {
    const bool whole = depth_ == 8 || depth_ == 16;
    const bool small = depth_ == 1 || depth_ == 2 || depth_ == 4 || depth_ == 8;
    if (color_ == 0) return small || whole ? 1 : 0;
    if (color_ == 2) return whole ? 3 : 0;
    if (color_ == 3) return small ? 1 : 0;
    if (color_ == 4) return whole ? 2 : 0;
    if (color_ == 6) return whole ? 4 : 0;
    return 0;
  }

  /// RFC 1950 §2.2 for the first two octets; deflate gains 1,032 to 1 at best, so fewer octets
  /// cannot hold the picture.
  [[nodiscard]] Fault too_little_data() const {
    constexpr std::uint64_t kBest = 1'032;
    if (head_.size() < 2) return "lacks its picture";
    const unsigned method = static_cast<std::uint8_t>(head_[0]);
    const unsigned flags = static_cast<std::uint8_t>(head_[1]);
    if ((method & 0x0FU) != 8 || method >> 4U > 7 || (method * 256 + flags) % 31 != 0 ||
        (flags & 0x20U) != 0)
      return "has a picture that is not compressed as the format says";
    const std::uint64_t row = (std::uint64_t{width_} * depth_ * channels() + 7) / 8;
    if (row * height_ / kBest > data_) return "has less data than its size needs";
    return std::nullopt;
  }

  OctetReader reader_;
  std::string out_;
  std::string head_;
  Part previous_ = Part::dropped;
  std::uint32_t width_ = 0, height_ = 0;
  unsigned depth_ = 0, color_ = 0;
  std::size_t palette_ = 0;
  std::uint64_t data_ = 0;
  bool ended_ = false;
};

}  // namespace

Inspection inspect_png(std::string_view bytes) {
  if (format_by_signature(bytes) != DocumentFormat::png)
    return std::unexpected("does not begin like a PNG picture");
  return Walk(bytes).run();
}

}  // namespace policy
