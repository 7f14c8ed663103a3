// Products from files.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "policy/catalog/source.h"
#include "policy/product.h"

namespace policy {

/// What products refer to by name.
struct CatalogNames {
  std::vector<std::string> offices;
  std::vector<std::string> checklists;
  std::vector<std::string> letter_templates;
};

/// The products of `shipped`, then those of `added`; a version of a product that both have is
/// taken from `added`, in its old place. Each `[[product]]` may say `extends = "name"`, or
/// `"name@version"` where there are several versions, and then has every key of that product but
/// name, version, description, acme, from and until; `key = false` leaves an inherited part out. A
/// `[[base]]` is there to be extended only. Every fault is listed.
std::expected<std::vector<Product>, CatalogFaults> load_products(
    const std::vector<CatalogSource>& shipped,
    const std::vector<CatalogSource>& added,
    const CatalogNames& names);

}  // namespace policy
