// The machine's clock behind the protocol's.
#pragma once

#include "acme/clock.h"

namespace server {

class SystemClock final : public acme::Clock {
 public:
  [[nodiscard]] std::chrono::system_clock::time_point now() const override {
    return std::chrono::system_clock::now();
  }
};

}  // namespace server
