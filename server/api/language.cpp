#include "server/api/language.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace server::api {
namespace {

constexpr std::size_t kMostOctets = 1'000;
constexpr std::size_t kMostRanges = 32;
constexpr unsigned kWhole = 1'000;  // the weight 1

struct Range {
  std::string text;  // in lower case
  unsigned weight = kWhole;
};

bool is_letter(char c) {
  return c >= 'a' && c <= 'z';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_space(char c) {
  return c == ' ' || c == '\t';
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

/// RFC 4647 §2.1: `*`, or letters and then letters and digits, in parts of one to eight.
bool is_range(std::string_view text) {
  if (text == "*") return true;
  constexpr std::size_t kLongestPart = 8;
  bool is_first = true;
  while (true) {
    const std::string_view part = text.substr(0, text.find('-'));
    const bool is_spelled = std::ranges::all_of(
        part, [&](char c) { return is_letter(c) || (!is_first && is_digit(c)); });
    if (part.empty() || part.size() > kLongestPart || !is_spelled) return false;
    if (part.size() == text.size()) return true;
    text.remove_prefix(part.size() + 1);
    is_first = false;
  }
}

/// RFC 9110 §12.4.2, in thousandths: `0`, `0.5`, `1.000`.
std::optional<unsigned> weight_of(std::string_view text) {
  constexpr std::size_t kLongest = 5;
  if (text.empty() || text.size() > kLongest || (text[0] != '0' && text[0] != '1')) return {};
  if (text.size() > 1 && text[1] != '.') return {};
  unsigned weight = text[0] == '1' ? kWhole : 0;
  unsigned place = kWhole / 10;
  for (const char c : text.substr(std::min<std::size_t>(2, text.size()))) {
    if (!is_digit(c)) return {};
    weight += place * static_cast<unsigned>(c - '0');
    place /= 10;
  }
  if (weight > kWhole) return {};
  return weight;
}

std::optional<Range> range_of(std::string_view element) {
  const std::size_t semicolon = std::min(element.find(';'), element.size());
  Range range{lower(trimmed(element.substr(0, semicolon)))};
  if (!is_range(range.text)) return std::nullopt;
  if (semicolon == element.size()) return range;
  const std::string_view parameter = trimmed(element.substr(semicolon + 1));
  if (!parameter.starts_with("q=") && !parameter.starts_with("Q=")) return std::nullopt;
  const auto weight = weight_of(parameter.substr(2));
  if (!weight) return std::nullopt;
  range.weight = *weight;
  return range;
}

/// Nothing if `text` is not of the grammar. Empty elements count for nothing (RFC 9110 §5.6.1.2).
std::optional<std::vector<Range>> ranges_of(std::string_view text) {
  std::vector<Range> ranges;
  if (text.size() > kMostOctets) return std::nullopt;
  while (!text.empty()) {
    const std::string_view element = trimmed(text.substr(0, text.find(',')));
    text.remove_prefix(std::min(text.find(','), text.size() - 1) + 1);
    if (element.empty()) continue;
    auto range = range_of(element);
    if (!range || ranges.size() == kMostRanges) return std::nullopt;
    ranges.push_back(*std::move(range));
  }
  return ranges;
}

bool answers(const LanguageFacts& facts, std::string_view range) {
  return !range.empty() && std::ranges::find(facts.ranges, range) != facts.ranges.end();
}

/// Whether somebody wants none of it.
bool is_excluded(const LanguageFacts& facts, const std::vector<Range>& ranges) {
  return std::ranges::any_of(
      ranges, [&](const Range& each) { return each.weight == 0 && answers(facts, each.text); });
}

/// RFC 4647 §3.4: the range, then what is left of it without its last part, and so on.
const LanguageFacts* looked_up(std::string_view range, const std::vector<Range>& ranges) {
  while (!range.empty()) {
    for (const LanguageFacts& facts : kLanguages) {
      const bool fits = range == "*" || answers(facts, range);
      if (fits && !is_excluded(facts, ranges)) return &facts;
    }
    const std::size_t hyphen = range.rfind('-');
    range = range.substr(0, hyphen == std::string_view::npos ? 0 : hyphen);
    // A single letter or digit leads what stands behind it.
    if (range.size() > 1 && range[range.size() - 2] == '-') range.remove_suffix(2);
  }
  return nullptr;
}

}  // namespace

Language negotiated_language(std::string_view accept_language) {
  auto ranges = ranges_of(accept_language);
  if (!ranges) return kLanguages.front().language;
  std::vector<Range> wanted = *ranges;
  while (true) {
    // The first of the greatest.
    const auto next = std::ranges::max_element(wanted, {}, &Range::weight);
    if (next == wanted.end() || next->weight == 0) return kLanguages.front().language;
    if (const LanguageFacts* found = looked_up(next->text, *ranges)) return found->language;
    next->weight = 0;
  }
}

}  // namespace server::api
