#include "server/config/quantity.h"

#include <array>
#include <charconv>
#include <limits>
#include <system_error>

namespace server {
namespace {

struct Unit {
  std::string_view text;
  std::uint64_t factor;
};

// Greatest first: rendering takes the first unit that divides.
constexpr std::array kDurationUnits{Unit{"d", 86'400}, Unit{"h", 3'600}, Unit{"m", 60},
                                    Unit{"s", 1}};
constexpr std::array kSizeUnits{
    Unit{"TiB", std::uint64_t{1} << 40}, Unit{"GiB", std::uint64_t{1} << 30},
    Unit{"MiB", std::uint64_t{1} << 20}, Unit{"KiB", std::uint64_t{1} << 10}, Unit{"", 1}};
constexpr std::uint64_t kLongestDuration = std::uint64_t{100} * 366 * 86'400;
constexpr std::uint64_t kGreatestSize = std::uint64_t{1} << 60;

template <std::size_t N>
std::optional<std::uint64_t> parse_quantity(std::string_view text,
                                            const std::array<Unit, N>& units,
                                            std::uint64_t greatest) {
  const std::size_t digits = text.find_first_not_of("0123456789");
  const std::optional<std::uint64_t> count = parse_number(text.substr(0, digits));
  if (!count) return std::nullopt;
  const std::string_view unit_text =
      digits == std::string_view::npos ? std::string_view{} : text.substr(digits);
  for (const Unit& unit : units) {
    if (unit.text != unit_text) continue;
    if (*count > greatest / unit.factor) return std::nullopt;
    return *count * unit.factor;
  }
  return std::nullopt;
}

template <std::size_t N>
std::string quantity_text(std::uint64_t value, const std::array<Unit, N>& units) {
  for (const Unit& unit : units) {
    if (value != 0 && value % unit.factor == 0) {
      return std::to_string(value / unit.factor).append(unit.text);
    }
  }
  return std::string("0").append(units.back().text);
}

}  // namespace

std::optional<std::uint64_t> parse_number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  if (text.size() > 1 && text.front() == '0') return std::nullopt;
  return value;
}

std::optional<std::chrono::seconds> parse_duration(std::string_view text) {
  const std::optional<std::uint64_t> seconds =
      parse_quantity(text, kDurationUnits, kLongestDuration);
  if (!seconds) return std::nullopt;
  return std::chrono::seconds(static_cast<std::int64_t>(*seconds));
}

std::string duration_text(std::chrono::seconds duration) {
  return quantity_text(static_cast<std::uint64_t>(duration.count()), kDurationUnits);
}

std::optional<policy::Rate> parse_rate(std::string_view text) {
  constexpr std::string_view kPer = " per ";
  const std::size_t per = text.find(kPer);
  if (per == std::string_view::npos) return std::nullopt;
  const std::optional<std::uint64_t> count = parse_number(text.substr(0, per));
  const auto period = parse_duration(text.substr(per + kPer.size()));
  if (!count || !period) return std::nullopt;
  return policy::Rate::make(*count, *period);
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
  return parse_quantity(text, kSizeUnits, kGreatestSize);
}

std::string size_text(std::uint64_t bytes) {
  return quantity_text(bytes, kSizeUnits);
}

}  // namespace server
