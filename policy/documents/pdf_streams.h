// The compressed streams of a PDF that hold structure: cross references and objects (ISO 32000-1,
// 7.4.4, 7.5.7, 7.5.8).
#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>

#include "policy/documents/pdf_values.h"

namespace policy {

/// Takes streams apart, all of one document within one budget of octets.
class PdfInflater {
 public:
  explicit PdfInflater(std::size_t budget) : left_(budget) {}

  /// The octets behind the filters of a stream with this dictionary: none, or FlateDecode with or
  /// without a predictor. The error is the end of a sentence.
  std::expected<std::string, std::string_view> decode(const PdfValue& dictionary,
                                                      std::string_view stream);

 private:
  std::expected<std::string, std::string_view> inflate(std::string_view stream);

  std::size_t left_;
};

}  // namespace policy
