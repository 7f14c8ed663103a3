#include "ca/rulebook.h"

#include <algorithm>
#include <array>

namespace ca {
namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year;

constexpr sys_days date(int y, unsigned m, unsigned d) {
  return year{y} / std::chrono::month{m} / std::chrono::day{d};
}

// SC-081v3 (validity and reuse), SC-067 (perspectives).
constexpr std::array kRows = {
    RulebookRow{Time::min(), days{398}, days{398}, days{10}, days{825}, 0},
    RulebookRow{date(2025, 9, 15), days{398}, days{398}, days{10}, days{825}, 2},
    RulebookRow{date(2026, 3, 15), days{200}, days{200}, days{10}, days{398}, 3},
    RulebookRow{date(2026, 6, 15), days{200}, days{200}, days{10}, days{398}, 4},
    RulebookRow{date(2026, 12, 15), days{200}, days{200}, days{10}, days{398}, 5},
    RulebookRow{date(2027, 3, 15), days{100}, days{100}, days{10}, days{398}, 5},
    RulebookRow{date(2029, 3, 15), days{47}, days{10}, days{10}, days{398}, 5},
};

constexpr std::array kEnded = {
    EndedMethod{"3.2.2.4.2", date(2025, 7, 15)},   // mail to the registrant (SC-080)
    EndedMethod{"3.2.2.4.15", date(2025, 7, 15)},  // phone to the registrant (SC-080)
    EndedMethod{"3.2.2.4.8", date(2026, 3, 15)},   // an address in the DNS (SC-090)
    EndedMethod{"3.2.2.4.16", date(2027, 3, 15)},  // phone from a TXT record (SC-090)
    EndedMethod{"3.2.2.4.17", date(2027, 3, 15)},  // phone from a CAA record (SC-090)
    EndedMethod{"3.2.2.5.2", date(2027, 3, 15)},   // mail to an address's contact (SC-091)
    EndedMethod{"3.2.2.5.3", date(2027, 3, 15)},   // reverse look-up (SC-091)
    EndedMethod{"3.2.2.5.5", date(2027, 3, 15)},   // phone to an address's contact (SC-091)
    EndedMethod{"3.2.2.4.4", date(2028, 3, 15)},   // constructed mail (SC-090)
    EndedMethod{"3.2.2.4.13", date(2028, 3, 15)},  // mail from a CAA record (SC-090)
    EndedMethod{"3.2.2.4.14", date(2028, 3, 15)},  // mail from a TXT record (SC-090)
};

}  // namespace

std::span<const RulebookRow> rulebook() {
  return kRows;
}

const RulebookRow& rulebook_at(Time time) {
  const RulebookRow* row = &kRows.front();
  for (const RulebookRow& each : kRows) {
    if (time >= each.from) row = &each;
  }
  return *row;
}

std::span<const EndedMethod> ended_methods() {
  return kEnded;
}

bool method_counts(std::string_view section, Time time) {
  return std::ranges::none_of(kEnded, [&](const EndedMethod& ended) {
    return ended.section == section && time >= ended.from;
  });
}

}  // namespace ca
