// PDF (ISO 32000-1), read twice: along its table of objects, and from the first octet to the last.
// Both readings must agree, so that no program sees another document than the reviewer's.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "policy/documents/inspection.h"
#include "policy/documents/pdf_references.h"
#include "policy/documents/pdf_streams.h"
#include "policy/documents/pdf_values.h"

namespace policy {
namespace {

using namespace std::string_view_literals;
using Fault = std::string_view;  // empty if there is none

/// 7.5.2: the version, and the end of the line.
std::size_t header_octets(std::string_view bytes) {
  constexpr std::size_t kVersion = 8;  // `%PDF-1.7`
  if (bytes.size() < kVersion + 1) return 0;
  const std::string_view version = bytes.substr(5, 3);
  const bool known =
      version == "2.0" || (version.starts_with("1.") && version[2] >= '0' && version[2] <= '7');
  return known && is_pdf_space(bytes[kVersion]) ? kVersion : 0;
}

/// 7.5.5: the file ends with `startxref`, an offset, `%%EOF` and at most one end of a line. Where
/// the newest section begins, or nothing.
std::optional<std::int64_t> last_section(std::string_view bytes) {
  constexpr std::size_t kReach = 64;
  if (bytes.ends_with('\n')) bytes.remove_suffix(1);
  if (bytes.ends_with('\r')) bytes.remove_suffix(1);
  if (!bytes.ends_with("%%EOF"sv)) return std::nullopt;
  bytes.remove_suffix(5);
  const std::string_view tail = bytes.substr(bytes.size() - std::min(kReach, bytes.size()));
  const std::size_t word = tail.rfind("startxref"sv);
  if (word == std::string_view::npos) return std::nullopt;
  PdfCursor cursor(tail, word);
  if (!cursor.take_word("startxref") || !cursor.skip_space()) return std::nullopt;
  const auto at = cursor.number();
  if (!at || !cursor.skip_space() || !cursor.at_end()) return std::nullopt;
  return at;
}

/// One document, object by object.
class Walk {
 public:
  Walk(std::string_view file, PdfReferences references, PdfInflater& inflater)
      : file_(file), references_(std::move(references)), inflater_(inflater), cursor_(file, 0) {}

  Fault run(std::size_t header) {
    cursor_.go_to(header);
    while (true) {
      if (!cursor_.skip_space()) return cursor_.fault();
      if (cursor_.at_end()) break;
      if (const Fault fault = part(); !fault.empty()) return fault;
    }
    if (const Fault fault = agreement(); !fault.empty()) return fault;
    return opening();
  }

  /// 7.7.2 and 7.7.3: the catalog names the root of the pages, which says how many there are.
  [[nodiscard]] std::optional<std::uint32_t> pages() const {
    const auto catalog = object(references_.root());
    if (!catalog || !pdf_is_name(*catalog, "Type", "Catalog")) return std::nullopt;
    const auto root = pdf_entry(*catalog, "Pages");
    if (!root || root->kind != PdfValue::Kind::reference) return std::nullopt;
    const auto tree = object(root->number);
    if (!tree || !pdf_is_name(*tree, "Type", "Pages")) return std::nullopt;
    const auto count = pdf_integer(*tree, "Count");
    if (!count || *count < 1 || *count > kMostPages) return std::nullopt;
    return static_cast<std::uint32_t>(*count);
  }

 private:
  using Beginning = std::pair<std::size_t, std::size_t>;  // of an object: its octet and number

  Fault part() {
    const std::size_t begin = cursor_.position();
    if (const auto head = take_object_head(cursor_)) {
      const auto number = static_cast<std::size_t>(head->number);
      offsets_.emplace_back(begin, number);
      return object_at(head->number, begin);
    }
    if (cursor_.take_word("xref")) return skip_table();
    if (cursor_.take_word("trailer")) {
      const auto dictionary = cursor_.value();
      return dictionary ? Fault{} : cursor_.fault();
    }
    if (cursor_.take_word("startxref")) {
      if (!cursor_.skip_space()) return cursor_.fault();
      return cursor_.number() ? Fault{} : "has an offset that is none"sv;
    }
    return "has something between its objects that belongs to none";
  }

  /// The entries have been read along the table of objects, or belong to no one.
  Fault skip_table() {
    while (cursor_.skip_space() && cursor_.number()) {
      if (!cursor_.skip_space() || !cursor_.number()) return "has a damaged table of objects";
      if (!cursor_.skip_space()) return cursor_.fault();
      if (cursor_.take_word("n") || cursor_.take_word("f")) continue;
    }
    return cursor_.fault();
  }

  Fault object_at(std::int64_t number, std::size_t begin) {
    const auto value = cursor_.value();
    if (!value || !cursor_.skip_space()) return cursor_.fault();
    if (const auto opens = cursor_.opens()) opened_.push_back(*opens);
    const bool current = is_current(number, begin);
    if (cursor_.rest().starts_with("stream"sv)) {
      if (const Fault fault = stream_of(number, *value, current); !fault.empty()) return fault;
      if (!cursor_.skip_space()) return cursor_.fault();
    }
    return cursor_.take_word("endobj") ? Fault{} : "has an object without an end"sv;
  }

  Fault stream_of(std::int64_t number, const PdfValue& dictionary, bool current) {
    if (dictionary.kind != PdfValue::Kind::dictionary) return "has a stream without a dictionary";
    if (pdf_entry(dictionary, "F")) return "has a stream in another file";
    const auto length = stream_length(dictionary);
    if (!length) return "has a stream of unknown length";
    const auto packed = take_stream(cursor_, file_, *length);
    if (!packed) return packed.error();
    return pdf_is_name(dictionary, "Type", "ObjStm")
               ? object_stream(number, dictionary, *packed, current)
               : Fault{};
  }

  [[nodiscard]] std::optional<std::int64_t> stream_length(const PdfValue& dictionary) const {
    const auto length = pdf_entry(dictionary, "Length");
    if (!length) return std::nullopt;
    if (length->kind == PdfValue::Kind::integer) return length->number;
    if (length->kind != PdfValue::Kind::reference) return std::nullopt;
    const PdfPlace place = references_.place(length->number);
    if (place.kind != PdfPlace::Kind::at_offset || place.at < 0 ||
        static_cast<std::uint64_t>(place.at) >= file_.size())
      return std::nullopt;
    PdfCursor cursor(file_, static_cast<std::size_t>(place.at));
    const auto head = take_object_head(cursor);
    if (!head || head->number != length->number) return std::nullopt;
    const auto value = cursor.value();
    if (!value || value->kind != PdfValue::Kind::integer) return std::nullopt;
    return value->number;
  }

  /// 7.5.7: `N` pairs of a number and an offset, then the values.
  Fault object_stream(std::int64_t number,
                      const PdfValue& dictionary,
                      std::string_view packed,
                      bool current) {
    constexpr Fault kDamaged = "has a damaged stream of objects";
    auto octets = inflater_.decode(dictionary, packed);
    if (!octets) return octets.error();
    const auto count = pdf_integer(dictionary, "N");
    const auto first = pdf_integer(dictionary, "First");
    if (!count || !first || *count < 0 || *first < 0 ||
        static_cast<std::uint64_t>(*first) > octets->size())
      return kDamaged;
    unpacked_.push_back(*std::move(octets));
    const std::string_view text = unpacked_.back();
    PdfCursor heads(text.substr(0, static_cast<std::size_t>(*first)), 0);
    PdfCursor values(text, static_cast<std::size_t>(*first));
    for (std::int64_t i = 0; i < *count; ++i) {
      if (!heads.skip_space()) return kDamaged;
      const auto held = heads.number();
      if (!held || !heads.skip_space()) return kDamaged;
      const auto offset = heads.number();
      if (!offset || !values.skip_space()) return kDamaged;
      // One behind the other, so that nothing stands between them.
      const auto begin = static_cast<std::uint64_t>(*first + *offset);
      if (begin > text.size() || begin > values.position()) return kDamaged;
      PdfCursor between(text.substr(0, values.position()), static_cast<std::size_t>(begin));
      if (!between.skip_space() || !between.at_end()) return kDamaged;
      const auto value = values.value();
      if (!value) return values.fault();
      if (const auto opens = values.opens()) opened_.push_back(*opens);
      const PdfPlace place = references_.place(*held);
      if (current && place.kind == PdfPlace::Kind::in_stream && place.at == number)
        packed_.insert_or_assign(*held, *value);
    }
    return values.skip_space() && values.at_end() ? Fault{} : kDamaged;
  }

  [[nodiscard]] bool is_current(std::int64_t number, std::size_t begin) const {
    const PdfPlace place = references_.place(number);
    return place.kind == PdfPlace::Kind::at_offset && std::cmp_equal(place.at, begin);
  }

  /// Every object of the table is where the table says.
  [[nodiscard]] Fault agreement() const {
    const auto& places = references_.places();
    for (std::size_t number = 0; number < places.size(); ++number) {
      const PdfPlace& place = places[number];
      if (place.kind != PdfPlace::Kind::at_offset) continue;
      // Collected from the first octet to the last, so they are in order.
      const auto found = std::ranges::lower_bound(offsets_, static_cast<std::size_t>(place.at), {},
                                                  &Beginning::first);
      if (found == offsets_.end() || *found != Beginning(place.at, number))
        return "lacks an object where its table says it is";
    }
    return {};
  }

  [[nodiscard]] Fault opening() const {
    for (const std::int64_t number : opened_) {
      const auto action = object(number);
      if (!action || !pdf_only_shows_a_page(*action))
        return "does something by itself when it is opened";
    }
    return {};
  }

  /// The newest revision of an object; only after everything has been found in order.
  [[nodiscard]] std::optional<PdfValue> object(std::int64_t number) const {
    const PdfPlace place = references_.place(number);
    if (place.kind == PdfPlace::Kind::at_offset) {
      PdfCursor cursor(file_, static_cast<std::size_t>(place.at));
      return take_object_head(cursor) ? cursor.value() : std::nullopt;
    }
    const auto found = packed_.find(number);
    if (found == packed_.end()) return std::nullopt;
    return found->second;
  }

  std::string_view file_;
  PdfReferences references_;
  PdfInflater& inflater_;
  PdfCursor cursor_;
  std::vector<std::int64_t> opened_;  // objects that are done on opening
  std::vector<Beginning> offsets_;
  std::unordered_map<std::int64_t, PdfValue> packed_;  // of object streams, the newest revision
  std::deque<std::string> unpacked_;                   // what packed_ looks into
};

}  // namespace

Inspection inspect_pdf(std::string_view bytes) {
  const std::size_t header = header_octets(bytes);
  if (header == 0 || format_by_signature(bytes) != DocumentFormat::pdf)
    return std::unexpected("does not begin like a PDF document");
  const auto start = last_section(bytes);
  if (!start) return std::unexpected("does not end like a PDF document");
  PdfInflater inflater(kMostInflated);
  auto references = PdfReferences::read(bytes, *start, inflater);
  if (!references) return std::unexpected(std::string(references.error()));
  Walk walk(bytes, *std::move(references), inflater);
  if (const Fault fault = walk.run(header); !fault.empty())
    return std::unexpected(std::string(fault));
  const auto pages = walk.pages();
  if (!pages)
    return std::unexpected("does not say how many pages it has, expected 1 to " +
                           std::to_string(kMostPages));
  return InspectedDocument{.bytes = std::string(bytes), .pages = *pages};
}

}  // namespace policy
