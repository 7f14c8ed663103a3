#include "policy/documents/exif_orientation.h"

#include <cstddef>
#include <cstdint>

#include "policy/documents/octet_reader.h"

namespace policy {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kExif = "Exif\0\0"sv;
constexpr std::uint16_t kOrientation = 0x0112;
constexpr std::uint16_t kShort = 3;

/// TIFF 6.0: the octet order is the file's own choice.
class Tiff {
 public:
  explicit Tiff(std::string_view bytes) : bytes_(bytes), big_(bytes.starts_with("MM"sv)) {}

  [[nodiscard]] unsigned orientation() const {
    OctetReader head(bytes_);
    head.take(2);
    if (number16(head) != 42) return 1;
    const std::uint32_t first = number32(head);
    if (head.failed() || first > bytes_.size()) return 1;
    OctetReader entries(bytes_.substr(first));
    const unsigned count = number16(entries);
    for (unsigned i = 0; i < count && !entries.failed(); ++i) {
      const std::uint16_t tag = number16(entries);
      const std::uint16_t type = number16(entries);
      const std::uint32_t values = number32(entries);
      const std::uint16_t value = number16(entries);
      entries.take(2);
      if (tag != kOrientation || entries.failed()) continue;
      return type == kShort && values == 1 && value >= 2 && value <= 8 ? value : 1;
    }
    return 1;
  }

 private:
  [[nodiscard]] std::uint16_t number16(OctetReader& reader) const {
    return big_ ? reader.big16() : reader.little16();
  }
  [[nodiscard]] std::uint32_t number32(OctetReader& reader) const {
    return big_ ? reader.big32() : reader.little32();
  }

  std::string_view bytes_;
  bool big_;
};

}  // namespace

unsigned exif_orientation(std::string_view app1) {
  if (!app1.starts_with(kExif)) return 1;
  app1.remove_prefix(kExif.size());
  if (!app1.starts_with("MM"sv) && !app1.starts_with("II"sv)) return 1;
  return Tiff(app1).orientation();
}

std::string orientation_segment(unsigned orientation) {
  constexpr std::string_view kBefore =
      "\xFF\xE1\x00\x22"            // APP1, 34 octets with this length
      "Exif\0\0"                    //
      "MM\x00\x2A\x00\x00\x00\x08"  // TIFF, big endian; the directory follows
      "\x00\x01"                    // one entry:
      "\x01\x12\x00\x03\x00\x00\x00\x01\x00"sv;
  constexpr std::string_view kAfter =
      "\x00\x00\x00\x00\x00\x00"sv;  // fill, and no further directory
  return std::string(kBefore) + static_cast<char>(orientation) + std::string(kAfter);
}

}  // namespace policy
