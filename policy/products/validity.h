// For how long certificates of a product are valid.
#pragma once

#include <chrono>

#include "ca/time.h"
#include "policy/product.h"

namespace policy {

/// The longest inclusive validity of a certificate of `product` that is signed at `now`: what the
/// product says, cut where the profile and, for public trust, the limits of that day are shorter.
/// What the issuer does (ca/validity.h), for those who ask beforehand.
std::chrono::seconds longest_certificate(const Product& product, ca::Time now);

}  // namespace policy
