#include "acme/hold_mode.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace acme {

namespace {

// In the order of the enumerators.
constexpr std::array<std::string_view, 3> kHoldModes{"processing", "fail", "pending"};

}  // namespace

std::string_view text_of(HoldMode mode) {
  return kHoldModes.at(static_cast<std::size_t>(mode));
}

std::optional<HoldMode> hold_mode(std::string_view text) {
  const auto* const found = std::ranges::find(kHoldModes, text);
  if (found == kHoldModes.end()) return std::nullopt;
  return static_cast<HoldMode>(found - kHoldModes.begin());
}

}  // namespace acme
