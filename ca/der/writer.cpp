#include "ca/der/writer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>

namespace ca::der {
namespace {

void append_length(std::string& out, std::size_t length) {
  if (length < 0x80) {
    out.push_back(static_cast<char>(length));
    return;
  }
  std::array<char, sizeof length> octets{};
  std::size_t count = 0;
  for (; length != 0; length >>= 8U) octets[count++] = static_cast<char>(length & 0xFFU);
  out.push_back(static_cast<char>(0x80U | count));
  while (count != 0) out.push_back(octets[--count]);
}

/// X.690 §8.19.2: groups of seven bits, the last one without the top bit, no leading 0x80.
void append_base128(std::string& out, std::uint64_t value) {
  std::array<char, 10> groups{};
  std::size_t count = 0;
  do {
    groups[count++] = static_cast<char>(value & 0x7FU);
    value >>= 7U;
  } while (value != 0);
  while (count > 1)
    out.push_back(static_cast<char>(static_cast<unsigned>(groups[--count]) | 0x80U));
  out.push_back(groups[0]);
}

std::vector<std::uint64_t> arcs_of(std::string_view dotted) {
  std::vector<std::uint64_t> arcs;
  const char* at = dotted.data();
  const char* const end = at + dotted.size();
  while (true) {
    std::uint64_t arc = 0;
    const auto [stop, error] = std::from_chars(at, end, arc);
    if (error != std::errc{}) break;
    arcs.push_back(arc);
    at = stop;
    if (at == end) {
      const bool first_arcs_fit = arcs.size() >= 2 && arcs[0] <= 2 &&
                                  (arcs[0] == 2 || arcs[1] < 40) && arcs[1] < 1ULL << 40U;
      if (first_arcs_fit) return arcs;
      break;
    }
    if (*at++ != '.') break;
  }
  throw std::logic_error("not an object identifier: " + std::string(dotted));
}

}  // namespace

std::string element(Tag tag, std::string_view content) {
  std::string out;
  out.reserve(content.size() + 6);
  out.push_back(static_cast<char>(tag));
  append_length(out, content.size());
  out.append(content);
  return out;
}

std::string sequence(std::initializer_list<std::string_view> elements) {
  std::size_t length = 0;
  for (const std::string_view part : elements) length += part.size();
  std::string out;
  out.reserve(length + 6);
  out.push_back(static_cast<char>(Tag::sequence));
  append_length(out, length);
  for (const std::string_view part : elements) out.append(part);
  return out;
}

std::string sequence(const std::vector<std::string>& elements) {
  std::string content;
  for (const std::string& part : elements) content.append(part);
  return element(Tag::sequence, content);
}

std::string set_of(std::vector<std::string> elements) {
  // char_traits<char> compares as unsigned char, which is the order X.690 §11.6 asks for. No
  // encoding is a proper prefix of another, so the padding rule there never decides.
  std::ranges::sort(elements);
  std::string content;
  for (const std::string& part : elements) content.append(part);
  return element(Tag::set, content);
}

std::string object_identifier(std::string_view dotted) {
  const std::vector<std::uint64_t> arcs = arcs_of(dotted);
  std::string content;
  append_base128(content, arcs[0] * 40 + arcs[1]);
  for (std::size_t i = 2; i < arcs.size(); ++i) append_base128(content, arcs[i]);
  return element(Tag::object_identifier, content);
}

std::string unsigned_integer(std::string_view big_endian) {
  const std::size_t first = big_endian.find_first_not_of('\0');
  if (first == std::string_view::npos) return element(Tag::integer, std::string_view("\0", 1));
  big_endian.remove_prefix(first);
  if ((static_cast<unsigned char>(big_endian.front()) & 0x80U) == 0) {
    return element(Tag::integer, big_endian);
  }
  std::string content(1, '\0');
  content.append(big_endian);
  return element(Tag::integer, content);
}

std::string small_integer(std::uint64_t value) {
  std::array<char, sizeof value> octets{};
  for (auto octet = octets.rbegin(); octet != octets.rend(); ++octet, value >>= 8U) {
    *octet = static_cast<char>(value & 0xFFU);
  }
  return unsigned_integer({octets.data(), octets.size()});
}

std::string boolean_true() {
  return element(Tag::boolean, "\xFF");
}

std::string bit_string(std::string_view octets) {
  std::string content(1, '\0');
  content.append(octets);
  return element(Tag::bit_string, content);
}

std::string named_bits(std::initializer_list<unsigned> bits) {
  if (bits.size() == 0) return element(Tag::bit_string, std::string_view("\0", 1));
  const unsigned last = std::max(bits);
  std::string content(last / 8 + 2, '\0');
  content[0] = static_cast<char>(7 - last % 8);
  for (const unsigned bit : bits) {
    char& octet = content[bit / 8 + 1];
    octet = static_cast<char>(static_cast<unsigned char>(octet) | (0x80U >> (bit % 8)));
  }
  return element(Tag::bit_string, content);
}

std::string extension(std::string_view oid, Criticality criticality, std::string_view value) {
  // X.690 §11.5: FALSE is the default and is therefore left out.
  const std::string critical =
      criticality == Criticality::critical ? boolean_true() : std::string();
  return sequence({object_identifier(oid), critical, element(Tag::octet_string, value)});
}

}  // namespace ca::der
