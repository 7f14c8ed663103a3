#include "policy/reuse.h"

#include <algorithm>

#include "ca/rulebook.h"

namespace policy {

using std::chrono::days;

days longest_reuse(ca::Time signed_at) {
  return ca::rulebook_at(signed_at).control_reuse;
}

ca::Time last_use(ca::Time validated_at, std::chrono::seconds lifetime) {
  ca::Time last = validated_at + lifetime;
  for (const ca::RulebookRow& row : ca::rulebook()) {
    // What is too old under this row ends with the last second before it.
    const ca::Time before =
        row.from == ca::Time::min() ? row.from : row.from - std::chrono::seconds(1);
    last = std::min(last, std::max<ca::Time>(validated_at + row.control_reuse, before));
  }
  return last;
}

ca::Time last_use(const Product& product, ca::Time validated_at) {
  if (product.trust == Trust::privately) return validated_at + product.authorization_lifetime;
  return last_use(validated_at, product.authorization_lifetime);
}

std::chrono::seconds least_life_left(const Product& product) {
  constexpr std::chrono::seconds kShortest = std::chrono::hours(1);
  constexpr std::chrono::seconds kLongest = std::chrono::hours(24);
  return std::clamp(product.order_lifetime / 8, kShortest, kLongest);
}

}  // namespace policy
