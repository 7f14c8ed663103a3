// Whether a refusal says by which rule it was made.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "ca/broken_rule.h"

namespace tests {

/// Whether `detail` ends with the id and the source of a rule that there is.
inline bool names_its_rule(std::string_view detail) {
  return std::ranges::any_of(ca::broken_rules(), [&](const ca::BrokenRuleFacts& each) {
    return detail.ends_with(" (" + std::string(each.id) + ", " + std::string(each.source) + ")");
  });
}

}  // namespace tests
