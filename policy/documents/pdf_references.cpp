#include "policy/documents/pdf_references.h"

#include <algorithm>
#include <array>
#include <string>

#include "policy/documents/octet_reader.h"

namespace policy {
namespace {

using namespace std::string_view_literals;

constexpr std::int64_t kMostObjects = 100'000;
constexpr std::size_t kMostSections = 64;

constexpr std::string_view kNoSection = "lacks its table of objects where it says it is";
constexpr std::string_view kDamaged = "has a damaged table of objects";

bool take_line_end(PdfCursor& cursor) {
  const std::string_view rest = cursor.rest();
  const std::size_t size = rest.starts_with("\r\n"sv) ? 2 : rest.starts_with('\n') ? 1 : 0;
  cursor.go_to(cursor.position() + size);
  return size > 0;
}

bool is_inside(std::int64_t at, std::string_view file) {
  return at >= 0 && static_cast<std::uint64_t>(at) < file.size();
}

/// 7.5.4: `nnnnnnnnnn ggggg n` and two characters that end the line.
std::optional<PdfPlace> table_entry(std::string_view line) {
  PdfCursor cursor(line, 0);
  const auto at = cursor.number();
  if (!at || cursor.position() != 10 || line[10] != ' ') return std::nullopt;
  cursor.go_to(11);
  const auto generation = cursor.number();
  if (!generation || cursor.position() != 16 || line[16] != ' ') return std::nullopt;
  const bool ends =
      line.substr(18) == "\r\n"sv || line.substr(18) == " \n"sv || line.substr(18) == " \r"sv;
  if (!ends || (line[17] != 'n' && line[17] != 'f')) return std::nullopt;
  const auto kind = line[17] == 'n' ? PdfPlace::Kind::at_offset : PdfPlace::Kind::free;
  return PdfPlace{kind, *at, *generation};
}

}  // namespace

std::optional<PdfObjectHead> take_object_head(PdfCursor& cursor) {
  const std::size_t begin = cursor.position();
  const auto space = [&] {
    const std::size_t before = cursor.position();
    while (is_pdf_space(cursor.peek()) && !cursor.at_end()) cursor.go_to(cursor.position() + 1);
    return cursor.position() > before;
  };
  const auto number = cursor.number();
  if (number && space()) {
    const auto generation = cursor.number();
    if (generation && space() && cursor.take_word("obj"))
      return PdfObjectHead{*number, *generation};
  }
  cursor.go_to(begin);
  return std::nullopt;
}

std::expected<std::string_view, std::string_view> take_stream(PdfCursor& cursor,
                                                              std::string_view file,
                                                              std::int64_t length) {
  if (!cursor.take_word("stream") || !take_line_end(cursor))
    return std::unexpected("has a stream that does not begin"sv);
  const std::size_t begin = cursor.position();
  if (length < 0 || static_cast<std::uint64_t>(length) > file.size() - begin)
    return std::unexpected("has a stream that is longer than the file"sv);
  const auto size = static_cast<std::size_t>(length);
  cursor.go_to(begin + size);
  if (cursor.peek() == '\r') cursor.go_to(cursor.position() + 1);
  if (cursor.peek() == '\n') cursor.go_to(cursor.position() + 1);
  if (!cursor.take_word("endstream"))
    return std::unexpected("has a stream that does not end where it says"sv);
  return file.substr(begin, size);
}

std::expected<PdfReferences, std::string_view> PdfReferences::read(std::string_view file,
                                                                   std::int64_t start,
                                                                   PdfInflater& inflater) {
  PdfReferences references;
  references.next_section_ = start;
  while (const auto at = references.next_section_) {
    references.next_section_.reset();
    if (const Fault fault = references.section(file, *at, inflater); !fault.empty())
      return std::unexpected(fault);
  }
  if (references.root_ < 0) return std::unexpected("does not say where its catalog is"sv);
  return references;
}

PdfPlace PdfReferences::place(std::int64_t number) const {
  if (number < 0 || static_cast<std::uint64_t>(number) >= places_.size()) return {};
  return places_[static_cast<std::size_t>(number)];
}

PdfReferences::Fault PdfReferences::section(std::string_view file,
                                            std::int64_t at,
                                            PdfInflater& inflater) {
  if (!is_inside(at, file)) return kNoSection;
  if (std::ranges::find(seen_, at) != seen_.end() || seen_.size() == kMostSections)
    return "has tables of objects that lead in a circle";
  seen_.push_back(at);
  PdfCursor cursor(file, static_cast<std::size_t>(at));
  return cursor.take_word("xref") ? table(file, cursor, inflater) : stream(file, cursor, inflater);
}

PdfReferences::Fault PdfReferences::table(std::string_view file,
                                          PdfCursor& cursor,
                                          PdfInflater& inflater) {
  constexpr std::size_t kEntry = 20;
  while (cursor.skip_space() && !cursor.take_word("trailer")) {
    const auto first = cursor.number();
    if (!first || cursor.peek() != ' ') return kDamaged;
    cursor.go_to(cursor.position() + 1);
    const auto count = cursor.number();
    if (!count || *count > kMostObjects) return kDamaged;
    while (cursor.peek() == ' ') cursor.go_to(cursor.position() + 1);
    if (!take_line_end(cursor) && cursor.peek() == '\r') cursor.go_to(cursor.position() + 1);
    for (std::int64_t i = 0; i < *count; ++i) {
      if (cursor.rest().size() < kEntry) return kDamaged;
      const auto entry = table_entry(cursor.rest().substr(0, kEntry));
      if (!entry) return kDamaged;
      if (const Fault fault = note(*first + i, *entry); !fault.empty()) return fault;
      cursor.go_to(cursor.position() + kEntry);
    }
  }
  const auto dictionary = cursor.value();
  if (!dictionary) return cursor.fault();
  if (dictionary->kind != PdfValue::Kind::dictionary) return kDamaged;
  // 7.5.8.4: what the stream beside a table says counts before older sections.
  if (const auto beside = pdf_integer(*dictionary, "XRefStm")) {
    if (const Fault fault = section(file, *beside, inflater); !fault.empty()) return fault;
    next_section_.reset();
  }
  return trailer(*dictionary);
}

PdfReferences::Fault PdfReferences::stream(std::string_view file,
                                           PdfCursor& cursor,
                                           PdfInflater& inflater) {
  if (!take_object_head(cursor)) return kNoSection;
  const auto dictionary = cursor.value();
  if (!dictionary) return cursor.fault();
  if (!pdf_is_name(*dictionary, "Type", "XRef")) return kNoSection;
  const auto length = pdf_integer(*dictionary, "Length");
  if (!length || !cursor.skip_space()) return kDamaged;
  const auto packed = take_stream(cursor, file, *length);
  if (!packed) return packed.error();
  const auto octets = inflater.decode(*dictionary, *packed);
  if (!octets) return octets.error();
  if (const Fault fault = entries(*dictionary, *octets); !fault.empty()) return fault;
  return trailer(*dictionary);
}

/// 7.5.8.2 and 7.5.8.3: three columns of up to eight octets each, in runs of object numbers.
PdfReferences::Fault PdfReferences::entries(const PdfValue& dictionary, std::string_view octets) {
  const auto widths = pdf_entry(dictionary, "W");
  const auto size = pdf_integer(dictionary, "Size");
  if (!widths || widths->kind != PdfValue::Kind::array || !size) return kDamaged;
  std::array<std::size_t, 3> width{};
  PdfCursor cursor(widths->text, 1);
  for (std::size_t& one : width) {
    const auto value = cursor.value();
    if (!value || value->kind != PdfValue::Kind::integer || value->number < 0 || value->number > 8)
      return kDamaged;
    one = static_cast<std::size_t>(value->number);
  }
  const std::string whole = "[0 " + std::to_string(*size) + "]";
  const auto index = pdf_entry(dictionary, "Index");
  PdfCursor runs(index ? index->text : std::string_view(whole), 1);
  OctetReader reader(octets);
  const auto column = [&](std::size_t which) {
    std::uint64_t value = 0;
    for (const char c : reader.take(width[which]))
      value = value << 8U | static_cast<std::uint8_t>(c);
    return static_cast<std::int64_t>(value);
  };
  while (runs.skip_space() && runs.peek() != ']') {
    const auto first = runs.value();
    const auto count = runs.value();
    if (!first || !count || first->kind != PdfValue::Kind::integer ||
        count->kind != PdfValue::Kind::integer || count->number < 0 || count->number > kMostObjects)
      return kDamaged;
    for (std::int64_t i = 0; i < count->number; ++i) {
      const std::int64_t kind = width[0] == 0 ? 1 : column(0);
      const PdfPlace place{kind == 0   ? PdfPlace::Kind::free
                           : kind == 1 ? PdfPlace::Kind::at_offset
                                       : PdfPlace::Kind::in_stream,
                           column(1), column(2)};
      if (reader.failed() || kind < 0 || kind > 2) return kDamaged;
      if (const Fault fault = note(first->number + i, place); !fault.empty()) return fault;
    }
  }
  return reader.at_end() ? Fault{} : kDamaged;
}

PdfReferences::Fault PdfReferences::trailer(const PdfValue& dictionary) {
  if (root_ < 0) {
    const auto root = pdf_entry(dictionary, "Root");
    if (root && root->kind == PdfValue::Kind::reference) root_ = root->number;
  }
  next_section_ = pdf_integer(dictionary, "Prev");
  return {};
}

PdfReferences::Fault PdfReferences::note(std::int64_t number, const PdfPlace& place) {
  if (number < 0 || number >= kMostObjects) return "has more objects than any letter needs";
  const auto at = static_cast<std::size_t>(number);
  if (at >= places_.size()) places_.resize(at + 1);
  if (places_[at].kind == PdfPlace::Kind::unknown) places_[at] = place;
  return {};
}

}  // namespace policy
