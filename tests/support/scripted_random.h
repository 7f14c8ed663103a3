// Random bytes that a test has written down.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <utility>

#include "ca/crypto/random.h"

namespace tests {

/// Hands out `script` from its beginning. Asking for more than is left is an error.
class ScriptedRandom final : public ca::RandomSource {
 public:
  explicit ScriptedRandom(std::string script) : rest_(std::move(script)) {}

  std::string bytes(std::size_t count) override {
    if (count > rest_.size()) {
      throw std::logic_error("the script of random bytes is used up: " + std::to_string(count) +
                             " wanted, " + std::to_string(rest_.size()) + " left");
    }
    std::string taken = rest_.substr(0, count);
    rest_.erase(0, count);
    return taken;
  }

  [[nodiscard]] bool is_used_up() const { return rest_.empty(); }

 private:
  std::string rest_;
};

}  // namespace tests
