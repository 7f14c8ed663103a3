#include "acme/poll_limiter.h"

#include <algorithm>
#include <functional>

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

PollLimiter::PollLimiter(std::size_t most_orders)
    : most_per_shard_(std::max<std::size_t>(1, most_orders / kShards)) {}

std::optional<std::chrono::seconds> PollLimiter::judge(std::string_view order,
                                                       std::chrono::sys_seconds held_since,
                                                       policy::Instant now) {
  Shard& shard = shards_.at(std::hash<std::string_view>{}(order) % kShards);
  const std::scoped_lock lock(shard.guard);
  const auto known = shard.arrivals.find(order);
  const auto arrival = known == shard.arrivals.end() ? std::nullopt : std::optional(known->second);
  const auto judged = policy::judge(rate_at(held_since, now), arrival, now);
  if (!judged) {
    const auto wait = std::chrono::ceil<std::chrono::seconds>(judged.error() - now);
    return std::max(wait, std::chrono::seconds(1));
  }
  if (known != shard.arrivals.end()) {
    known->second = *judged;
    return std::nullopt;
  }
  if (shard.arrivals.size() >= most_per_shard_) make_room(shard, now);
  shard.arrivals.emplace(order, *judged);
  return std::nullopt;
}

/// Those that owe nothing are as good as unknown. If all owe something, all are forgiven: memory is
/// bounded, and a limit that forgets does no harm.
void PollLimiter::make_room(Shard& shard, policy::Instant now) const {
  std::erase_if(shard.arrivals, [&](const auto& each) { return each.second <= now; });
  if (shard.arrivals.size() >= most_per_shard_) shard.arrivals.clear();
}

std::size_t PollLimiter::size() const {
  std::size_t count = 0;
  for (const Shard& shard : shards_) {
    const std::scoped_lock lock(shard.guard);
    count += shard.arrivals.size();
  }
  return count;
}

}  // namespace acme
