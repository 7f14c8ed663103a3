// What an application for a product has to say, as a JSON Schema.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "policy/product.h"

namespace policy {

/// The members of an application under `product` by JSON Schema 2020-12: nothing else may be there,
/// `required` is what a submission lacks if it is absent, and `x-order` is the order of the fields
/// on the form. The rules that JSON Schema cannot say are in policy/applications/wish_rules.h.
nlohmann::ordered_json form_schema(const Product& product);

}  // namespace policy
