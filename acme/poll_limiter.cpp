#include "acme/poll_limiter.h"

namespace acme {

namespace {

constexpr std::chrono::minutes kImpatientTime{10};

// Bursts of ten seconds: clients do not tick evenly.
const policy::Rate& rate_at(std::chrono::sys_seconds held_since, policy::Instant now) {
  static const policy::Rate kAtFirst = policy::Rate::make(40, std::chrono::seconds(10)).value();
  static const policy::Rate kLater = policy::Rate::make(5, std::chrono::seconds(10)).value();
  return now < held_since + kImpatientTime ? kAtFirst : kLater;
}

}  // namespace

std::optional<std::chrono::seconds> PollLimiter::judge(std::string_view order,
                                                       std::chrono::sys_seconds held_since,
                                                       policy::Instant now) {
  return polls_.judge(order, rate_at(held_since, now), now);
}

}  // namespace acme
