#include "policy/documents/format.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>

namespace policy {
namespace {

using namespace std::string_view_literals;

// In the order of the enumerators.
constexpr std::array kFormats{
    FormatFacts{DocumentFormat::jpeg, "image/jpeg", "jpg"},
    FormatFacts{DocumentFormat::png, "image/png", "png"},
    FormatFacts{DocumentFormat::gif, "image/gif", "gif"},
    FormatFacts{DocumentFormat::pdf, "application/pdf", "pdf"},
};

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

std::span<const FormatFacts> document_formats() {
  return kFormats;
}

const FormatFacts& facts_of(DocumentFormat format) {
  return kFormats.at(static_cast<std::size_t>(format));
}

std::optional<DocumentFormat> format_of_media_type(std::string_view media_type) {
  std::string_view essence = media_type.substr(0, media_type.find(';'));
  while (essence.ends_with(' ') || essence.ends_with('\t')) essence.remove_suffix(1);
  std::string name(essence);
  std::ranges::transform(name, name.begin(), lower);
  if (name == "image/jpg") return DocumentFormat::jpeg;
  const auto* const found = std::ranges::find(kFormats, name, &FormatFacts::media_type);
  if (found == kFormats.end()) return std::nullopt;
  return found->format;
}

std::optional<DocumentFormat> format_by_signature(std::string_view bytes) {
  if (bytes.starts_with("\xFF\xD8\xFF"sv)) return DocumentFormat::jpeg;
  if (bytes.starts_with("\x89PNG\r\n\x1A\n"sv)) return DocumentFormat::png;
  if (bytes.starts_with("GIF87a"sv) || bytes.starts_with("GIF89a"sv)) return DocumentFormat::gif;
  if (bytes.starts_with("%PDF-"sv)) return DocumentFormat::pdf;
  return std::nullopt;
}

}  // namespace policy
