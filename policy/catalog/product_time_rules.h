// What no product may say about time: one function for each rule of product_rules.cpp. Each answers
// a sentence, or nothing where the product keeps the rule.
#pragma once

#include <optional>
#include <string>

#include "policy/product.h"

namespace policy {

using Complaint = std::optional<std::string>;

Complaint dates(const Product& product);
Complaint validity(const Product& product);
Complaint validity_of_profile(const Product& product);
Complaint control_reuse(const Product& product);
Complaint authorization_lifetime(const Product& product);
Complaint review_reuse(const Product& product);

}  // namespace policy
