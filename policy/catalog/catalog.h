// The whole catalog of this program: products, offices and calendars, shipped and added.
#pragma once

#include <expected>
#include <vector>

#include "policy/calendars/calendar.h"
#include "policy/catalog/source.h"
#include "policy/product.h"

namespace policy {

/// What was read from files.
struct LoadedCatalog {
  std::vector<Product> products;
  Calendars calendars;
};

/// What the shipped files say, changed by `added` (see load_products and load_calendars). Faults
/// are in the order of files and lines, each once.
std::expected<LoadedCatalog, CatalogFaults> load_catalog(const std::vector<CatalogSource>& added);

/// The products of the shipped files alone.
const std::vector<Product>& shipped_catalog();

}  // namespace policy
