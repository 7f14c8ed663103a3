// Where a catalog comes from, and what is wrong in there.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace policy {

/// One file of a catalog.
struct CatalogSource {
  std::string name;  // as faults cite it: "policy/catalog/house.toml"
  std::string text;  // TOML
};

/// The files that were compiled into this program: products, offices and calendars.
const std::vector<CatalogSource>& shipped_products();
const std::vector<CatalogSource>& shipped_calendars();

/// One thing wrong in a catalog, and where.
struct CatalogFault {
  std::string file;
  std::uint64_t line = 0;
  std::string sentence;
  [[nodiscard]] std::string text() const {
    return file + ":" + std::to_string(line) + ": " + sentence;
  }
  bool operator==(const CatalogFault&) const = default;
};
using CatalogFaults = std::vector<CatalogFault>;

}  // namespace policy
