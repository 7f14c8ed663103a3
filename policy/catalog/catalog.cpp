#include "policy/catalog/catalog.h"

#include <algorithm>
#include <stdexcept>
#include <tuple>
#include <utility>

#include "policy/calendars/load.h"
#include "policy/catalog/load.h"

namespace policy {
namespace {

/// The names that products may use, beside those of the offices.
CatalogNames names_with(const Calendars& calendars) {
  CatalogNames names{.offices = {},
                     .checklists = {"dv", "iv", "ov", "ev"},
                     .letter_templates = {"confirmation_letter", "application_form"}};
  for (const Office& each : calendars.offices()) names.offices.push_back(each.name);
  return names;
}

/// What is inherited, or read twice, is cited once, where it stands.
CatalogFaults in_order(CatalogFaults faults) {
  std::ranges::sort(faults, {}, [](const CatalogFault& fault) {
    return std::tie(fault.file, fault.line, fault.sentence);
  });
  const auto repeated = std::ranges::unique(faults);
  faults.erase(repeated.begin(), repeated.end());
  return faults;
}

}  // namespace

std::expected<LoadedCatalog, CatalogFaults> load_catalog(const std::vector<CatalogSource>& added) {
  CatalogFaults faults;
  auto calendars = load_calendars(shipped_calendars(), added);
  if (!calendars) faults = std::move(calendars).error();
  // Products are judged all the same, with the shipped offices.
  Calendars known = calendars ? *std::move(calendars) : Calendars();
  auto products = load_products(shipped_products(), added, names_with(known));
  if (!products) faults.insert(faults.end(), products.error().begin(), products.error().end());
  if (!faults.empty()) return std::unexpected(in_order(std::move(faults)));
  return LoadedCatalog{*std::move(products), std::move(known)};
}

const std::vector<Product>& shipped_catalog() {
  static const std::vector<Product> kProducts = [] {
    auto loaded = load_catalog({});
    if (!loaded) {
      std::string text = "the shipped catalog is faulty:";
      for (const CatalogFault& fault : loaded.error()) text += "\n" + fault.text();
      throw std::logic_error(text);
    }
    return std::move(loaded->products);
  }();
  return kProducts;
}

}  // namespace policy
