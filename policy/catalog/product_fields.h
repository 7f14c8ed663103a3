// Every key that a product has in a catalog file.
#pragma once

#include <string>
#include <vector>

#include "policy/catalog/codec.h"
#include "policy/product.h"

namespace policy {

/// The keys in the order in which they are read and written.
const std::vector<Field<Product>>& product_fields();

/// A product as it could stand in a catalog file, without what it was derived from: one line for
/// each key. What is absent has no line.
std::string product_text(const Product& product);

/// The lines in which two products differ, `- ` before those of `left` and `+ ` before those of
/// `right`.
std::vector<std::string> product_differences(const Product& left, const Product& right);

}  // namespace policy
