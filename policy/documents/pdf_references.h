// Where the objects of a PDF are: its cross-reference tables and streams (ISO 32000-1, 7.5.4,
// 7.5.5, 7.5.8).
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string_view>
#include <vector>

#include "policy/documents/pdf_streams.h"
#include "policy/documents/pdf_values.h"

namespace policy {

/// Where one object is.
struct PdfPlace {
  enum class Kind : std::uint8_t { unknown, free, at_offset, in_stream };
  Kind kind = Kind::unknown;
  std::int64_t at = 0;      // the octet at which it begins, or the number of its object stream
  std::int64_t detail = 0;  // its generation, or its index in the stream
};

/// The head of an object: `12 0 obj`.
struct PdfObjectHead {
  std::int64_t number = 0;
  std::int64_t generation = 0;
};
/// Takes the head that stands at the cursor, or nothing and stays.
std::optional<PdfObjectHead> take_object_head(PdfCursor& cursor);

/// The octets of a stream, if the keyword `stream` stands at the cursor; moves behind `endstream`.
/// `length` is what the dictionary says. The error is the end of a sentence.
std::expected<std::string_view, std::string_view> take_stream(PdfCursor& cursor,
                                                              std::string_view file,
                                                              std::int64_t length);

/// All cross-reference sections together, the newest first.
class PdfReferences {
 public:
  /// Follows the chain of sections from `start`. The error is the end of a sentence.
  static std::expected<PdfReferences, std::string_view> read(std::string_view file,
                                                             std::int64_t start,
                                                             PdfInflater& inflater);

  /// Of an object that no section names, unknown.
  [[nodiscard]] PdfPlace place(std::int64_t number) const;
  [[nodiscard]] const std::vector<PdfPlace>& places() const { return places_; }
  /// The object number of the catalog.
  [[nodiscard]] std::int64_t root() const { return root_; }

 private:
  using Fault = std::string_view;  // empty if there is none

  Fault section(std::string_view file, std::int64_t at, PdfInflater& inflater);
  Fault table(std::string_view file, PdfCursor& cursor, PdfInflater& inflater);
  Fault stream(std::string_view file, PdfCursor& cursor, PdfInflater& inflater);
  Fault entries(const PdfValue& dictionary, std::string_view octets);
  Fault trailer(const PdfValue& dictionary);
  Fault note(std::int64_t number, const PdfPlace& place);

  std::vector<PdfPlace> places_;
  std::vector<std::int64_t> seen_;            // where the sections begin
  std::optional<std::int64_t> next_section_;  // which to read next
  std::int64_t root_ = -1;
};

}  // namespace policy
