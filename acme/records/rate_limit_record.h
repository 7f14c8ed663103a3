// What limits remember (acme/rate_limits.h): one time for each thing that is counted.
#pragma once

#include <string>
#include <string_view>

#include "policy/rate_limit.h"
#include "storage/table.h"

namespace acme {

/// The theoretical arrival time of one thing (policy/rate_limit.h). Once that is past, the row says
/// the same as none.
struct ArrivalRecord {
  policy::Instant arrival{};

  [[nodiscard]] std::string encode() const;
  static ArrivalRecord decode(std::string_view bytes);
};

/// arrival_key() -> arrival time.
inline constexpr storage::Table<ArrivalRecord> kArrivals{"rate_limit_arrivals"};

/// Octets in a key of kArrivals.
inline constexpr std::size_t kArrivalKeyOctets = 32;

/// The row of what `limit` counts under `subject`: a digest, so that rows of all limits are spread
/// evenly and whatever is counted fits into a key.
std::string arrival_key(policy::RateLimitId limit, std::string_view subject);

/// What was spent, so that it can be given back whatever the rate is by then.
struct RateCharge {
  std::string key;  // in kArrivals
  policy::Milliseconds interval{};

  [[nodiscard]] std::string encode() const;
  static RateCharge decode(std::string_view bytes);
  bool operator==(const RateCharge&) const = default;
};

}  // namespace acme
