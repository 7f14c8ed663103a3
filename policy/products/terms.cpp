#include "policy/products/terms.h"

namespace policy {

ca::Time after(ca::Time from, Period period) {
  using std::chrono::days;
  const auto day = std::chrono::floor<days>(from);
  std::chrono::year_month_day date{day};
  date += std::chrono::months(period.months);
  if (!date.ok()) date = date.year() / date.month() / std::chrono::last;
  return std::chrono::sys_days(date) + days(period.days) + (from - day);
}

}  // namespace policy
