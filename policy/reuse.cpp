#include "policy/reuse.h"

#include <algorithm>
#include <array>

namespace policy {

namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year;

struct ReuseLimit {
  ca::Time from;
  days longest;
};

// BR 4.2.1, oldest first; every limit is stricter than the one before. Dates begin at 00:00:00 UTC
// (BR 1.6.4).
constexpr std::array kReuseLimits = {
    ReuseLimit{ca::Time{}, days{398}},
    ReuseLimit{sys_days{year{2026} / 3 / 15}, days{200}},
    ReuseLimit{sys_days{year{2027} / 3 / 15}, days{100}},
    ReuseLimit{sys_days{year{2029} / 3 / 15}, days{10}},
};

}  // namespace

days longest_reuse(ca::Time signed_at) {
  days longest = kReuseLimits.front().longest;
  for (const ReuseLimit& limit : kReuseLimits) {
    if (signed_at >= limit.from) longest = limit.longest;
  }
  return longest;
}

ca::Time last_use(ca::Time validated_at, std::chrono::seconds lifetime) {
  ca::Time last = validated_at + lifetime;
  for (const ReuseLimit& limit : kReuseLimits) {
    // What is too old under this limit ends with the last second before it.
    const ca::Time end =
        std::max<ca::Time>(validated_at + limit.longest, limit.from - std::chrono::seconds(1));
    last = std::min(last, end);
  }
  return last;
}

std::chrono::seconds least_life_left(const Product& product) {
  constexpr std::chrono::seconds kShortest = std::chrono::hours(1);
  constexpr std::chrono::seconds kLongest = std::chrono::hours(24);
  return std::clamp(product.order_lifetime / 8, kShortest, kLongest);
}

}  // namespace policy
