// Business days of the offices in the catalog, as the engine asks for them.
#pragma once

#include "policy/applications/ports.h"
#include "policy/calendars/calendar.h"

namespace policy {

/// By the office's time zone and calendar (ALI-25, ALI-26). An office that is not in the list
/// counts as the first one that is.
class OfficeDays final : public BusinessDays {
 public:
  /// `calendars` has at least one office and lives longer than this.
  explicit OfficeDays(const Calendars& calendars) : calendars_(calendars) {}
  [[nodiscard]] ca::Time after(std::string_view office,
                               ca::Time from,
                               std::uint32_t days) const override;
  [[nodiscard]] bool same_day(std::string_view office, ca::Time a, ca::Time b) const override;

 private:
  [[nodiscard]] const Office& office_of(std::string_view name) const;

  const Calendars& calendars_;
};

/// Whether business time passes in the office at `time`: it is one of its business days.
bool is_business_time(const BusinessDays& days, std::string_view office, ca::Time time);

}  // namespace policy
