#include "server/http/target.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <expected>
#include <string>
#include <string_view>

namespace server {
namespace {

enum class Placing : unsigned char { nowhere, in_path_and_query, in_query };

/// RFC 3986 §3.3 and §3.4: unreserved, sub-delims, `:`, `@`, `/` and the `%` of an escape; `?` in
/// the query alone. There also the brackets of `filter[state]`, which the grammar lacks and every
/// browser sends as they are (WHATWG URL, query percent-encode set).
consteval std::array<Placing, 256> make_placings() {
  std::array<Placing, 256> table{};
  constexpr std::string_view kBoth =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/%";
  for (const char c : kBoth) table[static_cast<unsigned char>(c)] = Placing::in_path_and_query;
  for (const char c : std::string_view("?[]"))
    table[static_cast<unsigned char>(c)] = Placing::in_query;
  return table;
}

constexpr std::array<Placing, 256> kPlacings = make_placings();
constexpr std::string_view kHexDigits = "0123456789abcdefABCDEF";

Placing placing(char c) {
  return kPlacings[static_cast<unsigned char>(c)];
}

/// Every `%` is followed by two hexadecimal digits (RFC 3986 §2.1).
bool escapes_are_whole(std::string_view text) {
  for (std::size_t at = text.find('%'); at != text.npos; at = text.find('%', at + 1)) {
    if (at + 2 >= text.size() || !kHexDigits.contains(text[at + 1]) ||
        !kHexDigits.contains(text[at + 2])) {
      return false;
    }
  }
  return true;
}

/// `.` and `..` also when a proxy in front would see them in an escaped spelling (RFC 3986 §5.2.4).
bool is_dot_segment(std::string_view segment) {
  std::size_t dots = 0;
  while (!segment.empty()) {
    const bool escaped = segment.starts_with("%2e") || segment.starts_with("%2E");
    if (!escaped && segment.front() != '.') return false;
    segment.remove_prefix(escaped ? 3 : 1);
    ++dots;
  }
  return dots == 1 || dots == 2;
}

/// What is wrong with the segments of `path`, or an empty text. `path` begins with `/`.
std::string_view fault_of_segments(std::string_view path) {
  std::string_view rest = path.substr(1);
  while (true) {
    const std::size_t end = rest.find('/');
    const std::string_view segment = rest.substr(0, end);
    if (is_dot_segment(segment)) return "The request target has a \".\" or \"..\" segment.";
    if (end == rest.npos) return {};
    if (segment.empty()) return "The request target has an empty path segment (\"//\").";
    rest.remove_prefix(end + 1);
  }
}

}  // namespace

std::expected<Target, std::string> parse_target(std::string_view text) {
  if (!text.starts_with('/')) {
    return std::unexpected(
        "The request target must be a path that begins with \"/\" (RFC 9112 §3.2.1).");
  }
  const std::size_t mark = text.find('?');
  const Target target{.path = text.substr(0, mark),
                      .query = mark == text.npos ? std::string_view{} : text.substr(mark + 1)};
  const bool characters_allowed =
      std::ranges::all_of(target.path,
                          [](char c) { return placing(c) == Placing::in_path_and_query; }) &&
      std::ranges::all_of(target.query, [](char c) { return placing(c) != Placing::nowhere; });
  if (!characters_allowed) {
    return std::unexpected(
        "The request target has a character that RFC 3986 does not allow there.");
  }
  if (!escapes_are_whole(text)) {
    return std::unexpected("The request target has a \"%\" without two hexadecimal digits.");
  }
  if (mark != text.npos && target.query.empty()) {
    return std::unexpected("The request target ends with \"?\" but has no query.");
  }
  if (const std::string_view fault = fault_of_segments(target.path); !fault.empty()) {
    return std::unexpected(std::string(fault));
  }
  return target;
}

}  // namespace server
