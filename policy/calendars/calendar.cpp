#include "policy/calendars/calendar.h"

#include <algorithm>
#include <stdexcept>
#include <tuple>
#include <utility>

namespace policy {

using std::chrono::days;
using std::chrono::local_days;
using std::chrono::seconds;

bool Calendar::is_business_day(local_days day) const {
  if (std::ranges::binary_search(working_days, day)) return true;
  if (std::ranges::binary_search(holidays, day)) return false;
  return std::ranges::find(weekend, std::chrono::weekday(day)) == weekend.end();
}

Calendars::Calendars(std::vector<Office> offices, std::vector<Calendar> calendars)
    : offices_(std::move(offices)), calendars_(std::move(calendars)) {
  std::ranges::sort(calendars_, {},
                    [](const Calendar& each) { return std::tie(each.name, each.from); });
  for (const Office& each : offices_) {
    if (std::ranges::find(calendars_, each.calendar, &Calendar::name) == calendars_.end())
      throw std::logic_error("office " + each.name + " goes by an unknown calendar");
  }
}

const Office* Calendars::office(std::string_view name) const {
  const auto found = std::ranges::find(offices_, name, &Office::name);
  return found == offices_.end() ? nullptr : &*found;
}

bool Calendars::is_business_day(const Office& office, local_days day) const {
  auto version = std::ranges::find(calendars_, office.calendar, &Calendar::name);
  for (auto next = version; next != calendars_.end() && next->name == office.calendar; ++next) {
    if (next->from <= day) version = next;
  }
  return version->is_business_day(day);
}

ca::Time BusinessClock::after(ca::Time from, seconds business_time) const {
  LocalTime at = office_.zone.local(from);
  local_days day = std::chrono::floor<days>(at);
  seconds left = business_time;
  // A calendar without a working day in ten years is a broken one.
  for (int guard = 0; guard < 3'660; ++guard, ++day, at = day) {
    if (!calendars_.is_business_day(office_, day)) continue;
    const LocalTime end = day + days(1);
    if (left <= end - at) return office_.zone.instant(at + left);
    left -= end - at;
  }
  throw std::logic_error("office " + office_.name + " has no business days");
}

seconds BusinessClock::between(ca::Time from, ca::Time to) const {
  if (to <= from) return seconds(0);
  const LocalTime begin = office_.zone.local(from);
  const LocalTime end = office_.zone.local(to);
  seconds total{0};
  for (local_days day = std::chrono::floor<days>(begin); LocalTime(day) < end; ++day) {
    if (!calendars_.is_business_day(office_, day)) continue;
    total += std::min<LocalTime>(day + days(1), end) - std::max<LocalTime>(day, begin);
  }
  return std::max(total, seconds(0));
}

}  // namespace policy
