// Formats of documents that people send in. A format is what the first octets say it is, never what
// a name or a header field says.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "policy/products/vocabulary.h"

namespace policy {

struct FormatFacts {
  DocumentFormat format;
  std::string_view media_type;  // "image/jpeg"
  std::string_view extension;   // "jpg"
};

/// Every format, in the order of the enumerators.
std::span<const FormatFacts> document_formats();
const FormatFacts& facts_of(DocumentFormat format);
/// `media_type` without parameters, in any case; "image/jpg" is taken for "image/jpeg".
std::optional<DocumentFormat> format_of_media_type(std::string_view media_type);

/// The format whose signature stands at the very beginning of `bytes`, or nothing.
std::optional<DocumentFormat> format_by_signature(std::string_view bytes);

}  // namespace policy
