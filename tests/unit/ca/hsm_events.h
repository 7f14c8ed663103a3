// What a signer told of its device.
#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <stdexcept>
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
  /// Until it was told `times` times; what is not told in minutes never will be.
  void wait_for(ca::HsmStanding standing, std::ptrdiff_t times = 1) {
    std::unique_lock lock(state_->guard);
    const auto is_told = [&] { return std::ranges::count(state_->seen, standing) >= times; };
    if (!state_->changed.wait_for(lock, std::chrono::minutes(2), is_told)) {
      throw std::runtime_error("the signer did not tell of its device");
    }
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
