// What a signer told of its device.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "ca/custody/hsm_signer.h"

namespace tests {

class HsmEvents {
 public:
  std::function<void(ca::HsmStanding, const std::string&)> callback() {
    return [state = state_](ca::HsmStanding standing, const std::string&) {
      const std::scoped_lock lock(state->guard);
      state->seen.push_back(standing);
      state->changed.notify_all();
    };
  }
  /// Until it was told `times` times.
  void wait_for(ca::HsmStanding standing, std::ptrdiff_t times = 1) {
    std::unique_lock lock(state_->guard);
    state_->changed.wait(lock, [&] { return std::ranges::count(state_->seen, standing) >= times; });
  }
  std::vector<ca::HsmStanding> all() {
    const std::scoped_lock lock(state_->guard);
    return state_->seen;
  }

 private:
  struct State {
    std::mutex guard;
    std::condition_variable changed;
    std::vector<ca::HsmStanding> seen;
  };
  std::shared_ptr<State> state_ = std::make_shared<State>();
};

}  // namespace tests
