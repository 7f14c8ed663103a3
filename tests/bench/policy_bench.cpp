// What applications cost before anything is signed: each figure with what it is measured by.
#include <chrono>
#include <cstdio>
#include <exception>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

#include "policy/catalog/catalog.h"
#include "policy/catalog/product_fields.h"

namespace {

using Clock = std::chrono::steady_clock;

double milliseconds_since(Clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

/// A folder with this many products beside the shipped ones: half of them whole, half derived, one
/// file each, as an operator of many brands would have them.
std::vector<policy::CatalogSource> many_products(std::size_t count) {
  const std::vector<policy::Product>& shipped = policy::shipped_catalog();
  std::vector<policy::CatalogSource> sources;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string name = "bench-" + std::to_string(i);
    std::string text;
    if (i % 2 == 0) {
      policy::Product product = shipped[i / 2 % shipped.size()];
      product.name = name;
      product.acme = false;
      text = policy::product_text(product);
    } else {
      text = "[[product]]\nname = \"" + name + "\"\nfrom = 2026-03-15\nextends = \"bench-" +
             std::to_string(i - 1) + "\"\ndescription = \"Derived\"\n";
    }
    sources.push_back({name + ".toml", std::move(text)});
  }
  return sources;
}

nlohmann::ordered_json catalog_load() {
  constexpr std::size_t kProducts = 1'000;
  const auto sources = many_products(kProducts);
  const auto begin = Clock::now();
  const auto loaded = policy::load_catalog(sources);
  const double taken = milliseconds_since(begin);
  if (!loaded) throw std::runtime_error(loaded.error().front().text());
  return {{"products", loaded->products.size()}, {"milliseconds", taken}};
}

}  // namespace

int main() {
  try {
    const nlohmann::ordered_json figures = {{"catalog_load", catalog_load()}};
    std::printf("%s\n", figures.dump(2).c_str());
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_policy: %s\n", error.what());
    return 1;
  }
}
