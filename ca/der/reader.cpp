#include "ca/der/reader.h"

#include <algorithm>
#include <chrono>

namespace ca::der {
namespace {

constexpr std::size_t kMaxLengthOctets = 4;
constexpr std::size_t kMaxArcs = 20;
constexpr std::uint64_t kMaxArc = 1ULL << 32U;

unsigned octet_at(std::string_view bytes, std::size_t index) {
  return static_cast<unsigned char>(bytes[index]);
}

struct Header {
  std::size_t size;            // tag and length octets
  std::size_t content_length;  // may still be larger than what is there
};

std::optional<Header> read_header(std::string_view input) {
  if (input.size() < 2) return std::nullopt;
  const unsigned tag = octet_at(input, 0);
  // 0x1F announces a tag number in further octets; no structure we read has one. 0x00 is BER's
  // end-of-contents.
  if ((tag & 0x1FU) == 0x1FU || tag == 0) return std::nullopt;
  const unsigned first = octet_at(input, 1);
  if (first < 0x80) return Header{2, first};
  const std::size_t count = first & 0x7FU;
  // X.690 §10.1: definite form only, so 0x80 is refused here too.
  if (count == 0 || count > kMaxLengthOctets || input.size() < 2 + count) return std::nullopt;
  std::size_t length = 0;
  for (std::size_t i = 0; i < count; ++i) length = length << 8U | octet_at(input, 2 + i);
  const bool minimal = octet_at(input, 2) != 0 && length >= 0x80;
  if (!minimal) return std::nullopt;
  return Header{2 + count, length};
}

std::optional<int> decimal(std::string_view text) {
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

std::optional<std::int64_t> seconds_since_1970(int year, std::string_view month_to_zulu) {
  if (month_to_zulu.back() != 'Z') return std::nullopt;
  int part[5] = {};  // month, day, hour, minute, second
  for (std::size_t i = 0; i < std::size(part); ++i) {
    const std::optional<int> value = decimal(month_to_zulu.substr(2 * i, 2));
    if (!value) return std::nullopt;
    part[i] = *value;
  }
  const std::chrono::year_month_day date{std::chrono::year{year},
                                         std::chrono::month{static_cast<unsigned>(part[0])},
                                         std::chrono::day{static_cast<unsigned>(part[1])}};
  if (!date.ok() || part[2] > 23 || part[3] > 59 || part[4] > 59) return std::nullopt;
  const std::int64_t days = std::chrono::sys_days{date}.time_since_epoch().count();
  return ((days * 24 + part[2]) * 60 + part[3]) * 60 + part[4];
}

/// X.690 §8.3.2: the first nine bits are neither all zero nor all one.
bool is_minimal_integer(std::string_view content) {
  if (content.empty()) return false;
  if (content.size() == 1) return true;
  const unsigned first = octet_at(content, 0);
  const bool second_is_negative = octet_at(content, 1) >= 0x80;
  return !(first == 0x00 && !second_is_negative) && !(first == 0xFF && second_is_negative);
}

}  // namespace

std::optional<Tag> Reader::peek() const {
  if (rest_.empty()) return std::nullopt;
  return static_cast<Tag>(octet_at(rest_, 0));
}

std::optional<Element> Reader::next() {
  const std::optional<Header> header = read_header(rest_);
  if (!header || header->content_length > rest_.size() - header->size) return std::nullopt;
  const std::size_t total = header->size + header->content_length;
  const Element found{static_cast<Tag>(octet_at(rest_, 0)),
                      rest_.substr(header->size, header->content_length), rest_.substr(0, total)};
  rest_.remove_prefix(total);
  return found;
}

std::optional<Element> Reader::next(Tag tag) {
  if (peek() != tag) return std::nullopt;
  return next();
}

std::optional<Element> only(std::string_view input, Tag tag) {
  Reader reader(input);
  std::optional<Element> found = reader.next(tag);
  if (!reader.at_end()) return std::nullopt;
  return found;
}

std::optional<std::string_view> unsigned_integer(const Element& element) {
  std::string_view content = element.content;
  if (element.tag != Tag::integer || !is_minimal_integer(content)) return std::nullopt;
  if (octet_at(content, 0) >= 0x80) return std::nullopt;
  if (content.size() > 1 && content.front() == '\0') content.remove_prefix(1);
  return content;
}

std::optional<std::string> object_identifier(const Element& element) {
  if (element.tag != Tag::object_identifier || element.content.empty()) return std::nullopt;
  std::string text;
  std::size_t arcs = 0;
  std::uint64_t value = 0;
  bool inside = false;
  for (const char c : element.content) {
    const auto octet = static_cast<unsigned char>(c);
    if (!inside && octet == 0x80) return std::nullopt;  // X.690 §8.19.2: no leading zero group
    value = value << 7U | (octet & 0x7FU);
    // The first group holds two arcs as 40 * x + y (X.690 §8.19.4), so it may be larger by 80.
    if (value > kMaxArc + (arcs == 0 ? 80 : 0)) return std::nullopt;
    inside = (octet & 0x80U) != 0;
    if (inside) continue;
    if (arcs == 0) {
      const std::uint64_t top = std::min<std::uint64_t>(value / 40, 2);
      text = std::to_string(top) + '.' + std::to_string(value - 40 * top);
      arcs = 2;
    } else {
      if (++arcs > kMaxArcs) return std::nullopt;
      text += '.' + std::to_string(value);
    }
    value = 0;
  }
  if (inside) return std::nullopt;
  return text;
}

std::optional<std::string_view> octets_of_bit_string(const Element& element) {
  if (element.tag != Tag::bit_string || element.content.empty()) return std::nullopt;
  if (element.content.front() != '\0') return std::nullopt;
  return element.content.substr(1);
}

std::optional<bool> boolean(const Element& element) {
  if (element.tag != Tag::boolean || element.content.size() != 1) return std::nullopt;
  switch (octet_at(element.content, 0)) {
    case 0x00:
      return false;
    case 0xFF:
      return true;
    default:
      return std::nullopt;  // X.690 §11.1
  }
}

std::optional<std::int64_t> time(const Element& element) {
  const std::string_view text = element.content;
  if (element.tag == Tag::utc_time && text.size() == 13) {
    const std::optional<int> year = decimal(text.substr(0, 2));
    if (!year) return std::nullopt;
    // RFC 5280 §4.1.2.5.1: two digits mean 1950 to 2049.
    return seconds_since_1970(*year + (*year < 50 ? 2000 : 1900), text.substr(2));
  }
  if (element.tag == Tag::generalized_time && text.size() == 15) {
    const std::optional<int> year = decimal(text.substr(0, 4));
    if (!year) return std::nullopt;
    return seconds_since_1970(*year, text.substr(4));
  }
  return std::nullopt;
}

}  // namespace ca::der
