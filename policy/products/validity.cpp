#include "policy/products/validity.h"

#include <algorithm>

namespace policy {

std::chrono::seconds longest_certificate(const Product& product, ca::Time now) {
  using std::chrono::seconds;
  seconds longest = product.profile->validity;
  if (product.certificate_validity.count() > 0)
    longest = std::min(longest, product.certificate_validity);
  if (product.trust == Trust::publicly)
    longest = std::min(longest, seconds(ca::longest_validity(now)));
  return longest;
}

}  // namespace policy
