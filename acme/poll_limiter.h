// How often one held order may be asked for. In memory: a poll costs no write.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>

#include "policy/arrival_memory.h"
#include "policy/rate_limit.h"

namespace acme {

/// Limits polls of orders that wait for a review, so that thousands of impatient clients cost
/// little. Nobody is limited below four a second in the first ten minutes, nor below one in two
/// seconds later: the clients people use ask that often, and some end their run at a 429. Safe from
/// any thread.
class PollLimiter {
 public:
  /// Remembers this many orders at most; beyond them, whoever is owed nothing is forgotten first.
  explicit PollLimiter(std::size_t most_orders = 200'000) : polls_(most_orders) {}

  /// Counts a poll of the order with these octets, held since `held_since`. Nothing if it may be
  /// answered, or how long to wait (at least a second).
  std::optional<std::chrono::seconds> judge(std::string_view order,
                                            std::chrono::sys_seconds held_since,
                                            policy::Instant now);

  /// How many orders are remembered.
  [[nodiscard]] std::size_t size() const { return polls_.size(); }

 private:
  policy::ArrivalMemory polls_;
};

}  // namespace acme
