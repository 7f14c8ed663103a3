// Time as the protocol sees it. Injected, so that tests decide what time it is.
#pragma once

#include <chrono>

#include "ca/time.h"
#include "policy/rate_limit.h"

namespace acme {

/// Safe from any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual std::chrono::system_clock::time_point now() const = 0;
  /// The same in whole seconds, rounded down.
  [[nodiscard]] ca::Time seconds() const { return std::chrono::floor<std::chrono::seconds>(now()); }
  /// The same as limits see it.
  [[nodiscard]] policy::Instant instant() const {
    return std::chrono::floor<policy::Milliseconds>(now());
  }
};

}  // namespace acme
