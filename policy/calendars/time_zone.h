// Local time by a rule that is written out, so that no table of the machine decides when an office
// is open.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "ca/time.h"

namespace policy {

/// Local clock time, without a zone.
using LocalTime = std::chrono::local_seconds;

/// A zone with at most one summer time, the same in every year (POSIX TZ, XBD 8.3). A value.
class TimeZone {
 public:
  /// "UTC0", "CST-8", "EST5EDT,M3.2.0,M11.1.0/2": a name, hours west of Greenwich, and the rule of
  /// a summer time by months, weeks and weekdays. Nothing if it is spelled otherwise.
  static std::optional<TimeZone> parse(std::string_view text);

  [[nodiscard]] LocalTime local(ca::Time time) const;
  /// The instant at which clocks show `time`: the earlier one if they show it twice, and what they
  /// would show without the change if they never do.
  [[nodiscard]] ca::Time instant(LocalTime time) const;
  bool operator==(const TimeZone&) const = default;

 private:
  /// The `week`th `weekday` of a month, 5 for the last, at a time of local day.
  struct Change {
    std::chrono::month month;
    unsigned week = 1;
    std::chrono::weekday weekday;
    std::chrono::seconds at{};
    bool operator==(const Change&) const = default;
  };
  struct Summer {
    std::chrono::seconds offset;
    Change begin, end;
    bool operator==(const Summer&) const = default;
  };
  friend class TimeZoneReader;

  [[nodiscard]] std::chrono::seconds offset_at(ca::Time time) const;

  std::chrono::seconds offset_{};  // east of Greenwich
  std::optional<Summer> summer_;
};

}  // namespace policy
