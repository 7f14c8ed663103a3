#include "policy/arrival_memory.h"

#include <algorithm>

namespace policy {

ArrivalMemory::ArrivalMemory(std::size_t most_callers)
    : most_per_shard_(std::max<std::size_t>(1, most_callers / kShards)) {}

std::optional<std::chrono::seconds> ArrivalMemory::judge(std::string_view caller,
                                                         const Rate& rate,
                                                         Instant now) {
  Shard& shard = shards_.at(std::hash<std::string_view>{}(caller) % kShards);
  const std::scoped_lock lock(shard.guard);
  const auto known = shard.arrivals.find(caller);
  const auto arrival = known == shard.arrivals.end() ? std::nullopt : std::optional(known->second);
  const auto judged = policy::judge(rate, arrival, now);
  if (!judged) {
    const auto wait = std::chrono::ceil<std::chrono::seconds>(judged.error() - now);
    return std::max(wait, std::chrono::seconds(1));
  }
  if (known != shard.arrivals.end()) {
    known->second = *judged;
    return std::nullopt;
  }
  if (shard.arrivals.size() >= most_per_shard_) make_room(shard, now);
  shard.arrivals.emplace(caller, *judged);
  return std::nullopt;
}

/// Those that owe nothing are as good as unknown. If all owe something, all are forgiven: memory is
/// bounded, and a limit that forgets does no harm.
void ArrivalMemory::make_room(Shard& shard, Instant now) const {
  std::erase_if(shard.arrivals, [&](const auto& each) { return each.second <= now; });
  if (shard.arrivals.size() >= most_per_shard_) shard.arrivals.clear();
}

std::size_t ArrivalMemory::size() const {
  std::size_t count = 0;
  for (const Shard& shard : shards_) {
    const std::scoped_lock lock(shard.guard);
    count += shard.arrivals.size();
  }
  return count;
}

}  // namespace policy
