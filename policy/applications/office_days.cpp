#include "policy/applications/office_days.h"

#include <chrono>

namespace policy {

const Office& OfficeDays::office_of(std::string_view name) const {
  const Office* const office = calendars_.office(name);
  return office != nullptr ? *office : calendars_.offices().front();
}

ca::Time OfficeDays::after(std::string_view office, ca::Time from, std::uint32_t days) const {
  return BusinessClock(calendars_, office_of(office)).after_days(from, days);
}

bool OfficeDays::same_day(std::string_view office, ca::Time a, ca::Time b) const {
  const TimeZone& zone = office_of(office).zone;
  using std::chrono::days;
  return std::chrono::floor<days>(zone.local(a)) == std::chrono::floor<days>(zone.local(b));
}

bool is_business_time(const BusinessDays& days, std::string_view office, ca::Time time) {
  // Whatever begins on a day off ends with the business day behind it.
  return days.after(office, time, 1) != days.after(office, time + std::chrono::seconds(1), 1);
}

}  // namespace policy
