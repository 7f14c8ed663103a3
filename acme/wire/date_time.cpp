#include "acme/wire/date_time.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>

namespace acme {
namespace {

/// Two digits, or nothing.
std::optional<int> two_digits(std::string_view text) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (text.size() != 2 || !std::ranges::all_of(text, is_digit)) return std::nullopt;
  return (text[0] - '0') * 10 + (text[1] - '0');
}

/// `Z`, or how far the clock is ahead of UTC: `+01:00`.
std::optional<std::chrono::minutes> offset_of(std::string_view text) {
  if (text == "Z") return std::chrono::minutes(0);
  constexpr std::size_t kLength = 6;
  if (text.size() != kLength || (text[0] != '+' && text[0] != '-') || text[3] != ':') {
    return std::nullopt;
  }
  const auto hours = two_digits(text.substr(1, 2));
  const auto minutes = two_digits(text.substr(4, 2));
  if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  const std::chrono::minutes ahead = std::chrono::hours(*hours) + std::chrono::minutes(*minutes);
  return text[0] == '-' ? -ahead : ahead;
}

}  // namespace

std::optional<ca::Time> parse_date_time(std::string_view text) {
  constexpr std::size_t kSeconds = std::string_view("0000-00-00T00:00:00").size();
  if (text.size() <= kSeconds) return std::nullopt;
  const auto local = ca::parse_rfc3339(std::string(text.substr(0, kSeconds)) + 'Z');
  std::string_view rest = text.substr(kSeconds);
  if (rest.starts_with('.')) {
    rest.remove_prefix(1);
    const std::size_t zeros = std::min(rest.find_first_not_of('0'), rest.size());
    if (zeros == 0) return std::nullopt;
    rest.remove_prefix(zeros);
  }
  const auto offset = offset_of(rest);
  if (!local || !offset) return std::nullopt;
  return *local - *offset;
}

}  // namespace acme
