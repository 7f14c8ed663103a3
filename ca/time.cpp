#include "ca/time.h"

#include <algorithm>
#include <array>

#include "ca/der/writer.h"

namespace ca {
namespace {

struct Fields {
  int year;
  unsigned month, day, hour, minute, second;
};

Fields fields_of(Time time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  return {static_cast<int>(date.year()),
          static_cast<unsigned>(date.month()),
          static_cast<unsigned>(date.day()),
          static_cast<unsigned>(clock.hours().count()),
          static_cast<unsigned>(clock.minutes().count()),
          static_cast<unsigned>(clock.seconds().count())};
}

std::string digits(unsigned value, std::size_t width) {
  std::string text = std::to_string(value);
  return std::string(width - std::min(width, text.size()), '0') + text;
}

std::string month_to_zulu(const Fields& at) {
  return digits(at.month, 2) + digits(at.day, 2) + digits(at.hour, 2) + digits(at.minute, 2) +
         digits(at.second, 2) + 'Z';
}

}  // namespace

std::string rfc3339(Time time) {
  const Fields at = fields_of(time);
  return digits(static_cast<unsigned>(at.year), 4) + '-' + digits(at.month, 2) + '-' +
         digits(at.day, 2) + 'T' + digits(at.hour, 2) + ':' + digits(at.minute, 2) + ':' +
         digits(at.second, 2) + 'Z';
}

std::optional<Time> parse_rfc3339(std::string_view text) {
  constexpr std::string_view kShape = "0000-00-00T00:00:00Z";
  if (text.size() != kShape.size()) return std::nullopt;
  std::array<unsigned, 7> numbers{};  // the last one stays behind the Z, empty
  std::size_t place = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (kShape[i] != '0') {
      if (text[i] != kShape[i]) return std::nullopt;
      ++place;
      continue;
    }
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    numbers.at(place) = numbers.at(place) * 10 + static_cast<unsigned>(text[i] - '0');
  }
  const auto [year, month, day, hour, minute, second, behind] = numbers;
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(year)),
                                         std::chrono::month(month), std::chrono::day(day)};
  if (!date.ok() || hour > 23 || minute > 59 || second > 59) return std::nullopt;
  return std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
         std::chrono::seconds(second);
}

std::string der_time(Time time) {
  const Fields at = fields_of(time);
  // RFC 5280 §4.1.2.5.1: the two digits of UTCTime mean 1950 to 2049.
  if (at.year < 1950 || at.year >= 2050) return der_generalized_time(time);
  const unsigned year = static_cast<unsigned>(at.year) % 100;
  return der::element(der::Tag::utc_time, digits(year, 2) + month_to_zulu(at));
}

std::string der_generalized_time(Time time) {
  const Fields at = fields_of(time);
  const auto year = static_cast<unsigned>(at.year);
  return der::element(der::Tag::generalized_time, digits(year, 4) + month_to_zulu(at));
}

std::string http_date(Time time) {
  constexpr std::array kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const Fields at = fields_of(time);
  const std::chrono::weekday day{std::chrono::floor<std::chrono::days>(time)};
  return std::string(kDays.at(day.c_encoding())) + ", " + digits(at.day, 2) + ' ' +
         kMonths.at(at.month - 1) + ' ' + digits(static_cast<unsigned>(at.year), 4) + ' ' +
         digits(at.hour, 2) + ':' + digits(at.minute, 2) + ':' + digits(at.second, 2) + " GMT";
}

}  // namespace ca
