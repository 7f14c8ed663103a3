// What keeps the runner from asking subscribers' web servers in vain while the store takes no
// outcome.
#pragma once

#include <algorithm>
#include <chrono>

namespace acme {

/// After an outcome was refused nothing starts for 1, 2, 4 … 60 seconds; then one piece tries,
/// until one is stored. Times are of the steady clock. Not safe for threads by itself.
class StoreCaution {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// An outcome could not be stored. Further ones during a pause do not lengthen it.
  void on_refused(Time now) {
    if (now < until_) return;
    pause_ = std::clamp(2 * pause_, kShortest, kLongest);
    until_ = now + pause_;
  }
  void on_stored() {
    pause_ = {};
    until_ = {};
  }
  /// How long nothing may start; zero if something may.
  [[nodiscard]] std::chrono::milliseconds wait(Time now) const {
    if (now >= until_) return {};
    return std::chrono::ceil<std::chrono::milliseconds>(until_ - now);
  }
  /// Whether only one piece may run, because nothing was stored since the last refusal.
  [[nodiscard]] bool is_probing() const { return pause_ > std::chrono::seconds(0); }

 private:
  static constexpr std::chrono::seconds kShortest{1};
  static constexpr std::chrono::seconds kLongest{60};

  std::chrono::seconds pause_{0};
  Time until_{};
};

}  // namespace acme
