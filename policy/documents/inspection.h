// Reading a document from its first octet to its last. A signature is not enough: what a reviewer
// opens later must be one document of one format and nothing beside it.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "policy/documents/format.h"

namespace policy {

/// What a document is after reading. `bytes` is what is kept: pictures lose what does not belong to
/// the picture (places, cameras, comments, thumbnails, colour profiles) and keep only how they are
/// to be turned. Inspecting `bytes` again gives the same again.
struct InspectedDocument {
  std::string bytes;
  std::uint32_t width = 0;  // in pixels; of pictures
  std::uint32_t height = 0;
  std::uint32_t pages = 1;
};

/// The error is the end of a sentence: "ends in the middle of a chunk".
using Inspection = std::expected<InspectedDocument, std::string>;

/// Walks the whole structure. Nothing is decoded into pixels, and what is allocated is bounded by a
/// few times the size of `bytes` and, for PDF, kMostInflated.
Inspection inspect_document(DocumentFormat format, std::string_view bytes);

Inspection inspect_jpeg(std::string_view bytes);  // ITU-T T.81 Annex B
Inspection inspect_png(std::string_view bytes);   // ISO/IEC 15948
Inspection inspect_gif(std::string_view bytes);   // GIF 87a and 89a
Inspection inspect_pdf(std::string_view bytes);   // ISO 32000-1

/// More pixels would be a bomb for whoever opens the picture: A4 at 600 dots per inch has 35
/// million.
inline constexpr std::uint64_t kMostPixels = 50'000'000;
inline constexpr std::uint32_t kMostPages = 100;
/// Of all compressed cross-reference and object streams of one PDF together.
inline constexpr std::size_t kMostInflated = std::size_t{4} << 20;

/// Whether the last octets could be read as the end of a ZIP archive (and so of a JAR or an Office
/// file), which readers look for from the end of a file.
bool ends_like_an_archive(std::string_view bytes);

}  // namespace policy
