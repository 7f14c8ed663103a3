// What no product may say, whatever its file says.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policy/product.h"

namespace policy {

/// One broken rule, and the key that breaks it.
struct BrokenRule {
  std::string key;
  std::string sentence;
  bool operator==(const BrokenRule&) const = default;
};

/// Every rule that `product` breaks by itself: stages that cannot be worked through, parts that do
/// not fit each other, a level without the checks that make it up, a publicly trusted product
/// beyond the rulebook of the day on which it begins (ca/rulebook.h).
std::vector<BrokenRule> broken_rules(const Product& product);

/// The keys that every product has, its own or derived.
std::span<const std::string_view> needed_keys();

}  // namespace policy
