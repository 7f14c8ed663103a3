// What the Baseline Requirements allow at most, by date: one table. Dates begin at 00:00:00 UTC (BR
// 1.6.4).
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string_view>

#include "ca/time.h"

namespace ca {

/// The limits from one date on, until the next row's.
struct RulebookRow {
  Time from;
  std::chrono::days certificate;       // a subscriber certificate's inclusive validity (BR 6.3.2)
  std::chrono::days control_reuse;     // the age of a validated name or address (BR 4.2.1)
  std::chrono::days persistent_reuse;  // the same, shown by a record that stays (BR 3.2.2.4.22)
  std::chrono::days identity_reuse;    // the age of what identifies a subscriber (BR 4.2.1)
  std::uint32_t perspectives;          // remote network perspectives at least (BR 3.2.2.9)
};

/// A way to validate that proves nothing any more, also not what was proven earlier.
struct EndedMethod {
  std::string_view section;  // "3.2.2.4.16" of the Baseline Requirements
  Time from;
};

/// Every row, oldest first.
std::span<const RulebookRow> rulebook();
/// The row in force at `time`.
const RulebookRow& rulebook_at(Time time);
std::span<const EndedMethod> ended_methods();
/// Whether the method of that section of the Baseline Requirements counts at `time`.
bool method_counts(std::string_view section, Time time);

}  // namespace ca
