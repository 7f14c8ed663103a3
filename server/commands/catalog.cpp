// `chancery catalog …`: what may be ordered, and what is wrong with the files that say so.
#include <algorithm>
#include <charconv>
#include <iomanip>

#include "policy/catalog/product_fields.h"
#include "server/catalog_files.h"
#include "server/commands/commands.h"

namespace server {
namespace {

using policy::Product;

policy::LoadedCatalog chosen_catalog(const CatalogOptions& options) {
  if (!options.folder) return catalog_or_throw(settings_or_throw(options.config));
  auto loaded = read_catalog(*options.folder);
  if (!loaded) throw BadConfiguration(loaded.error());
  return *std::move(loaded);
}

std::string title(const Product& product) {
  return product.name + "@" + std::to_string(product.version);
}

/// The product that is meant: the newest version if none is said.
const Product& find(const std::vector<Product>& products, const std::string& meant) {
  const Product* found = nullptr;
  for (const Product& each : products) {
    if (title(each) == meant) return each;
    if (each.name == meant && (found == nullptr || found->version < each.version)) found = &each;
  }
  if (found == nullptr)
    throw UsageError("there is no product \"" + meant +
                     "\"; `chancery catalog show` lists all, as NAME@VERSION");
  return *found;
}

void print_list(const std::vector<Product>& products, std::ostream& out) {
  constexpr int kTitle = 34;
  constexpr int kWord = 10;
  for (const Product& each : products) {
    out << std::left << std::setw(kTitle) << title(each) << std::setw(kWord)
        << policy::text_of(each.level) << std::setw(kWord) << policy::text_of(each.trust)
        << std::setw(kWord + 2) << each.brand << ca::rfc3339(each.from).substr(0, 10)
        << (each.acme ? "  by ACME" : "") << "\n";
  }
}

ExitCode print_differences(const std::string& heading,
                           const std::vector<std::string>& lines,
                           std::ostream& out) {
  out << heading << "\n";
  for (const std::string& line : lines) out << "  " << line << "\n";
  return ExitCode::ok;
}

}  // namespace

ExitCode catalog_check(const CatalogOptions& options, std::ostream& out) {
  const policy::LoadedCatalog catalog = chosen_catalog(options);
  out << "The catalog is fine: " << catalog.products.size() << " versions of products, "
      << catalog.calendars.offices().size() << " offices, " << catalog.calendars.calendars().size()
      << " versions of calendars.\n"
      << std::flush;
  return ExitCode::ok;
}

ExitCode catalog_show(const CatalogOptions& options, std::ostream& out) {
  const policy::LoadedCatalog catalog = chosen_catalog(options);
  if (options.left.empty()) {
    print_list(catalog.products, out);
  } else {
    out << policy::product_text(find(catalog.products, options.left));
  }
  out << std::flush;
  return ExitCode::ok;
}

ExitCode catalog_diff(const CatalogOptions& options, std::ostream& out) {
  const policy::LoadedCatalog catalog = chosen_catalog(options);
  if (!options.left.empty()) {
    const Product& left = find(catalog.products, options.left);
    const Product& right = find(catalog.products, options.right);
    return print_differences(title(left) + " -> " + title(right),
                             policy::product_differences(left, right), out);
  }
  const std::vector<Product>& shipped = policy::shipped_catalog();
  for (const Product& each : catalog.products) {
    const auto old = std::ranges::find_if(
        shipped, [&](const Product& other) { return title(other) == title(each); });
    if (old == shipped.end()) {
      out << title(each) << ": new\n";
    } else if (!(*old == each)) {
      print_differences(title(each) + ": changed", policy::product_differences(*old, each), out);
    }
  }
  out << std::flush;
  return ExitCode::ok;
}

}  // namespace server
