#include "policy/reuse.h"

#include <algorithm>

#include "ca/rulebook.h"

namespace policy {

using std::chrono::days;

namespace {

days longest_by(ValidationMethod method, const ca::RulebookRow& row) {
  return method == ValidationMethod::dns_persist_01 ? row.persistent_reuse : row.control_reuse;
}

}  // namespace

days longest_reuse(ValidationMethod method, ca::Time signed_at) {
  return longest_by(method, ca::rulebook_at(signed_at));
}

ca::Time last_use(ValidationMethod method, ca::Time validated_at, std::chrono::seconds lifetime) {
  ca::Time last = validated_at + lifetime;
  for (const ca::RulebookRow& row : ca::rulebook()) {
    // What is too old under this row ends with the last second before it.
    const ca::Time before =
        row.from == ca::Time::min() ? row.from : row.from - std::chrono::seconds(1);
    last = std::min(last, std::max<ca::Time>(validated_at + longest_by(method, row), before));
  }
  return last;
}

ca::Time last_use(const Product& product, ValidationMethod method, ca::Time validated_at) {
  if (product.trust == Trust::privately) return validated_at + product.authorization_lifetime;
  return last_use(method, validated_at, product.authorization_lifetime);
}

std::chrono::seconds least_life_left(const Product& product) {
  constexpr std::chrono::seconds kShortest = std::chrono::hours(1);
  constexpr std::chrono::seconds kLongest = std::chrono::hours(24);
  return std::clamp(product.order_lifetime / 8, kShortest, kLongest);
}

}  // namespace policy
