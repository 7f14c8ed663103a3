// Which days an office works, and how long something takes in business days.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ca/time.h"
#include "policy/calendars/time_zone.h"

namespace policy {

/// One version of the days on which a country works. Immutable.
struct Calendar {
  std::string name;
  std::uint32_t version = 1;
  std::chrono::local_days from{};  // it says what that day is, and those after it
  std::vector<std::chrono::weekday> weekend;
  std::vector<std::chrono::local_days> holidays;      // sorted
  std::vector<std::chrono::local_days> working_days;  // weekend days that are worked; sorted

  [[nodiscard]] bool is_business_day(std::chrono::local_days day) const;
  bool operator==(const Calendar&) const = default;
};

/// One place where people of the authority work. Immutable.
struct Office {
  std::string name;
  TimeZone zone;
  std::string zone_text;
  std::string calendar;
  std::string country;  // ISO 3166-1; where calls come from
  std::string phone;    // E.164, the number that those who are called see; may be empty
  bool operator==(const Office&) const = default;
};

/// The offices and the calendars they go by. Immutable; safe from any thread.
class Calendars {
 public:
  /// Those that were compiled into this program.
  Calendars();
  /// Every office names a calendar of these. Throws std::logic_error if one does not.
  Calendars(std::vector<Office> offices, std::vector<Calendar> calendars);

  [[nodiscard]] const std::vector<Office>& offices() const { return offices_; }
  [[nodiscard]] const std::vector<Calendar>& calendars() const { return calendars_; }
  [[nodiscard]] const Office* office(std::string_view name) const;  // null if absent
  /// Whether the people of `office` work on that day, by the version of its calendar for it. A day
  /// before every version is judged by the first.
  [[nodiscard]] bool is_business_day(const Office& office, std::chrono::local_days day) const;

 private:
  std::vector<Office> offices_;
  std::vector<Calendar> calendars_;  // by name, then by their first day
};

/// Time that passes on business days only, from midnight to midnight of the office: a day of it
/// after Friday at five is Monday at five, and after any moment of a weekend it is the end of
/// Monday.
class BusinessClock {
 public:
  /// Both live longer than this.
  BusinessClock(const Calendars& calendars, const Office& office)
      : calendars_(calendars), office_(office) {}

  [[nodiscard]] ca::Time after(ca::Time from, std::chrono::seconds business_time) const;
  [[nodiscard]] ca::Time after_days(ca::Time from, std::uint32_t days) const {
    return after(from, std::chrono::days(days));
  }
  /// The business time between two moments; none if `to` is not later.
  [[nodiscard]] std::chrono::seconds between(ca::Time from, ca::Time to) const;

 private:
  const Calendars& calendars_;
  const Office& office_;
};

}  // namespace policy
