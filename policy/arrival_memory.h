// How often many callers may each do one thing, remembered in memory: no write, and no growth
// without end.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "policy/rate_limit.h"

namespace policy {

/// The arrival times of callers. Safe from any thread.
class ArrivalMemory {
 public:
  /// Remembers this many callers at most; beyond them, whoever is owed nothing is forgotten first.
  explicit ArrivalMemory(std::size_t most_callers);

  /// Counts one more of `caller`'s. Nothing if that is within `rate`, or how long to wait (at least
  /// a second).
  std::optional<std::chrono::seconds> judge(std::string_view caller, const Rate& rate, Instant now);

  /// How many callers are remembered.
  [[nodiscard]] std::size_t size() const;

 private:
  static constexpr std::size_t kShards = 16;
  struct Shard {
    mutable std::mutex guard;
    std::map<std::string, Instant, std::less<>> arrivals;
  };
  void make_room(Shard& shard, Instant now) const;

  std::size_t most_per_shard_;
  std::array<Shard, kShards> shards_;
};

}  // namespace policy
