// Reading DER strictly: definite minimal lengths, low tag numbers, nothing left over, never past
// the end.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ca/der/writer.h"

namespace ca::der {

/// One element as found; views into the input.
struct Element {
  Tag tag{};
  std::string_view content;
  std::string_view whole;  // tag, length and content
};

/// A cursor over the elements of one level. Every function returns nothing, and does not move, when
/// the input does not fit; callers turn that into their own refusal. Nesting is the caller's: open
/// a Reader on an element's content.
class Reader {
 public:
  explicit Reader(std::string_view input) : rest_(input) {}
  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  /// The tag of the next element without moving.
  [[nodiscard]] std::optional<Tag> peek() const;
  std::optional<Element> next();
  /// The next element if it has this tag.
  std::optional<Element> next(Tag tag);

 private:
  std::string_view rest_;
};

/// The only element of `input`, with this tag and nothing behind it.
std::optional<Element> only(std::string_view input, Tag tag);
/// Content octets of a well-formed INTEGER that is not negative, without its leading zero octet.
std::optional<std::string_view> unsigned_integer(const Element& element);
/// Dotted decimal of a well-formed OID with at most 20 arcs, each at most 2^32.
std::optional<std::string> object_identifier(const Element& element);
/// Octets of a BIT STRING with no unused bits.
std::optional<std::string_view> octets_of_bit_string(const Element& element);
/// Strict BOOLEAN: 00 or FF.
std::optional<bool> boolean(const Element& element);
/// UTCTime or GeneralizedTime in the DER form of RFC 5280 §4.1.2.5 (Zulu, seconds, no fraction),
/// seconds since 1970.
std::optional<std::int64_t> time(const Element& element);

}  // namespace ca::der
