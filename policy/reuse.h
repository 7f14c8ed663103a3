// How long a validation of a name may be used again (BR 4.2.1), by date.
#pragma once

#include <chrono>

#include "ca/time.h"
#include "policy/product.h"

namespace policy {

/// The greatest age, at the signing act, of the validation of a DNS name or an IP address by
/// `method` (BR 4.2.1, and 3.2.2.4.22 for dns-persist-01; ca/rulebook.h).
std::chrono::days longest_reuse(ValidationMethod method, ca::Time signed_at);

/// The last second in which what was validated at `validated_at` may be signed for. `lifetime` is
/// what the house allows; the rulebook cuts it, also on the day a stricter limit comes into force.
/// Before `validated_at` if that day comes first.
ca::Time last_use(ValidationMethod method, ca::Time validated_at, std::chrono::seconds lifetime);

/// The same for what is proven for `product`, whose authorization_lifetime is what the house
/// allows. The rulebook says nothing where the trust is private.
ca::Time last_use(const Product& product, ValidationMethod method, ca::Time validated_at);

/// How much of its time an order or an authorization must have left to be given out again: an
/// eighth of an order's life, from one hour to a day.
std::chrono::seconds least_life_left(const Product& product);

}  // namespace policy
