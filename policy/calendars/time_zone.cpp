#include "policy/calendars/time_zone.h"

#include <algorithm>
#include <string>

namespace policy {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::local_days;
using std::chrono::minutes;
using std::chrono::seconds;

/// Reads one zone from left to right. Every step answers nothing where the text does not fit.
class TimeZoneReader {
 public:
  explicit TimeZoneReader(std::string_view text) : rest_(text) {}

  std::optional<TimeZone> read() {
    TimeZone zone;
    if (!name()) return std::nullopt;
    const std::optional<seconds> west = clock(24);
    if (!west) return std::nullopt;
    zone.offset_ = -*west;
    if (rest_.empty()) return zone;
    if (!name()) return std::nullopt;
    TimeZone::Summer summer{zone.offset_ + hours(1), {}, {}};
    if (!rest_.starts_with(',')) {
      const std::optional<seconds> summer_west = clock(24);
      if (!summer_west) return std::nullopt;
      summer.offset = -*summer_west;
    }
    const auto begin = change();
    const auto end = begin ? change() : std::nullopt;
    if (!end || !rest_.empty()) return std::nullopt;
    summer.begin = *begin;
    summer.end = *end;
    zone.summer_ = summer;
    return zone;
  }

 private:
  bool take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  /// Three letters or more.
  bool name() {
    const std::size_t length =
        std::min(rest_.size(),
                 rest_.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"));
    if (length < 3) return false;
    rest_.remove_prefix(length);
    return true;
  }

  std::optional<unsigned> number(unsigned least, unsigned most) {
    const std::size_t length = std::min(rest_.size(), rest_.find_first_not_of("0123456789"));
    if (length == 0 || length > 3) return std::nullopt;
    const auto value = static_cast<unsigned>(std::stoul(std::string(rest_.substr(0, length))));
    rest_.remove_prefix(length);
    if (value < least || value > most) return std::nullopt;
    return value;
  }

  /// `[+-]hh[:mm]`.
  std::optional<seconds> clock(unsigned most_hours) {
    const bool negative = take('-');
    if (!negative) take('+');
    const auto whole = number(0, most_hours);
    if (!whole) return std::nullopt;
    const auto part = take(':') ? number(0, 59) : std::optional<unsigned>(0U);
    if (!part) return std::nullopt;
    const seconds value = hours(*whole) + minutes(*part);
    return negative ? -value : value;
  }

  /// `,Mmonth.week.weekday[/time]`.
  std::optional<TimeZone::Change> change() {
    if (!take(',') || !take('M')) return std::nullopt;
    const auto month = number(1, 12);
    if (!month || !take('.')) return std::nullopt;
    const auto week = number(1, 5);
    if (!week || !take('.')) return std::nullopt;
    const auto weekday = number(0, 6);
    if (!weekday) return std::nullopt;
    const auto at = take('/') ? clock(24) : std::optional<seconds>(hours(2));
    if (!at) return std::nullopt;
    return TimeZone::Change{std::chrono::month(*month), *week, std::chrono::weekday(*weekday), *at};
  }

  std::string_view rest_;
};

std::optional<TimeZone> TimeZone::parse(std::string_view text) {
  return TimeZoneReader(text).read();
}

seconds TimeZone::offset_at(ca::Time time) const {
  if (!summer_) return offset_;
  const auto day = std::chrono::floor<days>(time + offset_);
  const std::chrono::year year = std::chrono::year_month_day(day).year();
  const auto moment = [&](const Change& change, seconds offset_before) {
    const std::chrono::sys_days date =
        change.week == 5
            ? std::chrono::sys_days(year / change.month / change.weekday[std::chrono::last])
            : std::chrono::sys_days(year / change.month / change.weekday[change.week]);
    return date + change.at - offset_before;
  };
  const ca::Time begin = moment(summer_->begin, offset_);
  const ca::Time end = moment(summer_->end, summer_->offset);
  // South of the equator summer lasts over the end of the year.
  const bool is_summer = begin < end ? time >= begin && time < end : time >= begin || time < end;
  return is_summer ? summer_->offset : offset_;
}

LocalTime TimeZone::local(ca::Time time) const {
  return LocalTime((time + offset_at(time)).time_since_epoch());
}

ca::Time TimeZone::instant(LocalTime time) const {
  const auto as_if = [&](seconds offset) { return ca::Time(time.time_since_epoch()) - offset; };
  if (!summer_) return as_if(offset_);
  const ca::Time earlier = as_if(std::max(offset_, summer_->offset));
  if (local(earlier) == time) return earlier;
  return as_if(std::min(offset_, summer_->offset));
}

}  // namespace policy
