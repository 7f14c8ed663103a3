#include "ca/der/canonical.h"

#include "ca/der/reader.h"

namespace ca::der {
namespace {

constexpr int kMaxDepth = 16;
constexpr unsigned kClassBits = 0xC0;
constexpr unsigned kConstructedBit = 0x20;

/// X.690 §8.3.2, for INTEGER and ENUMERATED, negative numbers included.
bool is_minimal_number(std::string_view content) {
  if (content.size() < 2) return !content.empty();
  const auto first = static_cast<unsigned char>(content[0]);
  const bool second_is_negative = static_cast<unsigned char>(content[1]) >= 0x80;
  return first != (second_is_negative ? 0xFF : 0x00);
}

/// X.690 §11.2.1: the unused bits of the last octet are zero.
bool is_clean_bit_string(std::string_view content) {
  if (content.empty()) return false;
  const auto unused = static_cast<unsigned char>(content.front());
  if (content.size() == 1) return unused == 0;
  return unused <= 7 && (static_cast<unsigned char>(content.back()) & ((1U << unused) - 1U)) == 0;
}

/// X.690 §8.19.2, for OIDs of any length.
bool is_minimal_oid(std::string_view content) {
  bool at_start = true;
  for (const char c : content) {
    const auto octet = static_cast<unsigned char>(c);
    if (at_start && octet == 0x80) return false;
    at_start = octet < 0x80;
  }
  return !content.empty() && at_start;
}

bool is_canonical_primitive(const Element& element) {
  // Only the types whose content has more than one spelling are looked into; every other tag is
  // opaque.
  const auto tag = static_cast<unsigned>(element.tag);
  if (tag == static_cast<unsigned>(Tag::boolean)) return boolean(element).has_value();
  if (tag == static_cast<unsigned>(Tag::integer) || tag == static_cast<unsigned>(Tag::enumerated)) {
    return is_minimal_number(element.content);
  }
  if (tag == static_cast<unsigned>(Tag::bit_string)) return is_clean_bit_string(element.content);
  if (tag == static_cast<unsigned>(Tag::null)) return element.content.empty();
  if (tag == static_cast<unsigned>(Tag::object_identifier)) return is_minimal_oid(element.content);
  if (tag == static_cast<unsigned>(Tag::utc_time) ||
      tag == static_cast<unsigned>(Tag::generalized_time)) {
    return time(element).has_value();
  }
  return true;
}

bool is_canonical_row(std::string_view content, int depth);

bool is_canonical_element(const Element& element, int depth) {
  const auto tag = static_cast<unsigned>(element.tag);
  const bool universal = (tag & kClassBits) == 0;
  const bool constructed = (tag & kConstructedBit) != 0;
  const bool row = element.tag == Tag::sequence || element.tag == Tag::set;
  // X.690 §10.2: string types are never constructed, and SEQUENCE and SET always are.
  if (universal && constructed != row) return false;
  constexpr unsigned kPrimitiveSequence = 0x10;
  constexpr unsigned kPrimitiveSet = 0x11;
  if (tag == kPrimitiveSequence || tag == kPrimitiveSet) return false;
  if (!constructed) return is_canonical_primitive(element);
  if (element.tag == Tag::set && !is_ordered_set(element.content)) return false;
  return is_canonical_row(element.content, depth + 1);
}

bool is_canonical_row(std::string_view content, int depth) {
  for (Reader reader(content); !reader.at_end();) {
    const auto element = reader.next();
    if (depth > kMaxDepth || !element || !is_canonical_element(*element, depth)) return false;
  }
  return true;
}

}  // namespace

bool is_canonical(std::string_view input) {
  Reader reader(input);
  const auto element = reader.next();
  return element && reader.at_end() && is_canonical_element(*element, 1);
}

bool is_ordered_set(std::string_view content) {
  std::string_view previous;
  for (Reader reader(content); !reader.at_end();) {
    const auto element = reader.next();
    if (!element || element->whole < previous) return false;
    previous = element->whole;
  }
  return true;
}

}  // namespace ca::der
